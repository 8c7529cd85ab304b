"""Tests the configuration that the packages install: unchanged, and with each of its commented examples enabled."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["MIDGE_BIN"])
CONFIG = pathlib.Path(__file__).resolve().parents[2] / "installer/linux/midged.conf"
SECONDS = 120


def examples(text):
    """Returns each group of lines that begin with a bare #, without the #."""
    runs = re.findall(r"(?m)(?:^#[^ \n].*\n(?:^#.*\n)*)+", text)
    return ["\n".join(line[1:] for line in run.splitlines()) for run in runs]


class DefaultConfiguration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="midge-config-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_here(self, *command):
        done = subprocess.run([str(word) for word in command], cwd=self.folder, capture_output=True, text=True, timeout=SECONDS, check=False)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")

    def check(self, text):
        config = self.folder / "midged.conf"
        config.write_text(text.replace("/etc/midge/", f"{self.folder}/"), encoding="utf-8")
        self.run_here(BIN / "midged", "-t", "-c", config)

    def make_what_examples_name(self):
        nsc = [BIN / "midge-nsc", "--all-dirs", self.folder / "nsc"]
        self.run_here(*nsc, "add", "operator", "-n", "ORG")
        self.run_here(*nsc, "add", "account", "-n", "SYS")
        self.run_here(*nsc, "add", "user", "-a", "SYS", "-n", "admin")
        self.run_here(*nsc, "generate", "config", "--nats-resolver", "--sys-account", "SYS", "--config-file", "resolver.conf")
        (self.folder / "operator.jwt").write_bytes((self.folder / "nsc/ORG/ORG.jwt").read_bytes())
        self.run_here("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test",
                      "-keyout", "server-key.pem", "-out", "server-cert.pem")

    def test_it_is_valid_as_it_is(self):
        self.check(CONFIG.read_text(encoding="utf-8"))

    def test_each_of_its_examples_is_valid(self):
        self.make_what_examples_name()
        text = CONFIG.read_text(encoding="utf-8")
        found = examples(text)
        self.assertGreater(len(found), 6)
        for example in found:
            with self.subTest(example=example):
                self.check(f"{text}\n{example}\n")

    def test_a_wrong_example_would_be_noticed(self):
        with self.assertRaises(AssertionError):
            self.check(CONFIG.read_text(encoding="utf-8") + "\nmax_payload: nonsense\n")


if __name__ == "__main__":
    unittest.main()
