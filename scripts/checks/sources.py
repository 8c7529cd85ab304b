"""Steps that check source files: their format, clang-tidy, and that each of them compiles alone."""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

from programs import ROOT, StepFailed, run
from report import Outcome

sys.path.insert(0, str(ROOT / "tests" / "tidy"))
from arrows import Arrows, includes  # noqa: E402  (it is beside tidy.py, which needs it too)

CODE = (".c", ".cpp", ".h", ".hpp")
# In a unity build, clang-tidy sees the files of a folder as one. Its analyzer takes as long as all other checks together, so it
# is only for work on single files.
UNITY_CHECKS = "-clang-analyzer-*,-bugprone-suspicious-include"
NICE = 10
FAILURES_SHOWN_MAX = 20


def code_files(context):
    return [path for path in context.passes.files if path.endswith(CODE)]


def check_format(context):
    files = code_files(context)
    done = subprocess.run(["clang-format", "--dry-run", "--Werror", *files], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return Outcome(1)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if ": error:" in line})
    raise StepFailed(f"clang-format -i {' '.join(wrong)}")


def compile_commands(folder):
    """Returns [(file, arguments of its compiler, working folder)] of a build tree."""
    text = (ROOT / "build" / folder / "compile_commands.json").read_text(encoding="utf-8")
    return [(entry["file"], shlex.split(entry["command"]), entry["directory"]) for entry in json.loads(text)]


def below_root(path):
    return pathlib.Path(path).resolve().relative_to(ROOT).as_posix()


def run_each(context, what, jobs):
    """jobs: [(name, files that its verdict depends on, function that returns the errors as text)]. Each pass is remembered
    separately."""
    digests = {name: context.passes.digest(f"{what} {name}", files) for name, files, _ in jobs}
    left = [(name, check) for name, _, check in jobs if not context.passes.passed_on(digests[name])]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, _), wrong in zip(left, pool.map(lambda job: job[1](), left)):
            if wrong:
                failed += 1
                if failed <= FAILURES_SHOWN_MAX:
                    print(wrong, flush=True)
            else:
                context.passes.record(digests[name])
    unchanged = len(jobs) - len(left)
    return Outcome(len(jobs) - failed, failed, note=f"{unchanged} of {len(jobs)} unchanged since they passed" if unchanged else "")


def said_by(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          preexec_fn=lambda: os.nice(NICE))
    return done.returncode, done.stdout


def check_analysis(context):
    """Runs clang-tidy on the programs' files, compiled as in the asan tree."""
    arrows = Arrows(ROOT, code_files(context))
    jobs = []
    for file, _, _ in compile_commands("asan"):
        members = re.findall(r'#include "([^"]+)"', pathlib.Path(file).read_text(encoding="utf-8")) if "/Unity/" in file else [file]
        if not all(pathlib.Path(member).is_relative_to(ROOT) for member in members):
            continue
        paths = [below_root(member) for member in members]
        if paths[0].startswith(("tests/", "build/")):
            continue
        depends = set().union(*(arrows.below(path) for path in paths)) | set(context.passes.matching([".clang-tidy", "plugins/abi/.clang-tidy"]))
        jobs.append((paths[0], depends, lambda file=file: analyse(file)))
    return run_each(context, "clang-tidy", jobs)


def analyse(file):
    code, said = said_by(["clang-tidy", "-p", "build/asan", "--quiet", f"--checks={UNITY_CHECKS}", "--warnings-as-errors=*", file], ROOT)
    return said if code else None


def check_alone(context):
    """Checks that each file compiles with its own includes. A header is proved by the file that includes it first, or else by
    itself."""
    run("cmake", "--preset", "alone", "-DMIDGE_TESTS=ON", quiet=ROOT / "build" / "alone.log", nice=NICE)
    arrows = Arrows(ROOT, code_files(context))
    jobs, commands, shown = [], {}, set()

    def add(path, command, folder):
        jobs.append((path, arrows.below(path), lambda: compile_alone(command, folder)))

    for file, command, folder in compile_commands("alone"):
        path = pathlib.Path(file)
        if not path.is_relative_to(ROOT) or path.is_relative_to(ROOT / "build") or below_root(file) in commands:
            continue
        path = below_root(file)
        words = without_output(command)
        commands[path] = (words, folder)
        add(path, words, folder)
        shown.update(includes(ROOT, path)[:1])
    for path in code_files(context):
        if path.endswith((".h", ".hpp")) and path not in shown and not re.search(r"_(windows|mingw)\.", path):
            # Headers that only files of other systems or builds include are compiled with the arguments of the nearest file.
            user = next((file for file in sorted(arrows.above([path])) if file in commands),
                        max(sorted(commands), key=lambda file: len(os.path.commonprefix([file, path]))))
            words, folder = commands[user]
            language = "c" if user.endswith(".c") else "c++"
            add(path, [*words[:-1], "-Wno-pragma-once-outside-header", "-x", language, str(ROOT / path)], folder)
    return run_each(context, "alone", jobs)


def without_output(command):
    """Returns the arguments of a compile command without its outputs, and with the file as the last argument."""
    at = command.index("-o")
    return [word for word in command[:at] if word != "-c"] + ["-fsyntax-only", command[-1]]


def compile_alone(command, folder):
    code, said = said_by(command, folder)
    return f"{command[-1]} does not compile alone:\n{said}" if code else None
