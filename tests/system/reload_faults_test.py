"""A reload that fails, for whatever reason, leaves everything as it was, and names the reason."""
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

import tokens
from client import Client
from programs import PATIENCE, Program

SERVER = CERTIFICATES = None  # the program under test; the folder of certificates

# What the server has, and what every reload below asks for besides its fault.
COMMON = """
operator: "{operator}"
system_account: {system_key}
resolver: {{ type: full, dir: "{folder}/tokens" }}
allow_non_tls: true
"""
BEFORE = COMMON + """
max_payload: 1111
server_tags: [ "before" ]
resolver_preload: {{ {system_key}: "{system}", {account_key}: "{account}" }}
event_sinks: [ {{ plugin: sink-file, path: "{folder}/events-before" }} ]
log_file: "{folder}/log-before"
tls {{ cert_file: "{folder}/server.pem", key_file: "{folder}/server.key" }}
"""
AFTER = COMMON + """
max_payload: 2222
server_tags: [ "after" ]
resolver_preload: {{ {system_key}: "{system}", {account_key}: "{account}", {other_key}: "{other}" }}
event_sinks: [ {{ plugin: sink-file, path: "{folder}/events-after" }} ]
log_file: "{folder}/log-after"
tls {{ cert_file: "{folder}/renewed.pem", key_file: "{folder}/renewed.key" }}
"""

# The fault; what of AFTER it replaces, and by what; what the reason says. {folder}/text is a file, {port} is in use.
FAULTS = [
    ("a word that is no setting", "max_payload: 2222", "max_payloda: 2222", 'unknown field "max_payloda"'),
    ("a setting that needs a restart", "max_payload: 2222", "max_payload: 2222\nthreads: 3", "config reload not supported for Threads"),
    ("a port that is in use", 'listen: "127.0.0.1:-1"', 'listen: "127.0.0.1:{port}"', "config reload not supported for Port"),
    ("a certificate that is not there", "renewed.pem", "missing.pem", "missing.pem"),
    ("a certificate without its key", "renewed.key", "server.key", "tls: private key does not match public key"),
    ("a plugin that is not there", "plugin: sink-file", "plugin: sink-fiel", "sink-fiel"),
    ("a plugin that is none", "plugin: sink-file", 'plugin: "{folder}/text"', "{folder}/text"),
    ("a sink that cannot open its file", "{folder}/events-after", "{folder}/text/events", "{folder}/text/events"),
    ("a sink with a setting that it does not know", "path:", 'colour: "blue", path:', "colour"),
    ("a second sink that cannot open its file", 'events-after" }}',
     'events-after" }}, {{ plugin: sink-file, path: "{folder}/text/events" }}', "{folder}/text/events"),
    ("a resolver whose folder is a file", "{folder}/tokens", "{folder}/text", "dir needs to point to an accessible directory"),
    ("a resolver whose folder cannot be made", "{folder}/tokens", "{folder}/text/tokens", "create directory {folder}/text/tokens"),
    ("a resolver that does not store what is preloaded", 'type: full, dir: "{folder}/tokens"',
     'plugin: resolver-url, url: "http://127.0.0.1:{port}/"', "resolver preloads only available for writeable resolver types"),
    ("an account that is none", '{other_key}: "{other}"', '{other_key}: "nonsense"', r"server\.conf:\d+:\d+: invalid account JWT -- .*{other_key}"),
    ("a log file that cannot be opened", "{folder}/log-after", "{folder}/text/log", "error opening file"),
]


class ReloadFaults(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="midge-reload-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name in ("server.pem", "server.key", "renewed.pem", "renewed.key", "ca.pem"):
            shutil.copy(os.path.join(CERTIFICATES, name), self.folder)
        self.write("text", "no program\n")
        self.used = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.used.close)
        self.configure(BEFORE)
        self.server = Program(f"{SERVER} -c server.conf", os.environ.copy(), self.folder)
        self.addCleanup(self.server.__exit__, None)
        self.wait_for_log("Server is ready")
        self.port = int(self.read("log-before").split("Listening for client connections on 127.0.0.1:")[1].split()[0])
        self.client = self.log_in(tokens.USER)

    def fill(self, text):
        return text.format(folder=self.folder, port=self.used.getsockname()[1], operator=tokens.OPERATOR, system_key=tokens.SYSTEM_KEY,
                           system=tokens.SYSTEM, account_key=tokens.ACCOUNT_KEY, account=tokens.ACCOUNT, other_key=tokens.OTHER_KEY,
                           other=tokens.OTHER)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def has(self, name):
        return os.path.exists(os.path.join(self.folder, name))

    def wait_for_log(self, text):
        """The log is a file: it is read until it says so, or the server ends."""
        while not (self.has("log-before") and text in self.read("log-before")):
            self.assertIsNone(self.server.process.poll(), "midged has ended")

    def configure(self, text, replaced="", by=""):
        text = 'listen: "127.0.0.1:-1"\n' + text
        self.assertIn(replaced, text)
        self.write("server.conf", self.fill(text.replace(replaced, by) if replaced else text))

    def reload(self):
        done = subprocess.run([SERVER, "--signal", f"reload={self.server.process.pid}"], capture_output=True, text=True, timeout=PATIENCE,
                              check=False)
        return done.returncode, done.stdout + done.stderr

    def log_in(self, token):
        return Client(self.port, json.dumps({"verbose": False, "protocol": 1, "jwt": token}))

    def enters(self, token):
        try:
            self.log_in(token).socket.close()
            return True
        except AssertionError:
            return False

    def certificate(self):
        """The one that the server shows."""
        context = ssl.create_default_context(cafile=os.path.join(self.folder, "ca.pem"))
        context.check_hostname = False
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain:
            greeting = plain.recv(65536)
            with context.wrap_socket(plain) as secured:
                return greeting.decode(), ssl.DER_cert_to_PEM_cert(secured.getpeercert(True))

    def expect_all(self, when, max_payload, certificate):
        greeting, shown = self.certificate()
        self.assertIn(f'"max_payload":{max_payload},', greeting)
        self.assertIn("".join(shown.split()), "".join(self.read(certificate).split()))
        self.client.send("SUB a 1\r\nPUB a 1\r\n1\r\nUNSUB 1\r\n")
        while self.client.line() != "MSG a 1 1":
            pass
        self.assertEqual(self.client.line(), "1")
        system = self.log_in(tokens.SYSTEM_USER)
        server = system.request("$SYS.REQ.SERVER.PING")["server"]
        self.assertEqual(server["tags"], [when])

    def events(self, name):
        """The subjects of those that the sink has written."""
        return [json.loads(line)["subject"] for line in self.read(name).splitlines()] if self.has(name) else []

    def test_everything_is_as_before_and_the_reason_is_named(self):
        for fault, replaced, by, reason in FAULTS:
            with self.subTest(fault):
                self.configure(AFTER, replaced, by)
                code, said = self.reload()
                self.assertEqual(code, 1, said)
                self.assertRegex(said, self.fill(reason))
                self.expect_all("before", 1111, "server.pem")
                self.assertFalse(self.has(f"tokens/{tokens.OTHER_KEY}.jwt"), "of a preload that is not in force")
                self.assertFalse(self.enters(tokens.OTHER_USER))
                self.assertFalse(self.has("log-after"), self.read("log-before"))
                self.assertEqual(self.events("events-after"), [])
        self.configure(AFTER)
        code, said = self.reload()
        self.assertEqual(code, 0, said)
        self.expect_all("after", 2222, "renewed.pem")
        self.assertTrue(self.enters(tokens.OTHER_USER))
        self.assertIn("Reloaded server configuration (sha256:", self.read("log-after"))
        self.assertIn("), generation 2\n", self.read("log-after"))
        self.assertEqual(self.server.stop(), 0)
        before, after = self.events("events-before"), self.events("events-after")
        self.assertIn(f"$SYS.ACCOUNT.{tokens.ACCOUNT_KEY}.CONNECT", before)
        self.assertNotIn(f"$SYS.ACCOUNT.{tokens.OTHER_KEY}.CONNECT", before)
        self.assertIn(f"$SYS.ACCOUNT.{tokens.OTHER_KEY}.CONNECT", after)


if __name__ == "__main__":
    SERVER, CERTIFICATES = (os.path.abspath(path) for path in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
