"""The commands, configurations and transcripts of README.md, run as printed; README.zh-CN.md has the same ones.

usage: readme_test.py FOLDER_OF_PROGRAMS

A reader of README.md has a clone of the repository with a release build in it, and types the blocks of each section from top to
bottom: an `sh` block (or an indented one) is a list of commands; a `conf` block is a file, named by its first line, which midged must
accept; a `text` block that begins with "$ COMMAND" shows lines that the COMMAND of an earlier block prints, in this order. A block
that cannot be run is named in NOT_RUN.
"""
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

import own_network
from programs import Program, environment, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = None  # folder of the programs
PORTS = (4222, 9090)  # README's; this process gets a network of its own for them

# First line of a block that cannot run here: the reason.
NOT_RUN = {
    "NATS clients               midged                      plugins": "a picture",
    "scripts/install-deps.sh --build && cmake --preset release -DMIDGE_TESTS=OFF && cmake --build --preset release":
        "installs packages and compiles; the reader's clone has the programs under test instead",
    "apt install ./midge-server_*.deb ./midge-tools_*.deb ./midge-plugins_*.deb":
        "installs packages and starts a system service; tests/packaging does so in a system of its own",
    "midge-0.1.0-windows-x64.exe /S": "Windows; tests/windows runs the installer",
    "scripts/test.sh": "runs this test",
}

# Programs that keep running, and the line that tells the reader to continue.
RUNNING = (
    (r"^(\S*/)?(midged|nats-server) (?!.*(-t |--signal))", "Server is ready"),
    (r"^scripts/quickstart\.sh", "Server is ready"),
    (r"^(\S*/)?midge .*\bsub ", "Subscribing on"),
    (r"^nats-sub ", "Listening on"),
    (r"^nats-account-server ", "http listening on"),
)
# Commands with an effect on a running program: the command, the program, and the program's new output.
EFFECTS = ((r"--signal reload", r"^(\S*/)?(midged|nats-server) ", "Reloaded server configuration"),)


class Block:
    def __init__(self, language, lines):
        self.language = language
        self.lines = lines

    @property
    def name(self):
        return self.lines[0].strip()

    def __eq__(self, other):
        return (self.language, self.lines) == (other.language, other.lines)

    def __repr__(self):
        return f"```{self.language}\n" + "\n".join(self.lines)


class Section:
    """The content below a heading; level 0 is the content above the first heading."""

    def __init__(self, level, title):
        self.level = level
        self.title = title
        self.blocks = []


def sections_of(path):
    sections, fence, indented, before = [Section(0, "")], None, None, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        blocks = sections[-1].blocks
        if fence is not None:
            if line == "```":
                fence = None
            else:
                fence.lines.append(line)
        elif line.startswith("```"):
            fence, indented = Block(line[3:], []), None
            blocks.append(fence)
        elif line.startswith("    ") and (indented or not before.strip()):
            if indented is None:
                indented = Block("sh", [])
                blocks.append(indented)
            indented.lines.append(line[4:])
        else:
            heading = re.match(r"(#+) (.*)", line)
            if heading:
                sections.append(Section(len(heading[1]), heading[2]))
            indented = None if line.strip() else indented
        before = line
    return sections


def pattern_of(line):
    """Returns a pattern for a printed line, because numbers and public keys differ each time."""
    parts = re.split(r"([A-Z2-7]{56}|\d+)", line)
    kinds = (r"\d+" if part.isdigit() else "[A-Z2-7]{56}" for part in parts[1::2])
    return "^" + "".join(re.escape(text) + kind for text, kind in zip(parts[0::2], [*kinds, ""])) + "$"


class Reader:
    """A reader who follows a section of README.md in a clone of the repository, with an empty home."""

    def __init__(self):
        self.home = os.path.realpath(tempfile.mkdtemp(prefix="midge-readme-"))
        self.clone = os.path.join(self.home, "midge")
        self.env = environment(os.path.join(self.home, "stubs"), self.home)
        self.programs = {}  # by the command as printed
        self.system_account = "A..."
        self.make_clone()

    def make_clone(self):
        """Makes the parts of a clone to which commands refer. Nothing is installed or compiled, because the programs exist."""
        for folder in ("midge/scripts", "midge/build/release", "stubs"):
            os.makedirs(os.path.join(self.home, folder))
        os.symlink(BIN, os.path.join(self.clone, "build/release/bin"))
        os.symlink(ROOT / "scripts/quickstart.sh", os.path.join(self.clone, "scripts/quickstart.sh"))
        for stub in ("midge/scripts/install-deps.sh", "stubs/cmake"):
            path = pathlib.Path(self.home, stub)
            path.write_text("#!/bin/sh\n", encoding="utf-8")
            path.chmod(0o755)

    def rewritten(self, text):
        """Converts a printed text to one that is run: replaces paths, and inserts the key as the reader is told to do."""
        return text.replace("/home/you", self.home).replace("A...", self.system_account)

    def follow(self, block):
        if block.language == "sh":
            for command in filter(str.strip, block.lines):
                self.type(command)
        elif block.language == "conf":
            self.write(block)
        elif block.language == "text":
            self.compare(block)
        else:
            raise AssertionError(f"neither sh, conf nor text; if it cannot be run, name it in NOT_RUN:\n{block}")

    def type(self, command):
        text = self.rewritten(command)
        export = re.match(r"export (\w+)=", text)
        if export:
            self.env[export[1]] = run(f"{text}; printf %s \"${export[1]}\"", self.env, self.clone)
            return
        ready = next((line for pattern, line in RUNNING if re.search(pattern, text)), None)
        if ready:
            if command in self.programs:
                raise AssertionError(f"{command}: runs already")
            self.programs[command] = Program(text.removesuffix("&"), self.env, self.clone)
            self.programs[command].wait_for(ready)
            return
        effects = [(program, line, len(program.lines)) for pattern, name, line in EFFECTS if re.search(pattern, text)
                   for program in self.programs.values() if re.search(name, program.command)]
        output = run(text, self.env, self.clone)
        account = re.search(r"│ SYS  │ (A[A-Z2-7]{55}) │", output)
        if account:
            self.system_account = account[1]
        for program, line, seen in effects:
            program.wait_for(line, seen)

    def write(self, block):
        name = re.match(r"# ([\w.-]+)$", block.lines[0])
        if not name:
            raise AssertionError(f"the first line of a configuration is its name, `# server.conf`:\n{block}")
        pathlib.Path(self.clone, name[1]).write_text(self.rewritten("\n".join(block.lines) + "\n"), encoding="utf-8")
        run(f"build/release/bin/midged -t -c {name[1]}", self.env, self.clone)

    def compare(self, block):
        program = self.programs.get(block.name.removeprefix("$ "))
        if program is None:
            raise AssertionError(f"no command of an earlier block prints this:\n{block}")
        at = 0
        for line in block.lines[1:]:
            if line != "...":
                found = program.wait_for(pattern_of(self.rewritten(line)), at)
                at = program.lines.index(found.string, at) + 1

    def leave(self):
        """Ends the running programs, the newest first. A bad exit code or a sanitizer's report is an error."""
        for program in reversed(list(self.programs.values())):
            program.__exit__(None)
        shutil.rmtree(self.home)


class Text(unittest.TestCase):
    """Checks that need no program."""

    def test_only_blocks_that_are_there_are_left_out(self):
        names = [block.name for section in sections_of(ROOT / "README.md") for block in section.blocks]
        self.assertEqual([name for name in NOT_RUN if name not in names], [])

    def test_the_chinese_readme_has_the_same_headings_and_blocks(self):
        english, chinese = (sections_of(ROOT / name) for name in ("README.md", "README.zh-CN.md"))
        self.assertEqual([section.level for section in chinese], [section.level for section in english])
        for ours, theirs in zip(english, chinese):
            self.assertEqual(theirs.blocks, ours.blocks, f"{ours.title} / {theirs.title}")

    def test_each_readme_links_to_the_other(self):
        for name, other in (("README.md", "README.zh-CN.md"), ("README.zh-CN.md", "README.md")):
            self.assertTrue(f"]({other})" in (ROOT / name).read_text(encoding="utf-8"), name)

    def test_figures_are_those_of_the_measurements(self):
        rows = {}
        for line in (ROOT / "docs/performance.md").read_text(encoding="utf-8").splitlines():
            columns = re.split(r"\s{2,}", line.strip())
            if line.startswith("    ") and len(columns) > 4:
                rows.setdefault(columns[0], (columns[2], columns[3], columns[4]))
        for name in ("README.md", "README.zh-CN.md"):
            text = (ROOT / name).read_text(encoding="utf-8")
            shown = re.findall(r"(?m)^\| .*`([^`\n]+)`.* \| (\S+) \S+ \| (\S+) \S+ \| (\S+) \|$", text)
            self.assertEqual(len(shown), 5, name)
            for case, *figures in shown:
                self.assertEqual(tuple(figures), rows.get(case), f"{name}: {case}")


class Commands(unittest.TestCase):
    """The sections of README.md, each with a new reader."""

    def follow(self, section):
        reader = Reader()
        try:
            for block in section.blocks:
                if block.name not in NOT_RUN:
                    reader.follow(block)
        except BaseException:
            for program in reader.programs.values():
                program.process.kill()
            raise
        reader.leave()

    def test_everything_runs_as_printed(self):
        if not NETWORK:
            self.skipTest(f"the ports {PORTS} are in use, and no network of its own is to be had")
        for section in sections_of(ROOT / "README.md"):
            if section.blocks:
                with self.subTest(section=section.title):
                    self.follow(section)


if __name__ == "__main__":
    BIN = os.path.abspath(sys.argv.pop(1))
    NETWORK = own_network.enter() or all(map(own_network.is_free, PORTS))
    result = unittest.main(verbosity=2, exit=False).result
    sys.exit(1 if not result.wasSuccessful() else 77 if result.skipped else 0)
