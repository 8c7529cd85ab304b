#!/usr/bin/env python3
"""Runs the suites of foreign NATS clients against a server program, or against a running server.

  run.py --server bin/midged --nsc bin/midge-nsc --libnats tests/foreign_libnats_suite
  run.py --server nats-server --nsc nsc --node nats --node transport --npm-folder /tmp/npm
  run.py --url nats://127.0.0.1:4222 --libnats ...     users come from FOREIGN_... (configurations.py)

A suite asks for a restart of the server by the line "@restart" on its output. Ends with 0 when all
suites passed, 1 when one failed, 77 when all were skipped (no Node.js).
"""

import argparse
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from configurations import CONFIGURATIONS, NEEDS_CERTIFICATES, NEEDS_NSC
from server import Server, environment_without_nats

HERE = pathlib.Path(__file__).resolve().parent
RESTART_LINE = "@restart"
SUITE_SECONDS = 240
SKIPPED = 77


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--server", help="server program to start")
    where.add_argument("--url", help="address of a running server; restarts are not tested")
    parser.add_argument("--nsc", help="nsc program, for the configuration `operator`")
    parser.add_argument("--certificates", help="folder of the tests' certificates, for the configuration `tls`")
    parser.add_argument("--config", action="append", choices=CONFIGURATIONS,
                        help="configurations to run on (default: all)")
    parser.add_argument("--libnats", metavar="PROGRAM", help="run this build of the libnats suite")
    parser.add_argument("--node", action="append", default=[], choices=["nats", "transport", "websocket"],
                        help="run the Node suite with this npm client")
    parser.add_argument("--npm-folder", default=HERE / "node", help="where to install the npm clients")
    arguments = parser.parse_args()
    arguments.config = arguments.config or list(CONFIGURATIONS)
    if not arguments.libnats and not arguments.node:
        parser.error("nothing to run: give --libnats or --node")
    if arguments.server and not arguments.nsc and NEEDS_NSC & set(arguments.config):
        parser.error("the configuration `operator` needs --nsc")
    if arguments.server and not arguments.certificates and NEEDS_CERTIFICATES & set(arguments.config):
        parser.error("the configuration `tls` needs --certificates")
    return arguments


def install_npm_clients(folder):
    """Installs the suite and the clients of package-lock.json in `folder`; returns the reason if it cannot."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "install.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests of a build install into this folder
        lock_text = (HERE / "node" / "package-lock.json").read_text()
        installed = folder / "installed-package-lock.json"
        if folder.resolve() != HERE / "node":
            for source in (HERE / "node").glob("*.*"):
                shutil.copy(source, folder)
        if not installed.exists() or installed.read_text() != lock_text:
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                           cwd=folder, check=True)
            installed.write_text(lock_text)
    return None


def run_suite(command, environment, server):
    """Runs one suite to its end, and restarts the server when the suite asks for it. Returns True if the suite passed."""
    process = subprocess.Popen(
        ["timeout", "--kill-after=5", str(SUITE_SECONDS), *command],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )
    for line in process.stdout:
        if line.strip() == RESTART_LINE and server is not None:
            server.restart()
            continue
        sys.stdout.write(line)
    sys.stdout.flush()
    return process.wait() == 0


def suites_of(arguments):
    """Returns name and command of each suite that can run here."""
    suites = []
    if arguments.libnats:
        suites.append(("libnats", [arguments.libnats]))
    if arguments.node:
        reason = install_npm_clients(arguments.npm_folder)
        if reason:
            print(f"SKIPPED: the suites of the npm clients: {reason}")
        else:
            suite = str(pathlib.Path(arguments.npm_folder) / "suite.mjs")
            suites += [(f"npm {name}", ["node", suite, name]) for name in arguments.node]
    return suites


def run_on_configuration(name, arguments, suites):
    """Returns whether each suite passed."""
    results = []
    make = CONFIGURATIONS[name]
    with tempfile.TemporaryDirectory(prefix="midge-foreign-") as folder:
        settings, users = make(arguments.nsc, folder)
        certificates = os.path.abspath(arguments.certificates) if name in NEEDS_CERTIFICATES else None
        if certificates:
            authority = f"{certificates}/ca.pem"
            users |= {"FOREIGN_CA": authority, "NODE_EXTRA_CA_CERTS": authority}
        with Server(arguments.server, folder, settings, certificates) as server:
            environment = environment_without_nats() | users
            environment |= {"FOREIGN_URL": server.url, "FOREIGN_WEBSOCKET_URL": server.websocket_url,
                            "FOREIGN_CAN_RESTART": "1"}
            # ThreadSanitizer checks the server, and not the client's use of OpenSSL.
            environment["TSAN_OPTIONS"] = os.environ.get("TSAN_OPTIONS", "") + ":report_bugs=0"
            for suite, command in suites:
                print(f"--- {suite}, configuration {name}", flush=True)
                passed = run_suite(command, environment, server)
                results.append((f"{suite}, configuration {name}", passed))
        if not all(passed for _, passed in results):
            print(f"--- log of the server\n{server.log()}")
    return results


def main():
    sys.stdout.reconfigure(line_buffering=True)
    arguments = parse_arguments()
    suites = suites_of(arguments)
    if not suites:
        return SKIPPED
    results = []
    if arguments.url:
        environment = os.environ | {"FOREIGN_URL": arguments.url}
        results = [(suite, run_suite(command, environment, None)) for suite, command in suites]
    else:
        for name in arguments.config:
            results += run_on_configuration(name, arguments, suites)
    for suite, passed in results:
        print(f"{'ok  ' if passed else 'FAIL'} {suite}")
    return 0 if all(passed for _, passed in results) else 1


if __name__ == "__main__":
    sys.exit(main())
