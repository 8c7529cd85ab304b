"""Security events: each is sent when something happens, is what its schema in docs/events says, and contains no secret."""
import json
import os
import pathlib
import re
import ssl
import socket
import sys
import tempfile
import unittest

from client import Client
from programs import PATIENCE, Program

SERVER = None  # the program under test
CERTIFICATES = None
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs/events"
PREFIX = "io.midge.server.advisory.v1."

SETTINGS = """
listen: "127.0.0.1:-1"
max_payload: 1024
max_pending: 65536
write_deadline: "1s"
no_fast_producer_stall: true
client_limits { failed_logins_per_minute: 3 }
accounts {
  SYS { users: [ {user: s, password: secret-s} ] }
  A { users: [ {user: a, password: secret-a, permissions: { publish: [ok], subscribe: { allow: [ok, "q q"] } } }, {user: free, password: secret-f} ] }
}
system_account: SYS
"""
TLS = 'tls { cert_file: "%s/joe.pem", key_file: "%s/joe.key", ca_file: "%s/ca.pem", verify: true }\nallow_non_tls: true\n'


def connect(user, password):
    return json.dumps({"verbose": False, "user": user, "pass": password, "protocol": 1})


def faults(value, schema, where="event"):
    """What a schema of docs/events finds wrong: the part of JSON Schema that they use."""
    kinds = {"object": dict, "string": str, "integer": int}
    if "const" in schema and value != schema["const"]:
        yield f"{where} is {value!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}"
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        yield f"{where} is no {schema['type']}"
        return
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where} is {value!r}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{where} is {value}"
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where} has no {name}"
    for name, part in schema.get("properties", {}).items():
        if name in value:
            yield from faults(value[name], part, f"{where}.{name}")
    if schema.get("additionalProperties") is False:
        yield from (f"{where} has {name}" for name in value if name not in schema["properties"])


class SecurityEvents(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="midge-security-events-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def serve(self, settings=SETTINGS):
        with open(os.path.join(self.folder, "server.conf"), "w", encoding="utf-8") as file:
            file.write(settings)
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), self.folder)
        self.addCleanup(server.__exit__, None)
        self.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        self.watcher = Client(self.port, connect("s", "secret-s"))
        self.watcher.send("SUB $SYS.MIDGE.> 1\r\n")
        self.watcher.flush()

    def event(self, name, line=None):
        """The next event, which has that name and is as its schema says. `line`: its first line, if that was read already."""
        line = line or self.watcher.line()
        size = int(line.split()[-1])
        while len(self.watcher.buffer) < size + 2:
            self.assertTrue(self.watcher.fill())
        text = self.watcher.buffer[:size].decode()
        self.watcher.buffer = self.watcher.buffer[size + 2:]
        event = json.loads(text)
        self.assertEqual(event["type"], PREFIX + name, text)
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
        self.assertEqual(list(faults(event, schema)), [], text)
        self.assertNotIn("secret", text)
        self.assertTrue(line.split()[1].startswith(f"$SYS.MIDGE.{event['server']['id']}."), line)
        return event

    def refused(self, user, password):
        """A login that fails."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as client:
            client.recv(4096)
            client.sendall(f"CONNECT {connect(user, password)}\r\nPING\r\n".encode())
            while client.recv(4096):
                pass

    def test_refused_logins_and_a_ban(self):
        self.serve()
        for _ in range(3):
            self.refused("a", "secret-wrong")
            event = self.event("login_refused")
            self.assertEqual((event["code"], event["client"]["user"], event["client"]["host"]), ("authentication_failure", "a", "127.0.0.1"))
        self.refused("a", "secret-wrong")
        self.assertEqual(self.event("address_banned")["address"], "127.0.0.1")
        self.event("login_refused")

    def test_denied_subjects_are_at_most_one_event_in_a_second(self):
        self.serve()
        client = Client(self.port, connect("a", "secret-a"))
        client.send("SUB no.such 1\r\n")
        event = self.event("permission_denied")
        self.assertEqual((event["operation"], event["subject"], event["client"]["user"]), ("subscribe", "no.such", "a"))
        client.send("PUB x.1 0\r\n\r\n" * 500)
        line = "PONG"
        while line == "PONG":  # until the second is over
            client.send("PUB x.2 0\r\n\r\nPING\r\n")
            while client.line() != "PONG":
                pass
            self.watcher.send("PING\r\n")
            line = self.watcher.line()
        event = self.event("permission_denied", line)
        self.assertEqual((event["operation"], event["subject"]), ("publish", "x.2"))
        self.assertGreaterEqual(event["left_out"], 500)

    def test_a_limit_a_slow_client_and_a_handshake(self):
        self.serve(SETTINGS + TLS % ((CERTIFICATES,) * 3))
        client = Client(self.port, connect("free", "secret-f"))
        client.send(f"PUB x 2000\r\n{'x' * 2000}\r\n")
        event = self.event("limit_reached")
        self.assertEqual(event["limit"], "maximum_message_payload_exceeded")

        slow = Client(self.port, connect("free", "secret-f"), receive_buffer=4096)
        slow.send("SUB few 1\r\nSUB many.> 2\r\n")
        slow.flush()
        publisher = Client(self.port, connect("free", "secret-f"))
        message = f"PUB many.x 1000\r\n{'x' * 1000}\r\n"
        publisher.socket.settimeout(None)
        publisher.send(message * 30_000)
        event = self.event("slow_consumer")
        self.assertIn(event["reason"], ("Slow Consumer (Pending Bytes)", "Slow Consumer (Write Deadline)"))
        self.assertEqual(event["subject"], "many.>")
        self.assertGreater(event["pending_bytes"], 0)

        context = ssl.create_default_context(cafile=os.path.join(CERTIFICATES, "ca.pem"))
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as raw:
            raw.recv(4096)
            try:  # without a certificate
                with context.wrap_socket(raw, server_hostname="localhost") as secured:
                    secured.recv(1)
            except (ssl.SSLError, ConnectionResetError):
                pass
        event = self.event("tls_failed")
        self.assertEqual(event["address"], "127.0.0.1")
        self.assertIn("certificate", event["reason"])

    def test_there_is_a_schema_for_each_kind_and_none_besides(self):
        source = (SCHEMAS.parents[1] / "core/event/security_events.cpp").read_text(encoding="utf-8")
        kinds = re.findall(r'\{"(\w+)", "[A-Z.]+"\}', source)
        self.assertEqual(sorted(kinds), sorted(path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json")))


if __name__ == "__main__":
    SERVER = os.path.abspath(sys.argv[1])
    CERTIFICATES = os.path.abspath(sys.argv[2])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
