"""The log in JSON: what happens to clients, at a reload and in plugins has fields by name. The log of text stays as it is."""
import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import unittest

from client import Client
from programs import Program

SERVER = None  # the program under test
DOC = pathlib.Path(__file__).resolve().parents[2] / "docs/logging.md"

USERS = "accounts { A { users: [ {user: u, password: right-secret} ] } }\n"
CONNECT = '{"verbose":false,"user":"u","pass":"%s","name":"bill\\"ing","lang":"go","version":"1.2"}'
ADDRESS = r"127\.0\.0\.1:\d+"
PAYLOAD = "x" * 1000
# More than the kernel takes for a connection (net.ipv4.tcp_wmem).
MESSAGES = 30_000


class Refused(Client):
    """A client that is not let in; it has read why."""

    def __init__(self, port, options):
        try:
            super().__init__(port, options)
        except AssertionError:
            self.closed = self.line() is None


class LogFields(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="midge-log-fields-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, settings):
        with open(os.path.join(self.folder, "server.conf"), "w", encoding="utf-8") as file:
            file.write(f'listen: "127.0.0.1:{getattr(self, "port", -1)}"\n{settings}')

    def serve(self, settings, form="json"):
        self.write(f"log_format: {form}\ndebug: true\n{settings}")
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), self.folder)
        self.addCleanup(server.__exit__, None)
        self.port = server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def fields(self, server, text):
        """The fields of the first line whose text matches."""
        pattern = r'"text":"[^"]*' + text
        return json.loads(server.wait_for(pattern).string)

    def check_names(self, server):
        """Every field is in the documentation, every line is an object, and nothing secret is in one."""
        documented = set()
        for names in re.findall(r"(?m)^\| (`[^|]*) \|", DOC.read_text(encoding="utf-8")):
            documented |= set(re.findall(r"`(\w+)`", names))
        for line in server.lines:
            self.assertLessEqual(set(json.loads(line)), documented, line)
            self.assertNotIn("secret", line)

    def test_a_refused_login_has_address_client_user_and_reason(self):
        server = self.serve(USERS)
        self.assertTrue(Refused(server.port, CONNECT % "wrong-secret").closed)
        line = self.fields(server, "authentication error")
        self.assertRegex(line["address"], f"^{ADDRESS}$")
        self.assertIsInstance(line["cid"], int)
        self.assertTrue(line["reason"])
        self.assertEqual(line["text"], f'authentication error - User "u": {line["reason"]}')
        known = {key: line[key] for key in ("level", "kind", "client_type", "client", "client_lang", "client_version", "user")}
        self.assertEqual(known, {"level": "error", "kind": "Client", "client_type": "nats", "client": 'bill"ing', "client_lang": "go",
                                 "client_version": "1.2", "user": "u"})
        self.assertNotIn("account", line)
        self.check_names(server)

    def test_permission_violations_have_subject_queue_and_reply(self):
        users = "accounts {{ A {{ users: [ {{user: u, password: right-secret, permissions: {{publish: [x], subscribe: [{}]}} }} ] }} }}\n"
        server = self.serve(users.format('x, "jobs workers"'))
        client = Client(server.port, CONNECT % "right-secret")
        client.send("PUB other 0\r\n\r\nPUB x _R_.a 0\r\n\r\nSUB other 1\r\nSUB other workers 2\r\nSUB jobs workers 3\r\n")
        names = ("level", "account", "user", "subject", "queue", "reply", "sid")

        def known(text, **more):
            line = self.fields(server, text)
            self.assertEqual({name: line[name] for name in names if name in line}, {"account": "A", "user": "u", **more})
            return line
        known("Publish Violation - Subject", level="error", subject="other")
        known("Publish Violation - Reply", level="error", subject="x", reply="_R_.a")
        known(r'Subscription Violation - Subject \\"other\\", SID', level="error", subject="other", sid="1")
        known("Subscription Violation - Subject .*Queue", level="error", subject="other", queue="workers", sid="2")
        self.write("log_format: json\ndebug: true\n" + users.format("x"))
        server.signal(signal.SIGHUP)
        removed = known("Removed sub", level="info", subject="jobs", queue="workers", sid="3")
        self.assertIsInstance(removed["cid"], int)
        self.check_names(server)

    def test_a_closed_client_has_account_and_reason(self):
        server = self.serve(USERS)
        Client(server.port, CONNECT % "right-secret").socket.close()
        line = self.fields(server, "Client connection closed")
        self.assertEqual((line["account"], line["user"], line["reason"], line["text"]),
                         ("A", "u", "Client Closed", "Client connection closed: Client Closed"))
        created = self.fields(server, "Client connection created")
        self.assertEqual((created["cid"], created["address"]), (line["cid"], line["address"]))
        self.assertNotIn("user", created)
        self.check_names(server)

    def test_a_slow_consumer_has_reason_and_bytes(self):
        server = self.serve(USERS + "write_deadline: 100ms\n")
        stuck = Client(server.port, CONNECT % "right-secret", receive_buffer=4096)
        stuck.send("SUB data 1\r\n")
        stuck.flush()
        publisher = Client(server.port, CONNECT % "right-secret")
        publisher.send(f"PUB data {len(PAYLOAD)}\r\n{PAYLOAD}\r\n" * MESSAGES)
        publisher.flush()
        line = self.fields(server, "Slow Consumer Detected")
        self.assertRegex(line["reason"], r"^Slow Consumer \((Pending Bytes|Write Deadline)\)$")
        self.assertGreater(line["pending_bytes"], 0)
        self.assertEqual((line["account"], line["user"], line["level"]), ("A", "u", "info"))
        self.check_names(server)

    def test_reloads_have_file_setting_and_reason(self):
        server = self.serve(USERS)
        self.write("log_format: json\nmax_payload: 1000\n" + USERS)
        server.signal(signal.SIGHUP)
        server.wait_for(r'"text":"Reloaded: max_payload = 1000"[^}]*"setting":"max_payload"')
        self.write("log_format: json\nmax_payload: many\n" + USERS)
        server.signal(signal.SIGHUP)
        line = self.fields(server, "Failed to reload server configuration")
        self.assertEqual((line["file"], line["level"]), ("server.conf", "error"))
        self.assertEqual(line["text"], "Failed to reload server configuration: " + line["reason"])
        self.assertIn("max_payload", line["reason"])
        self.check_names(server)

    def test_a_plugin_has_its_instance(self):
        server = self.serve('event_sinks: [ {plugin: sink-file, instance: audit, path: "/dev/full"} ]\n' + USERS)
        Client(server.port, CONNECT % "right-secret")
        line = self.fields(server, "write /dev/full: No space left on device")
        self.assertEqual((line["plugin"], line["level"]), ("audit", "error"))
        self.assertTrue(line["text"].startswith("write "), line)
        self.check_names(server)

    def test_the_log_of_text_says_all_of_it_in_the_form_of_nats_server(self):
        server = self.serve(USERS, form="text")
        self.assertTrue(Refused(server.port, CONNECT % "wrong-secret").closed)
        self.assertTrue(server.wait_for(rf'^\[\d+\] [\d/]+ [\d:.]+ \[ERR\] {ADDRESS} - cid:\d+ - authentication error - User "u": \w'))
        Client(server.port, CONNECT % "right-secret").socket.close()
        server.wait_for(rf'\[DBG\] {ADDRESS} - cid:\d+ - "v1\.2:go:bill\\"ing" - "A/user:u" - Client connection closed: Client Closed$')


if __name__ == "__main__":
    SERVER = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
