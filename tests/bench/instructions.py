#!/usr/bin/env python3
"""Counts the instructions that midged spends on a message, and fails when they have grown.

midged runs under valgrind's callgrind with one event loop. One publisher sends messages of the same subject, once to warm up and
once counted; what is counted is divided by the messages. Counts do not depend on what else the machine does, but somewhat on the
compiler and the system's libraries: the recorded ones (instructions.json) are of the release preset with GCC 12 on Debian 12.
"""

import argparse
import concurrent.futures
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from servers import BenchError, Program, Server

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORD = pathlib.Path(__file__).with_name("instructions.json")
GROWTH_PERCENT_MAX = 5
WARM_UP_MESSAGES = 2_000
COUNTED_MESSAGES = 20_000
SECONDS_MAX = 120
EVENT_SINK = 'event_sinks: [{plugin: sink-file, path: "events.jsonl"}]'
CASES = {  # payload bytes, subscribers, settings
    "pub 16 B": (16, 0, ""),
    "pub 16 B, event sink": (16, 0, EVENT_SINK),
    "fan 1->1 16 B": (16, 1, ""),
    "fan 1->1 128 B": (128, 1, ""),
    "fan 1->10 128 B": (128, 10, ""),
}


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_MAX)
        self.round_trip(b'CONNECT {"verbose":false,"pedantic":false,"protocol":1,"headers":true}\r\n')

    def round_trip(self, commands):
        self.socket.sendall(commands + b"PING\r\n")
        seen = b""
        while b"PONG\r\n" not in seen:
            seen = seen[-8:] + self._receive()

    def read(self, count):
        while count > 0:
            count -= len(self._receive())

    def _receive(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise BenchError("midged has closed the connection")
        return data


def send(publisher, subscribers, message, delivered, count):
    with concurrent.futures.ThreadPoolExecutor(len(subscribers) + 1) as pool:
        readers = [pool.submit(each.read, delivered * count) for each in subscribers]
        publisher.round_trip(message * count)
        for reader in readers:
            reader.result()


def measure(midged, payload_bytes, subscribers, settings):
    with tempfile.TemporaryDirectory() as name:
        out = pathlib.Path(name) / "callgrind.out"
        callgrind = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--instr-atstart=no")
        program = Program("midged", midged.resolve(), "threads: 1", run_by=callgrind)
        with Server(program, name, settings, SECONDS_MAX) as server:
            publisher = Client(server.port)
            receivers = [Client(server.port) for _ in range(subscribers)]
            for receiver in receivers:
                receiver.round_trip(b"SUB foo.bar 1\r\n")
            message = b"PUB foo.bar %d\r\n%s\r\n" % (payload_bytes, b"x" * payload_bytes)
            delivered = len(b"MSG foo.bar 1 %d\r\n" % payload_bytes) + payload_bytes + 2
            send(publisher, receivers, message, delivered, WARM_UP_MESSAGES)
            control(server, "on")
            send(publisher, receivers, message, delivered, COUNTED_MESSAGES)
            control(server, "off")
        total = re.search(r"^totals: (\d+)", out.read_text(), re.MULTILINE)
        if total is None:
            raise BenchError("callgrind wrote no total")
        return int(total.group(1)) / COUNTED_MESSAGES


def control(server, state):
    subprocess.run(["callgrind_control", "-i", state, str(server.pid)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--midged", default=ROOT / "build/release/bin/midged", type=pathlib.Path, help="(build/release/bin/midged)")
    parser.add_argument("--record", action="store_true", help="write the counts to instructions.json instead of comparing")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        raise SystemExit("instructions.py: valgrind is missing (scripts/install-deps.sh --test installs it)")
    recorded = {} if options.record else json.loads(RECORD.read_text())
    counts = {}
    grown = []
    for name, case in CASES.items():
        counts[name] = round(measure(options.midged, *case))
        if options.record:
            print(f"{name:21} {counts[name]:6}")
            continue
        percent = 100 * (counts[name] / recorded[name] - 1)
        bad = percent > GROWTH_PERCENT_MAX
        print(f"{name:21} {counts[name]:6} instructions per message, recorded {recorded[name]:6}, {percent:+5.1f} %"
              f"{'  GROWN' if bad else ''}", flush=True)
        if bad:
            grown.append(name)
    if options.record:
        RECORD.write_text(json.dumps(counts, indent=4) + "\n")
    if grown:
        print(f"instructions.py: more than {GROWTH_PERCENT_MAX} % above the record: {', '.join(grown)}; "
              "mend it, or record anew with --record and say why", file=sys.stderr)
    return 1 if grown else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as reason:
        sys.exit(f"instructions.py: {reason}")
