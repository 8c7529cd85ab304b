#!/usr/bin/env python3
"""Compares midged with the official nats-server: same machine, same run, taking turns.

The ratio is nats-server's CPU time (or latency, memory, ...) over Midge's, the rate Midge's messages per second over
nats-server's; both of medians. The spread is that of the ratio over the rounds. CPU time is that of the server process
during the measured phase, user and system.
"""

import argparse
import contextlib
import fnmatch
import itertools
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

from cases import CASES
from results import Table
from servers import PASSWORD, USER, BenchError, Operator, Program, Server, find_nats_server

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "build" / "release"
LOAD_SECONDS_MAX = 300
BUSY_LOAD_PER_CORE = 0.25


class Bench:
    """The environment of the cases: the two programs, nats-server first, and the duration of a run."""

    def __init__(self, options, folder):
        self.quick = options.quick
        self.rounds = options.rounds or (3 if options.quick else 5)
        self.cpu_seconds = {"nats-server": 0.25, "midged": 0.1} if self.quick else {"nats-server": 0.8, "midged": 0.25}
        self.wall_seconds_max = 0.6 if self.quick else 4
        self.latency_messages = 80_000 if self.quick else 300_000
        self.descriptors = raise_descriptor_limit()
        own = f"threads: {options.threads}" if options.threads is not None else ""
        self.programs = [Program("nats-server", find_nats_server()), Program("midged", options.midged, own)]
        self.runs = []  # all output of bench_load
        self._load = str(options.load)
        self._nsc = options.nsc
        self._folder = pathlib.Path(folder)
        self._numbers = itertools.count()
        self._operator = None
        self._certificate = None

    def new_folder(self):
        return self._folder / f"{next(self._numbers):04}"

    def settings(self, config):
        if config == "creds":
            return self._get_operator().settings
        if config == "tls":
            return self._get_certificate()
        return f"authorization {{ user: {USER}, password: {PASSWORD} }}" if config == "user" else ""

    def start(self, program, config):
        return Server(program, self.new_folder(), self.settings(config))

    @contextlib.contextmanager
    def both(self, config):
        with self.start(self.programs[0], config) as nats, self.start(self.programs[1], config) as midged:
            yield [nats, midged]

    def load_command(self, server, arguments, count, config):
        login = {"plain": [], "tls": ["--tls", "1"], "user": ["--user", USER, "--password", PASSWORD]}.get(config)
        if login is None:
            login = ["--creds", self._get_operator().creds]
        return [self._load, *arguments, "--count", str(count), "--port", str(server.port), "--pid", str(server.pid), *login]

    def load(self, server, arguments, count, config):
        result = self._run(self.load_command(server, arguments, count, config), server.name)
        self.runs.append({"server": server.name, "arguments": [*arguments, "--count", count], **result})
        return result

    def relay(self, arguments):
        result = self._run([self._load, *arguments], "relay")
        self.runs.append({"server": None, "arguments": arguments, **result})
        return result

    @staticmethod
    def _run(command, who):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LOAD_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired as slow:
            raise BenchError(f"{who}: {command[1]} took over {LOAD_SECONDS_MAX} s") from slow
        if done.returncode != 0:
            raise BenchError(f"{who}: {done.stderr.strip() or f'bench_load ended with {done.returncode}'}")
        return json.loads(done.stdout)

    def _get_certificate(self):
        if self._certificate is None:
            folder = self.new_folder()
            folder.mkdir()
            subprocess.run([ROOT / "tests" / "support" / "make-certificates.sh", folder], check=True)
            self._certificate = f'tls {{ cert_file: "{folder}/server.pem", key_file: "{folder}/server.key" }}'
        return self._certificate

    def _get_operator(self):
        if self._operator is None:
            self._operator = Operator(self._nsc, self._folder)
        return self._operator


def raise_descriptor_limit():
    """Raises it to the hard limit, which the servers inherit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return 1_000_000 if hard == resource.RLIM_INFINITY else hard


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="The official server is taken from NATS_SERVER, else from PATH.")
    parser.add_argument("--quick", action="store_true", help="short runs, under two minutes in all; less exact")
    parser.add_argument("--rounds", type=int, help="runs of each server and case (5, with --quick 3)")
    parser.add_argument("--only", metavar="PATTERN", help="cases whose name contains or matches (*, ?) this")
    parser.add_argument("--threads", type=int, help="Midge's event loops (its default: one per core)")
    parser.add_argument("--explain", action="store_true", help="say under each line what was done")
    parser.add_argument("--json", metavar="FILE", help="also write everything measured there")
    parser.add_argument("--midged", default=RELEASE / "bin" / "midged", help="(build/release/bin/midged)")
    parser.add_argument("--nsc", default=RELEASE / "bin" / "midge-nsc", help="(build/release/bin/midge-nsc)")
    parser.add_argument("--load", default=RELEASE / "tests" / "bench_load", help="(build/release/tests/bench_load)")
    options = parser.parse_args()
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds must be at least 1")
    for path in (options.midged, options.nsc, options.load):
        if not os.access(path, os.X_OK):
            parser.error(f"{path} is not built; scripts/bench-vs-nats.sh builds it")
    return options


def is_chosen(name, pattern):
    return pattern is None or pattern in name or fnmatch.fnmatch(name, pattern)


def describe_machine():
    cores = os.cpu_count()
    load = os.getloadavg()[0]
    busy = " - BUSY with other work: rates and latencies will be off" if load > BUSY_LOAD_PER_CORE * cores else ""
    return {"cores": cores, "load_before": load}, f"{cores} cores, load average {load:.2f}{busy}"


def run_cases(bench, cases, table):
    """Returns the rows of all cases, and the number of failed cases."""
    rows, failures = [], 0
    for case in cases:
        try:
            for row in case.run(bench):
                rows.append(row)
                table.add(row)
        except BenchError as reason:
            failures += 1
            table.fail(case.name, reason)
    return rows, failures


def main():
    options = read_options()
    cases = [case for case in CASES if is_chosen(case.name, options.only)
             and (options.only or not options.quick or not getattr(case, "full_only", False))]
    if not cases:
        sys.exit(f"compare.py: no case matches '{options.only}'; there are: " + ", ".join(case.name for case in CASES))
    machine, text = describe_machine()
    with tempfile.TemporaryDirectory(prefix="midge-bench-") as folder:
        try:
            bench = Bench(options, folder)
        except BenchError as reason:
            sys.exit(f"compare.py: {reason}")
        versions = [program.version() for program in bench.programs]
        print(f"{' | '.join(versions)} | {text} | {bench.rounds} rounds")
        table = Table(sys.stdout, options.explain)
        rows, failures = run_cases(bench, cases, table)
    machine["load_after"] = os.getloadavg()[0]
    goals = [row.verdict() for row in rows]
    print(f"{goals.count('ok')} goals met, {goals.count('miss')} missed, {failures} cases failed; "
          f"load average at the end {machine['load_after']:.2f}, of which the benchmark itself makes some 1.5")
    if options.json:
        report = {"versions": versions, "machine": machine, "rounds": bench.rounds, "rows": [row.as_json() for row in rows],
                  "runs": bench.runs}
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
