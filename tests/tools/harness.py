"""Shared by the tests of the tools: runs programs in an empty home folder, and decodes JWTs."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["MIDGE_BIN"])


def decode_part(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims_of(token):
    """Returns the claims of a JWT without verifying them."""
    return json.loads(decode_part(token.split(".")[1]))


class ToolTest(unittest.TestCase):
    """A test with its own home folder."""

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="midge-tools-")).resolve()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "NSC_", "NKEYS_", "NATS_"))}
        self.env = {**kept, "HOME": str(self.home)}

    def run_program(self, name, *args, ok=True, env=None, cwd=None, stdin=""):
        done = subprocess.run(
            [BIN / "nats-names" / name, *args],
            input=stdin, capture_output=True, text=True, timeout=60,
            env={**self.env, **(env or {})}, cwd=cwd or self.home)
        self.assertEqual(done.returncode, 0 if ok else 1, f"{name} {args}: {done.stdout}{done.stderr}")
        return done

    def nsc(self, *args, **options):
        return self.run_program("nsc", *args, **options)

    def add_saop(self):
        """Makes the operator, account and user of the tutorial."""
        self.nsc("add", "operator", "-n", "SAOP")
        self.nsc("add", "account", "-n", "SYS")
        self.nsc("add", "user", "-n", "SYSU")

    @property
    def data(self):
        return self.home / ".local/share/nats/nsc"

    def token(self, *path):
        return (self.data / "stores" / pathlib.Path(*path)).read_text()

    def field(self, kind, name, path):
        return json.loads(self.nsc("describe", kind, name, "--field", path).stdout)

    def verify(self, token):
        """Checks the signature of a JWT with nk."""
        head, body, signature = token.split(".")
        (self.home / "message").write_text(f"{head}.{body}")
        (self.home / "signature").write_text(signature)
        (self.home / "issuer").write_text(claims_of(token)["iss"])
        done = self.run_program("nk", "-verify", "message", "-pubin", "issuer", "-sigfile", "signature")
        self.assertEqual(done.stdout, "Verified OK\n")
