"""Compares man pages and shell completion with the help of the programs, which this test parses differently than the code that
makes them."""
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BIN = pathlib.Path(os.environ["MIDGE_BIN"])
MAKE = pathlib.Path(__file__).resolve().parents[2] / "installer/linux/manuals/make_manuals.py"
SECONDS = 300
PROGRAMS = [name for name in ("midged", "midge", "midge-nsc", "midge-account-server") if (BIN / name).exists()]
PAGES = {"midged": "midged.8", "midge": "midge.1", "midge-nsc": "midge-nsc.1", "midge-account-server": "midge-account-server.1"}
TREES = {"midge": [[], ["pub"], ["publish"], ["sub"]],
         "midge-nsc": [[], ["add"], ["add", "user"], ["edit", "account"], ["generate", "creds"], ["generate"]]}


def output(command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=SECONDS, check=True, **more)
    return done.stdout


def help_of(program, *words):
    return output([BIN / program, *words, "--help"])


def flags_of(text):
    """Returns the flags at the beginning of lines: "-n,--name TEXT", "-c, --config <file>"."""
    flags = set()
    for line in text.splitlines():
        rest = line.strip() if line.startswith(" ") else ""
        while found := re.match(r"(-{1,2}\w[\w-]*)(?:\{\w+\})?(?:, ?)?", rest):
            flags.add(found[1])
            rest = rest[found.end():]
    return flags


def commands_of(text):
    """Returns the words below "Subcommands:"."""
    lines = text.partition("\nSubcommands:\n")[2].partition("\n\n")[0].splitlines()
    heads = [line[2:].split("  ")[0] for line in lines if re.match(r"  \S", line)]
    return {name.split()[0] for head in heads for name in head.split(", ")}


class Manuals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="midge-manuals-")
        cls.out = pathlib.Path(cls.folder.name)
        output([sys.executable, MAKE, "--bin", BIN, "--out", cls.out, "--version", "1.2.3", "--date", "2026-01-02"])

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def page(self, name):
        """Returns the source without its escapes."""
        return gzip.decompress((self.out / "man" / f"{name}.gz").read_bytes()).decode().replace("\\-", "-")

    def test_every_flag_of_the_help_is_in_the_manual_page(self):
        for program in PROGRAMS:
            flags = flags_of(help_of(program))
            self.assertGreater(len(flags), 4, program)
            page = self.page(PAGES[program])
            self.assertEqual({flag for flag in flags if f"\\fB{flag}\\fR" not in page}, set(), program)

    def test_every_command_and_its_flags_are_in_the_manual_page(self):
        for program in set(TREES) & set(PROGRAMS):
            page = self.page(PAGES[program])
            for words in filter(None, TREES[program]):
                text = help_of(program, *words)
                for flag in flags_of(text):
                    self.assertIn(f"\\fB{flag}\\fR", page, f"{program} {words}")
        if "midge-nsc" in PROGRAMS:
            self.assertIn('.SS "add user"', self.page("midge-nsc.1"))

    def test_every_setting_is_in_the_page_of_the_configuration(self):
        text = output([BIN / "midged", "--help-config"])
        settings = re.findall(r"(?m)^[^\s=].*$", text)
        self.assertGreater(len(settings), 20)
        page = self.page("midged.conf.5")
        self.assertEqual([names for names in settings if f"\\fB{names}\\fR" not in page], [])
        headings = re.findall(r"(?m)^== (.*) ==$", text)
        self.assertIn("tls: encryption of client connections", headings)
        self.assertEqual([heading for heading in headings if f'.SS "{heading}"' not in page], [])
        if (BIN.parent / "lib/midge/plugins/sink-file.so").exists():
            self.assertTrue([heading for heading in headings if heading.startswith("sink-file: event sink plugin")], headings)

    @unittest.skipUnless(shutil.which("man") and shutil.which("groff"), "no man")
    def test_the_pages_are_well_formed(self):
        for page in sorted((self.out / "man").iterdir()):
            done = subprocess.run(["man", "--warnings", "-l", str(page)], capture_output=True, text=True, timeout=SECONDS, check=False,
                                  env={**os.environ, "MANPAGER": "cat", "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
            self.assertEqual(done.stderr, "", page.name)
            self.assertNotRegex(done.stdout, r"@[A-Z]+@")

    # ---- completion: the suggestions of a shell after the words

    def bash(self, program, words, name=None):
        program, path = name or program, name or program
        line = " ".join(f"'{word}'" for word in [program, *words])
        script = (f"source {self.out}/bash/{path}; compopt() {{ :; }}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; "
                  f"$(complete -p {program} | sed 's/.*-F \\([^ ]*\\) .*/\\1/'); printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        return set(output(["bash", "--norc", "-c", script]).split())

    def fish(self, program, words):
        script = f"source {self.out}/fish/{program}.fish; complete -C '{' '.join([program, *words])}'"
        with tempfile.TemporaryDirectory() as home:
            lines = output(["fish", "--no-config", "-c", script], env={**os.environ, "HOME": home}, cwd=home).splitlines()
        return {line.split("\t")[0] for line in lines}

    def zsh(self, program, words):
        """Returns the arguments of zsh's own _arguments and _describe, at the last of the words."""
        script = f"""
            _describe() {{ print -rl -- ${{(@P)2%%:*}} }}
            _arguments() {{
                if (( $#words > 2 )); then
                    state=argument
                    shift words
                else
                    local spec
                    for spec in "$@"; do
                        [[ $spec == '('* ]] && print -r -- ${{${{spec#*\\)}}%%\\[*}}
                    done
                    state=command
                fi
            }}
            words=({' '.join(f"'{word}'" for word in [program, *words])})
            source {self.out}/zsh/_{program}"""
        return set(output(["zsh", "-f", "-c", script]).split())

    def check_shell(self, shell):
        for program in PROGRAMS:
            offered = getattr(self, shell)
            for words in TREES.get(program, [[]]):
                text = help_of(program, *words)
                with self.subTest(shell=shell, program=program, words=words):
                    got = offered(program, [*words, "-"])
                    if shell == "fish":  # suggests short flags only after one dash, and long ones after two
                        got |= offered(program, [*words, "--"])
                    self.assertEqual(flags_of(text) - got, set())
                    self.assertEqual(commands_of(text) - offered(program, [*words, ""]), set())

    def test_bash_completes_the_names_of_nats_and_the_values_of_a_flag(self):
        for program, name in (("midge", "nats"), ("midge-nsc", "nsc"), ("midged", "nats-server")):
            if program in PROGRAMS:
                self.assertEqual(self.bash(program, [""], name), self.bash(program, [""]))
                self.assertEqual(self.bash(program, ["-"], name), self.bash(program, ["-"]))
        signals = {"stop", "quit", "term", "reopen", "reload", "diff", "ldm"}
        for words in (["--signal", ""], ["-sl", ""], ["--signal", "="], ["--signal", "=", ""]):
            self.assertEqual(self.bash("midged", words), signals, words)
        self.assertEqual(self.bash("midged", ["--signal", "re"]), {"reopen", "reload"})
        if "midge" in PROGRAMS:
            self.assertEqual(self.bash("midge", ["pub", "a", "--send-on", ""]), {"eof", "newline"})

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_completes_the_names_of_nats_and_the_values_of_a_flag(self):
        self.assertEqual(self.fish("midged", ["--signal", "re"]), {"reopen", "reload"})
        self.assertIn("complete -c nsc -w midge-nsc", (self.out / "fish/nsc.fish").read_text(encoding="utf-8"))

    def test_zsh_has_the_names_of_nats_and_the_values_of_a_flag(self):
        text = (self.out / "zsh/_midged").read_text(encoding="utf-8")
        self.assertTrue(text.startswith("#compdef midged nats-server\n"), text)
        self.assertIn(":(stop quit term reopen reload diff ldm)", text)

    def test_bash_offers_every_flag_and_command(self):
        self.check_shell("bash")

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_offers_every_flag_and_command(self):
        self.check_shell("fish")

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_offers_every_flag_and_command(self):
        self.check_shell("zsh")


if __name__ == "__main__":
    unittest.main()
