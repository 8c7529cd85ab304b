"""Builds and runs, in the dev tree, the tests that a change can break: tests whose programs contain a file that includes a
changed one, directly or indirectly, and tests whose script or data have changed. Omits tests with the label `long`; and those with
the label `slow` if the change is in a file that many tests depend on, because then they are about something else."""
import pathlib
import sys
import time

import programs
from programs import ROOT, StepFailed, build, ctest, output, tests_of
from report import Outcome

sys.path.insert(0, str(ROOT / "tests" / "tidy"))
from arrows import Arrows  # noqa: E402  (it is beside tidy.py, which needs it too)

PRESET = "dev"
TREE = ROOT / "build" / PRESET
MANY_TESTS = 12
BUILT_BY = (".cmake", "CMakeLists.txt", "CMakePresets.json")  # such a change can break every test
# Files that a test finds without an argument.
READ_BY = {"system_readme": ("README.md", "README.zh-CN.md", "docs/performance.md", "scripts/quickstart.sh")}
# The folders that slow tests are about: a change there runs them, too.
TRANSPORT = ("core/net/", "core/websocket/", "core/connection/")
ABOUT = {
    "broker_poco_test": ("core/net/", "core/connection/"),
    "system_answers_midged": ("service/",),
    "system_config_corpus_midged": ("core/config/", "service/"),
    "system_operation_midged": ("service/",),
    "system_proxy_midged": TRANSPORT,
    "system_resolver_files_midged": ("core/account/", "plugins/"),
    "system_slow_consumer_midged": ("core/net/", "core/routing/"),
    "system_websocket_midged": TRANSPORT,
    "tools_account_server_test": ("tools/account-server/", "tools/common/"),
    "tools_nsc_test": ("tools/nsc/", "tools/common/"),
    "tools_terminal_test": ("tools/",),
    "wire_midged_poco": TRANSPORT,
    "wire_midged_poco_websocket_tls": TRANSPORT,
    "wire_midged_tls": TRANSPORT,
    "wire_midged_websocket": TRANSPORT,
}


def changed_files(revision):
    """Returns the files changed since that revision, committed or not."""
    names = output("git", "diff", "--name-only", revision, "--").splitlines()
    return sorted(set(names + output("git", "ls-files", "--others", "--exclude-standard").splitlines()))


def labels_of(test):
    return next((each["value"] for each in test.get("properties", []) if each["name"] == "LABELS"), [])


def words_of(test):
    """Returns the paths that a test gets: the words of its command, and the values of its environment."""
    environment = next((each["value"] for each in test.get("properties", []) if each["name"] == "ENVIRONMENT"), [])
    return [pathlib.Path(word) for word in test["command"][1:] + [each.partition("=")[2] for each in environment] if "/" in word]


def programs_of(test):
    """Returns the files that the build makes for a test, with ninja's names."""
    made = set()
    for word in [pathlib.Path(test["command"][0]), *words_of(test)]:
        if word == TREE / "bin" or word == TREE / "bin" / "nats-names":
            made.update(path.relative_to(TREE).as_posix() for path in (TREE / "bin").iterdir() if path.is_file())
        elif word.is_relative_to(TREE / "bin") or word.parent == TREE / "tests":
            made.add(word.relative_to(TREE).as_posix())
    return made


class Inputs:
    """Returns the files of the source tree that targets are made from."""

    def __init__(self):
        # Only files with a build rule, which certificates and folders made by tests do not have.
        listed = output("ninja", "-C", TREE, "-t", "targets", "all").splitlines()
        self.rules = {line.rpartition(": ")[0] for line in listed}
        self.known = {}

    def of(self, target):
        if target not in self.known:
            listed = output("ninja", "-C", TREE, "-t", "inputs", target).splitlines() if target in self.rules else []
            paths = (pathlib.Path(line.strip()) for line in listed)
            self.known[target] = {path.relative_to(ROOT).as_posix() for path in paths if path.is_relative_to(ROOT)}
        return self.known[target]


def touches_own_files(test, changed):
    """Whether the file is the test's script, one beside it, or its data."""
    if any(path in READ_BY.get(test["name"], ()) for path in changed):
        return True
    for word in words_of(test):
        if word.is_relative_to(TREE) or not word.is_relative_to(ROOT):
            continue
        folder = (word.parent if word.is_file() else word).relative_to(ROOT).as_posix()
        if any(path.startswith(folder + "/") for path in changed):
            return True
    return False


def affected(tests, changed, passes):
    """Returns the tests that the change can break: (those to run, those that take too long for now)."""
    arrows = Arrows(ROOT, [path for path in passes.files if path.endswith((".c", ".cpp", ".h", ".hpp"))])
    touched = arrows.above(changed)
    everything = any(path.endswith(BUILT_BY) for path in changed)
    inputs = Inputs()

    def is_affected(test):
        return everything or touches_own_files(test, changed) or test["name"].startswith("tidy") or \
            any(inputs.of(program) & touched for program in programs_of(test))

    found = [test for test in tests if is_affected(test)]
    omitted = {"long", "slow"} if len(found) > MANY_TESTS else {"long"}

    def is_omitted(test):
        is_about = any(path.startswith(ABOUT.get(test["name"], ())) for path in changed)
        return not omitted.isdisjoint(labels_of(test)) and not touches_own_files(test, changed) and not is_about

    return [test for test in found if not is_omitted(test)], [test for test in found if is_omitted(test)]


def check(report, passes, revision):
    """Returns True if the tests of the change since that revision pass."""
    started = time.monotonic()
    try:
        changed = changed_files(revision)
    except StepFailed as failure:
        report.say(str(failure))
        return False
    if not changed:
        report.say(f"nothing has changed since {revision}")
        return True
    try:
        if (TREE / "bin").is_dir():
            programs.run("cmake", "--preset", PRESET, "-DMIDGE_TESTS=ON", quiet=TREE.with_suffix(".log"))
        else:
            report.say("first build of the tree: ten minutes")
            build(PRESET)
        tests, long_tests = affected(tests_of(PRESET), changed, passes)
        targets = sorted(set().union(*(programs_of(test) for test in tests)) & Inputs().rules)
        if targets:
            build(PRESET, *targets)
        report.add("build", Outcome(1), time.monotonic() - started)
        names = "|".join(test["name"] for test in tests)
        started = time.monotonic()
        outcome = ctest("--preset", PRESET, "--tests-regex", f"^({names})$")
        if long_tests:
            outcome.note = f"left out as they take longer: {', '.join(test['name'] for test in long_tests)}"
    except StepFailed as failure:
        report.say(str(failure))
        outcome = Outcome(failed=1)
    report.add("tests of the change", outcome, time.monotonic() - started)
    return report.close()
