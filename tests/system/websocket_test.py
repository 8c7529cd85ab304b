"""WebSocket as a browser speaks it, of midged and, to prove the tests right, of the nats-server that NATS_SERVER names.

The protocol within the frames: tests/wire, played by `wire_runner --websocket`.
"""
import base64
import hashlib
import json
import os
import re
import socket
import ssl
import struct
import sys
import tempfile
import unittest
import zlib

from programs import PATIENCE, Program

SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server
CERTIFICATES = None
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = base64.b64encode(hashlib.sha1((KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
BINARY, TEXT, CONTINUATION, CLOSE, PING, PONG = 2, 1, 0, 8, 9, 10
OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"


def request(*headers, method="GET", path="/", leave_out=""):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
             f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13"]
    lines = [line for line in lines if not leave_out or not line.startswith(leave_out)]
    return "\r\n".join([*lines, *headers, "", ""]).encode()


def frame(opcode, payload, final=True, compressed=False, masked=True):
    size = len(payload)
    head = bytes([final << 7 | compressed << 6 | opcode])
    mark = 0x80 if masked else 0
    if size < 126:
        head += bytes([mark | size])
    elif size < 65536:
        head += bytes([mark | 126]) + struct.pack(">H", size)
    else:
        head += bytes([mark | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def deflate(text):
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


class Client:
    def __init__(self, port, tls=False):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.input = b""
        if tls:
            context = ssl.create_default_context(cafile=f"{CERTIFICATES}/ca.pem")
            context.check_hostname = False
            self.socket = context.wrap_socket(self.socket)

    def send(self, data):
        self.socket.sendall(data)

    def take(self, size):
        """Returns None if the server closes the connection before."""
        while len(self.input) < size:
            try:
                got = self.socket.recv(65536)
            except ConnectionError:
                got = b""
            if not got:
                return None
            self.input += got
        taken, self.input = self.input[:size], self.input[size:]
        return taken

    def head(self):
        """Returns status line and headers of an HTTP answer; None if there is none."""
        text = b""
        while not text.endswith(b"\r\n\r\n"):
            byte = self.take(1)
            if byte is None:
                return None
            text += byte
        return text.decode().split("\r\n")[:-2]

    def frame(self):
        """Returns the first byte and the decompressed payload; None at the end of the connection."""
        head = self.take(2)
        if head is None:
            return None
        assert not head[1] & 0x80, "a server does not mask"
        size = head[1]
        if size >= 126:
            size = int.from_bytes(self.take(2 if size == 126 else 8), "big")
        payload = self.take(size) if size else b""
        if head[0] & 0x40:
            payload = zlib.decompressobj(wbits=-15).decompress(payload + b"\0\0\xff\xff")
        return head[0], payload

    def text(self, pattern):
        """Reads data frames until their content matches."""
        text = b""
        while not re.search(pattern.encode(), text):
            got = self.frame()
            assert got is not None and got[0] & 0x0f in (BINARY, CONTINUATION), f"{got} after {text}"
            text += got[1]
        return text.decode()

    def close_frame(self):
        """Returns status and reason of the server's close frame; skips earlier frames."""
        while True:
            got = self.frame()
            if got is None:
                return None
            if got[0] == 0x80 | CLOSE:
                break
        assert self.frame() is None, "the connection ends with the close frame"
        payload = got[1]
        return (int.from_bytes(payload[:2], "big"), payload[2:].decode()) if payload else ()


class Websocket(unittest.TestCase):
    def serve(self, block="", settings="", tls=False, no_tls="no_tls: true"):
        folder = tempfile.TemporaryDirectory(prefix="midge-websocket-")
        self.addCleanup(folder.cleanup)
        if tls:
            no_tls = f'tls {{ cert_file: "{CERTIFICATES}/server.pem", key_file: "{CERTIFICATES}/server.key", timeout: 30 }}'
        with open(os.path.join(folder.name, "server.conf"), "w", encoding="utf-8") as file:
            file.write(f'listen: "127.0.0.1:-1"\n{settings}\nwebsocket {{ listen: "127.0.0.1:-1"\n{no_tls}\n{block} }}\n')
        server = Program(f"{SERVER} -D -c server.conf", os.environ.copy(), folder.name)
        self.addCleanup(server.process.kill)
        server.websocket = int(server.wait_for(r"Listening for websocket clients on wss?://127\.0\.0\.1:(\d+)")[1])
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def client(self, server, tls=False):
        client = Client(server.websocket, tls)
        self.addCleanup(lambda: client.socket.close())
        return client

    def upgraded(self, server, *headers, tls=False, path="/"):
        client = self.client(server, tls)
        client.send(request(*headers, path=path))
        client.answer = client.head()
        self.assertEqual(client.answer[0], "HTTP/1.1 101 Switching Protocols")
        client.info = json.loads(client.text(r"\r\n").removeprefix("INFO "))
        return client

    def log_in(self, client, **fields):
        client.send(frame(BINARY, f"CONNECT {json.dumps({'verbose': False, **fields})}\r\nPING\r\n".encode()))
        return client.text(r"\r\n")

    def test_upgrade(self):
        server = self.serve('headers { "X-One": "1", "X-Two": "b c" }')
        client = self.upgraded(server, path="/any/where?x=y")
        self.assertEqual(client.answer[1:4], ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {ACCEPT}"])
        self.assertEqual(sorted(client.answer[4:]), ["X-One: 1", "X-Two: b c"])
        self.assertEqual(client.info["port"], server.websocket)
        self.assertNotIn("tls_required", client.info)
        client.send(frame(TEXT, b"CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 2\r\nhi\r\n") + frame(BINARY, b"PING\r\n"))
        self.assertEqual(client.text("PONG\r\n"), "MSG a 1 2\r\nhi\r\nPONG\r\n")

    def test_refused_upgrades(self):
        server = self.serve()
        for status, reason, bytes_sent in [
                ("405 Method Not Allowed", "request method must be GET", request(method="POST")),
                ("400 Bad Request", "invalid value for header 'Upgrade'", request(leave_out="Upgrade")),
                ("400 Bad Request", "invalid value for header 'Connection'", request(leave_out="Connection")),
                ("400 Bad Request", "key missing", request(leave_out="Sec-WebSocket-Key")),
                ("400 Bad Request", "invalid version", request(leave_out="Sec-WebSocket-Version")),
                ("404 Not Found", "mqtt websocket endpoint not enabled", request(path="/mqtt"))]:
            client = self.client(server)
            client.send(bytes_sent)
            answer = client.head()
            self.assertEqual(answer[0], "HTTP/1.1 " + status)
            self.assertIn("Sec-Websocket-Version: 13", answer)
            self.assertIn("Content-Type: text/plain; charset=utf-8", answer)
            text = status.partition(" ")[2] + "\n"
            self.assertIn(f"Content-Length: {len(text)}", answer)
            self.assertEqual(client.take(len(text)).decode(), text)
            server.wait_for(rf"\[ERR\] 127\.0\.0\.1:\d+ - websocket handshake error: {reason}")
        for garbage in (b"hello\r\n\r\n", b"\x16\x03\x01\r\n\r\n"):
            client = self.client(server)
            client.send(garbage)
            self.assertEqual(client.head()[0], "HTTP/1.1 400 Bad Request")
        client = self.client(server)
        client.send(request() + b"early")
        self.assertIsNone(client.head())
        server.wait_for("websocket handshake error: client sent data before handshake is complete")
        self.assertEqual(self.log_in(self.upgraded(server)), "PONG\r\n")

    def test_origins(self):
        server = self.serve('same_origin: true')
        self.upgraded(server)
        self.upgraded(server, "Origin: http://LOCALHOST")
        for origin, why in (("http://evil.com", "not same origin"), ("http://localhost:81", "not same origin"), ("null", "")):
            client = self.client(server)
            client.send(request("Origin: " + origin))
            self.assertEqual(client.head()[0], "HTTP/1.1 403 Forbidden")
            server.wait_for("websocket handshake error: origin not allowed: .*" + why)
        server = self.serve('allowed_origins: ["http://a.com", "https://b.com:444"]')
        self.upgraded(server, "Origin: http://a.com:80")
        self.upgraded(server, "Origin: https://b.com:444")
        client = self.client(server)
        client.send(request("Origin: https://a.com"))
        self.assertEqual(client.head()[0], "HTTP/1.1 403 Forbidden")
        server.wait_for("websocket handshake error: origin not allowed: not in the allowed list")

    def test_fragments_and_control_frames(self):
        client = self.upgraded(self.serve())
        client.send(frame(BINARY, b"CONNECT {\"verbose\":false}\r\nPI", final=False) + frame(PING, b"are you there") +
                    frame(PONG, b"unasked") + frame(CONTINUATION, b"", final=False) + frame(CONTINUATION, b"NG\r\n"))
        got = [client.frame(), client.frame()]
        self.assertEqual(sorted(got), sorted([(0x80 | PONG, b"are you there"), (0x82, b"PONG\r\n")]))

    def test_close(self):
        server = self.serve()
        for payload, answer in ((struct.pack(">H", 1000) + b"bye", (1000, "bye")), (b"", ()),
                                (struct.pack(">H", 1000) + b"\xff", (1007, "invalid utf8 body in close frame"))):
            client = self.upgraded(server)
            client.send(frame(CLOSE, payload))
            self.assertEqual(client.close_frame(), answer)
        server.wait_for(r"wid:\d+ - Client connection closed: Client Closed")

    def test_bad_frames(self):
        server = self.serve()
        for sent, why in ((frame(BINARY, b"PING\r\n", masked=False), "mask bit missing"),
                          (frame(3, b""), "unknown opcode 3"),
                          (frame(CONTINUATION, b"x"), "invalid continuation frame"),
                          (frame(BINARY, b"P", final=False) + frame(BINARY, b"P"),
                           "new message started before final frame for previous message was received"),
                          (frame(PING, b"x" * 126), "control frame length bigger than maximum allowed of 125 bytes"),
                          (frame(PING, b"x", final=False), "control frame does not have final bit set"),
                          (frame(CLOSE, b"x"), "close frame payload cannot be 1 byte"),
                          (frame(BINARY, b"x", compressed=True),
                           "compressed frame received without negotiated permessage-deflate"),
                          (b"\x82\xff" + b"\xff" * 8 + b"mask", "invalid 64-bit payload length")):
            client = self.upgraded(server)
            client.send(sent)
            closed = client.close_frame()
            if not OFFICIAL:  # it sometimes loses its close frame
                self.assertEqual(closed, (1002, why))
            server.wait_for(rf"wid:\d+ - read error: {why}")

    def test_frames_without_mask(self):
        client = self.upgraded(self.serve(), "Nats-No-Masking: true")
        self.assertIn("Nats-No-Masking: true", client.answer)
        client.send(frame(BINARY, b"CONNECT {\"verbose\":false}\r\nPING\r\n", masked=False))
        self.assertEqual(client.text(r"\r\n"), "PONG\r\n")

    def test_compression(self):
        server = self.serve("compression: true")
        client = self.client(server)
        client.send(request(OFFER))
        self.assertIn("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                      client.head())
        first, info = client.frame()
        self.assertEqual(first, 0xc2)
        self.assertTrue(info.startswith(b"INFO {"))
        packed = deflate(b"CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 200\r\n" + b"x" * 200 + b"\r\n")
        client.send(frame(BINARY, packed[:9], final=False, compressed=True) + frame(CONTINUATION, packed[9:]))
        got = client.text(r"MSG a 1 200\r\nx{200}\r\n")
        client.send(frame(BINARY, b"PING\r\n"))
        self.assertEqual(client.frame(), (0x82, b"PONG\r\n"), "too short to compress")
        self.assertEqual(len(got), len("MSG a 1 200\r\n") + 202)
        other = self.upgraded(server)
        self.assertNotIn("permessage-deflate", " ".join(other.answer))
        self.assertNotIn("permessage-deflate", " ".join(self.upgraded(self.serve(), OFFER).answer))

    def test_cve_2026_27571_compressed_bomb(self):
        server = self.serve("compression: true", "max_payload: 100kb")
        client = self.client(server)
        client.send(request(OFFER))
        client.head()
        client.send(frame(BINARY, deflate(b"PUB a 1\r\nx\r\n" * 1000000), compressed=True))
        while client.frame() is not None:
            pass
        self.assertEqual(self.log_in(self.upgraded(server)), "PONG\r\n")

    def test_what_was_answered_comes_before_the_close(self):
        client = self.upgraded(self.serve("", "max_payload: 1000"))
        client.send(frame(BINARY, b"CONNECT {\"verbose\":false}\r\nPING\r\n" + b"PUB a 1\r\nx\r\n" * 1000))
        if OFFICIAL:  # it sometimes loses both
            return
        self.assertEqual(client.frame(), (0x82, b"PONG\r\n"))
        self.assertEqual(client.close_frame(), (1009, "maximum payload exceeded"))

    def test_cve_2026_33219_endless_message(self):
        server = self.serve("", "max_payload: 1000\nauthorization { user: a, password: b, timeout: 60 }")
        client = self.upgraded(server)
        try:
            for _ in range(1000):
                client.send(frame(BINARY, b" " * 60000, final=False))
        except ConnectionError:
            pass
        while client.frame() is not None:
            pass
        self.assertEqual(self.log_in(self.upgraded(server), user="a", **{"pass": "b"}), "PONG\r\n")

    def test_cve_2026_27889_frame_length(self):
        server = self.serve()
        for length in (1 << 63, (1 << 63) - 1, (1 << 64) - 1):
            client = self.upgraded(server)
            client.send(b"\x82\xff" + struct.pack(">Q", length) + b"mask" + b"x" * 100)
            while client.frame() is not None:
                pass
        self.assertEqual(self.log_in(self.upgraded(server)), "PONG\r\n")

    def test_browser_gets_short_frames(self):
        client = self.upgraded(self.serve(), "User-Agent: Mozilla/5.0 (X11)")
        client.send(frame(BINARY, b"CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPUB a 20000\r\n" + b"x" * 20000 + b"\r\n"))
        left = len("MSG a 1 20000\r\n") + 20002
        while left > 0:
            payload = client.frame()[1]
            self.assertLessEqual(len(payload), 4096)
            left -= len(payload)
        self.assertEqual(left, 0)

    def test_login(self):
        users = ('authorization { timeout: 1, users: [ { user: all, password: p },\n'
                 '{ user: web, password: p, allowed_connection_types: ["websocket"] },\n'
                 '{ user: tcp, password: p, allowed_connection_types: ["standard"] } ] }')
        server = self.serve("", users)
        for user in ("all", "web"):
            self.assertEqual(self.log_in(self.upgraded(server), user=user, **{"pass": "p"}), "PONG\r\n")
        client = self.upgraded(server)
        self.assertEqual(self.log_in(client, user="tcp", **{"pass": "p"}), "-ERR 'Authorization Violation'\r\n")
        self.assertEqual(client.close_frame(), (1008, "Authentication Failure"))
        server.wait_for(r"wid:\d+ - authentication error - User \"tcp\"")
        client = self.upgraded(server)
        self.assertEqual(client.text(r"\r\n"), "-ERR 'Authentication Timeout'\r\n")
        self.assertEqual(client.close_frame(), (1008, "Authentication Timeout"))

    def test_commit_725f0081f_user_of_a_certificate_on_another_listener(self):
        """A user with a certificate and without a password cannot log in by name on a listener that asks for no certificate."""
        server = self.serve("", f"""
tls {{ cert_file: "{CERTIFICATES}/server.pem", key_file: "{CERTIFICATES}/server.key", ca_file: "{CERTIFICATES}/ca.pem",
      verify_and_map: true }}
authorization {{ users: [ {{ user: "bob@acme.com" }}, {{ user: eve, password: x }} ] }}""")
        for fields in ({"user": "bob@acme.com"}, {"user": "bob@acme.com", "pass": ""}, {}):
            self.assertIn("Authorization", self.log_in(self.upgraded(server), **fields))
        self.assertEqual(self.log_in(self.upgraded(server), user="eve", **{"pass": "x"}), "PONG\r\n")

    def test_login_of_its_own(self):
        server = self.serve("authorization { user: web, password: p }", "authorization { user: tcp, password: p }")
        self.assertEqual(self.log_in(self.upgraded(server), user="web", **{"pass": "p"}), "PONG\r\n")
        self.assertIn("Authorization", self.log_in(self.upgraded(server), user="tcp", **{"pass": "p"}))

    def test_no_auth_user_of_its_own(self):
        accounts = "accounts { A { users: [ { user: a, password: p } ] } }"
        server = self.serve("no_auth_user: a", accounts)
        self.assertEqual(self.log_in(self.upgraded(server)), "PONG\r\n")
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as plain:
            plain.sendall(b"CONNECT {}\r\n")
            answer = b""
            while b"-ERR" not in answer:
                answer += plain.recv(4096)

    def test_cookies(self):
        users = "authorization { users: [ { user: a, password: p } ] }"
        server = self.serve("user_cookie: who, pass_cookie: how", users)
        self.assertEqual(self.log_in(self.upgraded(server, "Cookie: x=y; who=a; how=p")), "PONG\r\n")
        self.assertIn("Authorization", self.log_in(self.upgraded(server, "Cookie: who=a; how=p"), user="b"))
        self.assertIn("Authorization", self.log_in(self.upgraded(server, "Cookie: who=a; how=q")))
        server = self.serve("token_cookie: t", "authorization { token: secret }")
        self.assertEqual(self.log_in(self.upgraded(server, "Cookie: t=secret")), "PONG\r\n")

    def test_tls(self):
        server = self.serve(tls=True)
        client = self.upgraded(server, tls=True)
        self.assertTrue(client.info["tls_required"])
        self.assertEqual(self.log_in(client), "PONG\r\n")
        client = self.client(server)
        client.send(request())
        while client.take(1):
            pass
        client = self.upgraded(server, tls=True)
        self.assertEqual(self.log_in(client), "PONG\r\n")

    def test_address_behind_a_proxy_is_for_the_log_only(self):
        server = self.serve()
        client = self.upgraded(server, "X-Forwarded-For: 192.0.2.7")
        self.assertEqual(client.info["client_ip"], "127.0.0.1")
        server.wait_for(r"192\.0\.2\.7/127\.0\.0\.1:\d+ - wid:\d+ - Client connection created")

    def test_no_room(self):
        server = self.serve(settings="max_connections: 1")
        first = self.upgraded(server)
        self.assertEqual(self.log_in(first), "PONG\r\n")
        second = self.client(server)
        second.send(request())
        self.assertEqual(second.head()[0], "HTTP/1.1 101 Switching Protocols")
        self.assertRegex(second.text("-ERR .*\r\n"), "^INFO .*\r\n-ERR 'maximum connections exceeded'\r\n$")
        self.assertEqual(second.close_frame(), (1008, "Maximum Connections Exceeded"))

    def test_slow_upgrade_is_ended(self):
        server = self.serve('handshake_timeout: "100ms"')
        client = self.client(server)
        client.send(request()[:20])
        while client.take(1) is not None:
            pass

    def test_server_shuts_down(self):
        server = self.serve()
        client = self.upgraded(server)
        self.assertEqual(self.log_in(client), "PONG\r\n")
        server.stop()
        self.assertEqual(client.close_frame(), (1001, "Server Shutdown"))

    def test_configurations_that_cannot_start(self):
        for block, settings, why in (
                ("", "", "websocket requires TLS configuration"),
                ("no_tls: true, jwt_cookie: j", "",
                 'trusted operators or trusted keys configuration is required for JWT authentication via cookie "j"'),
                ("no_tls: true, no_auth_user: a", "", 'no_auth_user: "a" present, but users/nkeys are not defined'),
                ("no_tls: true, authorization { user: a }", "authorization { users: [ { user: b } ] }",
                 "websocket authentication username not compatible with presence of users/nkeys"),
                ("no_tls: true, authorization { token: a }", "authorization { users: [ { user: b } ] }",
                 "websocket authentication token not compatible with presence of users/nkeys")):
            with tempfile.TemporaryDirectory(prefix="midge-websocket-") as folder:
                with open(os.path.join(folder, "server.conf"), "w", encoding="utf-8") as file:
                    file.write(f'listen: "127.0.0.1:-1"\n{settings}\nwebsocket {{ listen: "127.0.0.1:-1"\n{block} }}\n')
                server = Program(f"{SERVER} -c server.conf", os.environ.copy(), folder)
                server.wait_for(re.escape(why))
                self.assertEqual(server.process.wait(PATIENCE), 1)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__ + "\nusage: websocket_test.py SERVER|--nats-server CERTIFICATES [test]")
    SERVER, CERTIFICATES = sys.argv[1], os.path.abspath(sys.argv[2])
    OFFICIAL = SERVER == "--nats-server"
    if OFFICIAL:
        SERVER = os.environ.get("NATS_SERVER", "")
        if not SERVER:
            print("NATS_SERVER is not set")
            sys.exit(77)
    else:
        SERVER = os.path.abspath(SERVER)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
