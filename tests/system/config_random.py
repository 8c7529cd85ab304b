"""Random configurations, made by config_texts.py: `-t` of a server must say of each what nats-server says.

    config_random.py build/dev/bin/midged build/dev/tests/certificates --minutes 10
    config_random.py ... --seed 7 --only 1234       one case again: its text, both verdicts, what of it is needed
    config_random.py ... --seed 1 --cases 300       what ctest runs

NATS_SERVER names nats-server. Compared are whether a text is valid, the digest of what was read (every key and value
is in it), and the message where both give one. Of every tenth valid text both servers are started, and compared by
their INFO and by who may log in. A difference is one that no row of KNOWN explains; each is a row of docs/differences.md.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import config_texts

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "differences.md"
PATIENCE = 120  # seconds
OFFICIAL_TRIES_MAX = 8
EFFECT_SHARE = 0.1
SHRINK_STEPS_MAX = 400
SKIPPED = 77
# Members of INFO that differ for each server, or that only Midge has.
OWN_INFO = {"server_id", "server_name", "version", "git_commit", "go", "host", "port", "client_id", "client_ip",
            "nonce", "xkey", "connect_urls", "ws_connect_urls"}


class Verdict:
    def __init__(self, code, said):
        self.said = re.sub(r" -- .*", "", said.replace("\0", "").strip())  # without Midge's explanations
        valid = re.fullmatch(r"configuration file .* is valid \((sha256:[0-9a-f]+)\)", self.said)
        self.broken = code not in (0, 1) or (code == 0) != bool(valid)
        self.digest = valid[1] if valid else ""
        # nats-server prints lists with their addresses in memory.
        self.said = re.sub(r"(got|of|type:) \[.*\]$", r"\1 []interface {}", self.said, flags=re.M)
        self.said = re.sub(r"(got|of|type:) map\[.*\]$", r"\1 map[string]interface {}", self.said, flags=re.M)
        # For invalid UTF-8, each byte may be one character, or all bytes together.
        self.lines = sorted({re.sub("\ufffd+", "\ufffd", line.strip()) for line in self.said.split("\n") if line.strip()})

    def __str__(self):
        return self.digest or self.said


def verdict(program, folder, environment):
    try:
        done = subprocess.run([program, "-t", "-c", "c.conf"], cwd=folder, env={**os.environ, **environment},
                              capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return Verdict(-1, "does not end")
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    return Verdict(done.returncode, re.sub(r"^[\w-]+: ", "", said))


def agree(ours, theirs):
    if ours.broken or bool(ours.digest) != bool(theirs.digest) or ours.digest != theirs.digest:
        return False
    return len(ours.lines) != 1 or len(theirs.lines) != 1 or ours.lines == theirs.lines


class Row:
    """A row of docs/differences.md, and its symptoms. `ours`: lines that only Midge reports; `text`: a part of the
    configuration. An `early` row ends the reading, so that later errors of nats-server do not count."""

    def __init__(self, title, ours="", text="", theirs="", early=False):
        self.title, self.ours, self.text, self.theirs, self.early = title, ours, text, theirs, early

    def explains(self, line, ours, theirs, text):
        if self.text and not re.search(self.text, text):
            return False
        if self.theirs and not re.search(self.theirs, theirs.said):
            return False
        return re.search(self.ours, line) is not None if self.ours else True


# The same reason with another text, or without a position.
SAME_REASON = ("value is too big|value can not be negative|wrong type \\[\\]interface|^subject \".*\" is not a valid subject$|^Expected subject permissions"
               "|error parsing operator JWT: |^mkdir |: mkdir ")
# Errors that are found after a block or all accounts were read; a server that has refused a value before does not report them.
CHECKED_LATER = r"missing '\w+' in TLS configuration$|account not defined for (stream|service) import$"
# Text before the message if a variable or another file contains the value.
VARIABLE = r"^(?:variable reference for '[^']*' on line \d+ could not be parsed: |error parsing include file '[^']*', )*"
PLACE = r"^[\w.]+:\d+:-?\d+: "
KNOWN = [
    Row("A size with a suffix that means nothing", VARIABLE + r"expected integer, but got '", early=True),
    Row("A number beyond 64 bits by its suffix", VARIABLE + r"integer '.*' is out of the range$", early=True),
    Row("A key without a value at the end of a block", r"'Unexpected map value terminator \"}\".'$", early=True),
    Row("A bare number right before the end of a list", text=r"(?<![\w.\-])\d+\]", early=True),
    Row("Digits of other scripts than Latin", text=r"[^\D0-9]", early=True),
    Row("A file that ends within quotes", r"Parse error on line \d+: 'Unexpected EOF", early=True),
    Row("A number out of bounds", PLACE + r"[\w.]+ is -?[\d.e+]+( seconds)?, expected -?\d"),
    Row("A number out of bounds", PLACE + r"[\w.]+ is -?\d\S*, expected a positive duration"),
    Row("A number out of bounds", PLACE + r"response threshold is -\S+, expected 0 or more"),
    Row("`timeout` in `websocket.authorization` that is no time", "error parsing authorization config, 'timeout' ", text="(?i)web|ws"),
    Row("A block string that ends with the file", text=r"\([^()]*\r\n|\n\s*\)\Z"),
    Row("`accounts` that is neither a block nor a list", "accounts is |expected a block of accounts or a list of names$"),
    Row("A `resolver` text that only contains", PLACE + "error parsing account resolver, should be MEM or"),
    Row("`subject \"...\" is not a valid subject`", PLACE + '(subject ".*" is not a valid subject$|Expected subject permissions)',
        theirs='^(subject ".*" is not|Expected subject permissions)'),
    Row("A header in `websocket.headers` with a line end", PLACE + "header .* holds a line end$"),
    Row("An error within an operator's JWT", PLACE + "error parsing operator JWT: "),
    Row("`-t` with the folder of a resolver", text="resolver", theirs="mkdir "),
    Row("A `sampling` of `trace_dest`", "Trace destination sampling value .* is invalid", theirs="Ttrace destination sampling"),
    Row("`cipher_suites` with RC4 or 3DES", r"(cipher \w+ is not supported yet: OpenSSL|curve preference \w+ is not supported yet)"),
    Row("`resolver` with a list", text="resolver", theirs=r"error parsing operator resolver, wrong type \[\]interface"),
]


def is_unbuilt(line, text):
    """Whether it is an error about a feature that Midge does not have."""
    found = re.search(PLACE + r'"(\w+)(?:: (\w+))?" is not supported yet(?:;.*)?$', line)
    if found is None:
        return False
    key = found[1].lower()
    tls = config_texts.UNBUILT_TLS | (config_texts.UNBUILT_RESOLVER_TLS if "resolver_tls" in text.lower() else set())
    return key in config_texts.UNBUILT or key in tls or found[2] == "cache"


def known(ours, theirs, text):
    """Returns the reason for the difference, from all lines that only Midge reports: a row of docs/differences.md, or
    "unbuilt"; "" if there is no reason."""
    more = [""] if ours.digest else [line for line in ours.lines if line not in theirs.lines]
    why, early = "", False
    for line in more:
        if is_unbuilt(line, text):
            why, early = why or "unbuilt", True  # errors within it are not searched
            continue
        row = next((row for row in KNOWN if row.explains(line, ours, theirs, text)), None)
        if row is None:
            return ""
        why, early = row.title, early or row.early
    if early or ours.digest or theirs.digest:
        return why
    # A server that refuses a value while reading does not make the checks of the whole, which have no position.
    unseen = [line for line in theirs.lines
              if line not in ours.lines and re.search(PLACE, line)
              and not re.search(f"{SAME_REASON}|{CHECKED_LATER}", line)]
    return "" if unseen else why


class Case:
    """A text with the files that it refers to, in its own folder during the test."""

    def __init__(self, made, options):
        self.made = made
        self.options = options

    def judge(self, pieces=None):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in self.made.files.items():
                pathlib.Path(folder, name).write_bytes(content)
            pathlib.Path(folder, "c.conf").write_bytes(self.made.text(pieces))
            ours = verdict(self.options.server, folder, self.made.environment)
            # nats-server reads blocks in a random order.
            for _ in range(OFFICIAL_TRIES_MAX):
                theirs = verdict(self.options.official, folder, self.made.environment)
                if agree(ours, theirs):
                    return ours, theirs, ""
                if theirs.said == "does not end" and not ours.broken:
                    return ours, theirs, "nats-server does not end"
            text = self.made.text(pieces).decode("utf-8", "replace")
            text += "".join(content.decode("utf-8", "replace") for content in self.made.files.values())
            text += "\n".join(self.made.environment.values())
            if ours.broken:
                return ours, theirs, "broken"
            return ours, theirs, known(ours, theirs, text) or "different"

    def shrunk(self):
        """Returns the fewest pieces that still make a difference."""
        kept = list(range(len(self.made.pieces)))
        steps = 0
        size = max(1, len(kept) // 2)
        while size > 0:
            at = 0
            while at < len(kept) and steps < SHRINK_STEPS_MAX:
                fewer = kept[:at] + kept[at + size:]
                steps += 1
                if fewer and self.judge(fewer)[2] in ("different", "broken"):
                    kept = fewer
                else:
                    at += size
            size //= 2
        return kept


class Running:
    """A server that runs with the case's text."""

    def __init__(self, program, case, folder):
        self.folder = pathlib.Path(folder)
        for name, content in case.made.files.items():
            (self.folder / name).write_bytes(content)
        (self.folder / "c.conf").write_bytes(case.made.text())
        self.process = subprocess.Popen([program, "-c", "c.conf", "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", "."],
                                        cwd=folder, env={**os.environ, **case.made.environment},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.port = self.find_port()

    def find_port(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            for file in self.folder.glob("*.ports"):
                found = re.search(r'"nats":\["[a-z]+://[^"]*:(\d+)"', file.read_text().replace(" ", "").replace("\n", ""))
                if found:
                    return int(found[1])
            time.sleep(0.005)
        return 0

    def info(self):
        """Returns the INFO without members that may differ; nothing if the server sends none before TLS."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as link, link.makefile("rb") as lines:
            try:
                line = lines.readline()
            except ConnectionResetError:
                line = b""
        if not line.startswith(b"INFO "):
            return {}
        return {key: value for key, value in json.loads(line[5:]).items() if key not in OWN_INFO}

    def login(self, fields):
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as link, link.makefile("rb") as lines:
            lines.readline()
            link.sendall(b"CONNECT " + json.dumps({"verbose": False, **fields}).encode() + b"\r\nPING\r\n")
            try:
                line = lines.readline()
                while line == b"PING\r\n":  # depends on the time
                    line = lines.readline()
                return line.decode("utf-8", "replace").strip()
            except OSError:
                return ""

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)


def effect(program, case):
    with tempfile.TemporaryDirectory() as folder:
        running = Running(program, case, folder)
        try:
            if not running.port:
                return {"starts": False}
            found = {"starts": True, "info": running.info()}
            if found["info"] and not found["info"].get("tls_required"):
                for fields in case.made.logins:
                    found[json.dumps(fields)] = running.login(fields)
            return found
        finally:
            running.stop()


def run_case(index, options):
    """Returns a report of a difference, and the category of the case."""
    made = config_texts.make(random.Random(f"{options.seed}:{index}"), options.certificates)
    case = Case(made, options)
    ours, theirs, why = case.judge()
    if why in ("different", "broken"):
        kept = case.shrunk()
        ours, theirs, _ = case.judge(kept)
        return report(index, options, made.text(kept), ours, theirs, made), why
    if why or not ours.digest or not made.startable or random.Random(f"{options.seed}:{index}:effect").random() > EFFECT_SHARE:
        return "", why or ("valid" if ours.digest else "refused")
    ours, theirs = effect(options.server, case), effect(options.official, case)
    if re.search(b"(?i)auth_(callout|hook)", made.text()):  # alone it is a row of docs/differences.md
        for found in (ours, theirs):
            found.get("info", {}).pop("auth_required", None)
    if ours == theirs:
        return "", "started"
    return report(index, options, made.text(), ours, theirs, made), "different when started"


def report(index, options, text, ours, theirs, made):
    parts = [f"--- seed {options.seed} case {index}", text.decode("utf-8", "backslashreplace")]
    parts += [f"{name}: {content!r}" for name, content in made.files.items() if name.encode() in text]
    parts += [f"${name}={value}" for name, value in made.environment.items() if name.encode() in text]
    return "\n".join(parts + [f"ours:   {ours}", f"theirs: {theirs}"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("certificates")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--cases", type=int, default=1 << 62)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--differences", type=int, default=20, help="how many end the run")
    options = parser.parse_args()
    options.official = os.environ.get("NATS_SERVER") or shutil.which("nats-server")
    if not options.official:
        return SKIPPED
    options.server, options.official = os.path.abspath(options.server), os.path.abspath(options.official)
    options.certificates = os.path.abspath(options.certificates)
    docs = DOCS.read_text(encoding="utf-8")
    missing = [row.title for row in KNOWN if f"| {row.title}" not in docs]
    if missing:
        print("not in docs/differences.md:", *missing, sep="\n  ")
        return 1
    print("seed", options.seed, flush=True)
    if options.only is not None:
        made = config_texts.make(random.Random(f"{options.seed}:{options.only}"), options.certificates)
        print(made.text().decode("utf-8", "backslashreplace"))
        print(*run_case(options.only, options))
        return 0
    return run_all(options)


def run_all(options):
    end = time.monotonic() + options.minutes * 60
    counts, reports, lock = {}, [], threading.Lock()
    indices = iter(range(options.cases))

    def work():
        while time.monotonic() < end and len(reports) < options.differences:
            with lock:
                index = next(indices, None)
            if index is None:
                return
            text, kind = run_case(index, options)
            with lock:
                counts[kind] = counts.get(kind, 0) + 1
                if text:
                    reports.append(text)
                    print(text, flush=True)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(work) for _ in range(options.jobs)]:
            done.result()
    for kind, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{count:7} {kind}")
    return 1 if reports else 0


if __name__ == "__main__":
    sys.exit(main())
