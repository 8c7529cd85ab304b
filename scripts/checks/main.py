"""Runs the checks of the tree; see `scripts/test.sh --help`. The last line has the numbers of passed and failed tests."""
import argparse
import concurrent.futures
import os
import subprocess
import sys
import time

import changed
from passes import Passes
from programs import ROOT, StepFailed
from report import Outcome, Report
from steps import STEPS, Context


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/test.sh", add_help=False)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--changed", nargs="?", const="HEAD", metavar="REVISION")
    parser.add_argument("--step", action="append", default=[])
    parser.add_argument("--fuzz-seconds", type=int)
    parser.add_argument("--no-install", action="store_true")
    given = parser.parse_args()
    unknown = set(given.step) - {step.name for step in STEPS}
    if unknown:
        parser.error(f"unknown step {sorted(unknown)[0]!r}, expected one of: {', '.join(step.name for step in STEPS)}")
    if given.fuzz_seconds is not None and given.fuzz_seconds < 1:
        parser.error(f"--fuzz-seconds is {given.fuzz_seconds}, expected a number from 1")
    return given


def nats_server(report, install):
    """Returns the official server, for the tests that compare with it and thus prove that the scripts are right."""
    started = time.monotonic()
    command = ["scripts/get-nats-server.sh"] + ([] if install else ["--cached"])
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        os.environ["NATS_SERVER"] = done.stdout.strip()
        version = subprocess.run([done.stdout.strip(), "--version"], capture_output=True, text=True, check=False).stdout
        outcome = Outcome(1, note=version.strip())
    else:
        outcome = Outcome(skipped=1, note=f"its half of the wire and corpus tests is left out: {done.stderr.strip()}")
    report.add("nats-server", outcome, time.monotonic() - started)


class Run:
    """Runs the steps one after the other; those marked `aside` run on one other thread."""

    def __init__(self, report, context):
        self.report = report
        self.context = context

    def whole(self, steps):
        with concurrent.futures.ThreadPoolExecutor(1) as aside:
            left = []
            for step in steps:
                if step.aside:
                    left.append((step, aside.submit(self.timed, step)))
                else:
                    self.report.say(f"\n== {step.name}")
                    self.report.add(step.name, *self.timed(step))
            for step, running in left:
                self.report.add(step.name, *running.result())

    def name_for_pass(self, step):
        """A fuzzer that ran for ten seconds has not passed a minute."""
        return f"{step.name} {self.context.fuzz_seconds} s" if step.name == "fuzzers" else step.name

    def timed(self, step):
        started = time.monotonic()
        digest = self.context.passes.digest(self.name_for_pass(step), self.context.passes.matching(step.paths)) if step.paths else None
        day = digest and self.context.passes.passed_on(digest)
        if day:
            return Outcome(skipped=1, note=f"nothing that it depends on has changed since it passed on {day}"), 0
        try:
            outcome = step.run(self.context)
        except (StepFailed, FileNotFoundError) as failure:  # the latter means that a program is not installed
            self.report.say(str(failure))
            outcome = Outcome(failed=1)
        if digest and outcome.passed and not outcome.failed:
            self.context.passes.record(digest)
        return outcome, time.monotonic() - started


def main():
    given = arguments()
    nightly = os.environ.get("MIDGE_NIGHTLY") == "1"
    report = Report()
    passes = Passes(ROOT, enabled=not nightly)
    if given.changed:
        return 0 if changed.check(report, passes, given.changed) else 1
    nats_server(report, not given.no_install)
    steps = [step for step in STEPS if step.name in given.step or (not given.step and (given.all or nightly or not step.all_only))]
    fuzz_seconds = given.fuzz_seconds or (600 if nightly else 60)
    Run(report, Context(passes, nightly, fuzz_seconds)).whole(steps)
    return 0 if report.close() else 1


if __name__ == "__main__":
    sys.exit(main())
