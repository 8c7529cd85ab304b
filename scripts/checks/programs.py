"""Runs the programs that steps need."""
import json
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as tree

from report import Outcome

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAST_LINES = 60
FAILED_LINES_MAX = 40  # number of lines that are repeated for each failed test


class StepFailed(Exception):
    """A program of a step has failed. The text names it and has the end of its output."""


def run(*command, quiet=None, nice=0, **environment):
    """Runs a program in the tree. `quiet`: a file for its output, whose end is printed if it fails."""
    command = [str(word) for word in command]
    lowered = (lambda: os.nice(nice)) if nice else None
    settings = {"cwd": ROOT, "env": {**os.environ, **environment}, "preexec_fn": lowered, "check": False}
    if quiet is None:
        code = subprocess.run(command, **settings).returncode
        said = ""
    else:
        quiet.parent.mkdir(parents=True, exist_ok=True)
        with quiet.open("w", encoding="utf-8") as log:
            code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, **settings).returncode
        said = "\n" + "\n".join(quiet.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])
    if code != 0:
        raise StepFailed(f"exit code {code}: {' '.join(command)}{said}")


def output(*command):
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StepFailed(f"exit code {done.returncode}: {' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def build(preset, *targets, tests="ON", settings=()):
    """Configures and builds a preset, completely unless targets are named."""
    log = ROOT / "build" / f"{preset}.log"
    run("cmake", "--preset", preset, f"-DMIDGE_TESTS={tests}", *settings, quiet=log)
    run("cmake", "--build", "--preset", preset, *(["--target", *targets] if targets else []), quiet=log)


def ctest(*selection):
    """Runs the tests that ctest's options select, and counts them. If one fails, the others still run."""
    report = ROOT / "build" / "ctest.xml"
    report.unlink(missing_ok=True)
    try:
        run("ctest", *selection, "--output-junit", report)
    except StepFailed as failure:
        if not report.exists():
            raise
        ran = tree.parse(report).getroot()
        if int(ran.get("failures", 0)) == 0:
            raise failure
    ran = tree.parse(report).getroot()
    tests, failed, skipped = (int(ran.get(name, 0)) for name in ("tests", "failures", "skipped"))
    names = [case.get("name") for case in ran.iter("testcase") if case.find("skipped") is not None]
    for case in ran.iter("testcase"):
        if case.find("failure") is not None:
            print(f"\n== {case.get('name')} failed after {float(case.get('time')):.0f} s")
            print("\n".join(why_failed(case.findtext("system-out") or "")), flush=True)
    return Outcome(tests - failed - skipped, failed, skipped, f"skipped: {', '.join(names)}" if names else "")


def why_failed(said):
    """Returns the lines of a test's output that have the reason of the failure: GoogleTest's failures, or else the last
    lines."""
    lines = said.splitlines()
    at = [number for number, line in enumerate(lines) if re.search(r": Failure$|^\[  FAILED  \]|ERROR: \w+Sanitizer", line)]
    shown = sorted({near for number in at for near in range(number, number + 5) if near < len(lines)})
    if not shown:
        return lines[-FAILED_LINES_MAX:]
    return [lines[number] for number in shown[:FAILED_LINES_MAX]]


def tests_of(preset, *arguments):
    """Returns ctest's description of the tests of a preset: [{name, command, properties}]."""
    listed = json.loads(output("ctest", "--preset", preset, "--show-only=json-v1", *arguments))
    return listed["tests"]
