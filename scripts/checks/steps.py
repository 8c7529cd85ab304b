"""The steps of a whole check, in their order. Each returns an Outcome, or raises StepFailed."""
import concurrent.futures
import dataclasses
import os
import subprocess
from typing import Callable

import sources
from programs import ROOT, StepFailed, build, ctest, run, tests_of
from report import Outcome

CMAKE = ("CMakeLists.txt", "*/CMakeLists.txt", "CMakePresets.json", "cmake", "scripts/checks")
PROGRAMS = ("core", "plugins", "service", "tools", "examples", *CMAKE)
BROKER = tuple(f"core/{room}" for room in ("routing", "exchange", "login", "connection", "client", "services", "broker"))
# Parts that differ on Windows, or that its tests use. All other parts are tested on Linux, and compile on Windows if they
# compile there.
ON_WINDOWS = ("*_windows.*", "*_mingw.*", "core/base", "core/net", *BROKER, "plugins/abi", "plugins/host", "plugins/common",
              "service", "tools/common", "cmake/windows", "installer/windows", "scripts/windows-deps.sh", "tests/windows",
              "tests/wire/runner", "tests/support", "tests/system")
FUZZED = ("core/base", "core/net", "core/config", "core/protocol", "core/auth", "core/websocket", "core/subject", "tests/fuzz",
          "tests/unit/config/corpus")
PACKAGED = ("installer", "service", "plugins/abi", "examples", "tests/packaging", "scripts/package.sh", "docs/packaging.md", *CMAKE)


@dataclasses.dataclass
class Step:
    name: str
    run: Callable  # takes a Context; returns an Outcome
    paths: tuple = ()  # files that can change its verdict; empty: it runs each time
    all_only: bool = False  # only runs with --all
    aside: bool = False  # runs at a low priority, at the same time as the steps after it


@dataclasses.dataclass
class Context:
    passes: object
    nightly: bool
    fuzz_seconds: int


def nightly_tests(context, preset, outcome):
    """Adds the tests that only nightly runs play."""
    if context.nightly:
        # By the tree, because the presets exclude them.
        more = ctest("--test-dir", ROOT / "build" / preset, "--output-on-failure", "--label-regex", "^nightly$", "--parallel", 4)
        outcome.passed += more.passed
        outcome.failed += more.failed
        outcome.skipped += more.skipped
    return outcome


def asan_build(_):
    build("asan")
    return Outcome(1)


def asan_tests(context):
    return nightly_tests(context, "asan", ctest("--preset", "asan"))


def tsan_tests(_):
    build("tsan", "threaded_tests")
    return ctest("--preset", "tsan")


def release(_):
    build("release", tests="OFF", settings=("-DMIDGE_WERROR=ON",))
    return Outcome(1)


def instructions(context):
    release(context)
    run("python3", "tests/bench/instructions.py")
    return Outcome(1)


def memory(context):
    release(context)
    run("python3", "tests/system/memory_test.py", "build/release/bin/midged")
    return Outcome(1)


def packages(_):
    """Installs, upgrades and removes the packages of package.sh, in a separate Debian system."""
    run("scripts/package.sh", "--no-install", quiet=ROOT / "build" / "package.log")
    skipped = 77
    done = subprocess.run(["python3", "tests/packaging/package_test.py", "--packages", "build/release/packages", "--work",
                           "build/packaging"], cwd=ROOT, check=False)
    if done.returncode == skipped:
        return Outcome(skipped=1, note="no system can be booted here")
    if done.returncode != 0:
        raise StepFailed(f"exit code {done.returncode}: package_test.py")
    return Outcome(1)


def fuzzers(context):
    """Runs each fuzzer for a while from its corpus, two at a time."""
    tests = tests_of("asan", "--label-regex", "^fuzz$")
    if not tests:
        raise StepFailed("no fuzzers found")

    def fuzz(test):
        name = test["name"].removesuffix("_corpus")
        program, corpus = test["command"][0], test["command"][-1]
        found = ROOT / "build" / "asan" / "found" / name
        found.mkdir(parents=True, exist_ok=True)
        run(program, f"-max_total_time={context.fuzz_seconds}", "-timeout=10", "-rss_limit_mb=2048",
            f"-artifact_prefix={found}/", found, corpus, quiet=found.with_suffix(".log"))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [pool.submit(fuzz, test) for test in tests]
    failures = [str(each.exception()) for each in runs if each.exception()]
    if failures:
        print("\n".join(failures), flush=True)
    return Outcome(len(runs) - len(failures), len(failures), note=f"{context.fuzz_seconds} s each")


def windows_build(_):
    run("scripts/windows-deps.sh")
    build("windows")
    run("cmake", "--build", "--preset", "windows", "--target", "installer", quiet=ROOT / "build" / "installer.log")
    return Outcome(1)


def windows_tests(context):
    windows_build(context)
    try:
        return nightly_tests(context, "windows", ctest("--preset", "windows"))
    finally:
        # Otherwise Wine's server would remain, and sometimes keep a processor busy with a socket that a test has left.
        run("cmake/windows/run-with-wine.sh", "--end")


STEPS = (
    Step("format", sources.check_format, all_only=True),
    Step("asan build", asan_build),
    Step("asan tests", asan_tests),
    Step("clang-tidy", sources.check_analysis, all_only=True, aside=True),
    Step("files alone", sources.check_alone, all_only=True, aside=True),
    Step("tsan", tsan_tests, (*PROGRAMS, "tests/unit", "tests/plugin", "tests/wire", "tests/system", "tests/support", "tests/foreign",
                              "tests/tools", "tests/tsan.supp"), all_only=True),
    Step("release build", release, PROGRAMS, all_only=True),
    Step("instructions", instructions, (*PROGRAMS, "tests/bench"), all_only=True),
    Step("memory", memory, (*PROGRAMS, "tests/system"), all_only=True),
    Step("packages", packages, PACKAGED, all_only=True),
    Step("fuzzers", fuzzers, (*FUZZED, *CMAKE), all_only=True),
    Step("windows build", windows_build, (*PROGRAMS, *ON_WINDOWS, "tests/unit", "tests/plugin", "tests/tools", "installer"), all_only=True),
    Step("windows tests", windows_tests, (*ON_WINDOWS, *CMAKE), all_only=True),
)
