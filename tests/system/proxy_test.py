"""The PROXY protocol before TLS, of midged and, to prove the tests right, of the nats-server that NATS_SERVER names.

Without TLS: tests/wire/proxy.
"""
import json
import os
import socket
import ssl
import sys
import tempfile
import unittest

from programs import PATIENCE, Program

SERVER = None  # the program under test
CERTIFICATES = None
HEADER = b"PROXY TCP4 192.0.2.7 198.51.100.1 56324 4222\r\n"


class Client:
    """A client that writes the protocol itself."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        """Returns the next line, read byte by byte, so that nothing of a TLS handshake is consumed; None if the server has
        closed the connection."""
        line = b""
        while not line.endswith(b"\r\n"):
            got = self.socket.recv(1)
            if not got:
                return None
            line += got
        return line[:-2].decode()

    def info(self):
        return json.loads(self.line().removeprefix("INFO "))

    def begin_tls(self):
        context = ssl.create_default_context(cafile=f"{CERTIFICATES}/ca.pem")
        context.check_hostname = False
        self.socket = context.wrap_socket(self.socket)

    def client_ip(self):
        """Returns the client's address according to the server."""
        self.send(b'CONNECT {"verbose":false,"protocol":1}\r\nPING\r\n')
        assert self.line() == "PONG"
        return self.info()["client_ip"]


class ProxyBeforeTls(unittest.TestCase):
    def serve(self, tls="", settings=""):
        folder = tempfile.TemporaryDirectory(prefix="midge-proxy-")
        self.addCleanup(folder.cleanup)
        with open(os.path.join(folder.name, "server.conf"), "w", encoding="utf-8") as file:
            file.write(f'listen: "127.0.0.1:-1"\nproxy_protocol: true\n{settings}\n'
                       f'tls {{ cert_file: "{CERTIFICATES}/server.pem", key_file: "{CERTIFICATES}/server.key", timeout: 30\n{tls} }}\n')
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), folder.name)
        self.addCleanup(server.process.kill)
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def client(self, server):
        client = Client(server.port)
        self.addCleanup(lambda: client.socket.close())
        return client

    def test_header_then_handshake_after_info(self):
        client = self.client(self.serve())
        self.assertNotIn("client_ip", client.info())
        client.send(HEADER)
        client.begin_tls()
        self.assertEqual(client.client_ip(), "192.0.2.7")

    def test_handshake_without_header(self):
        client = self.client(self.serve())
        client.info()
        client.begin_tls()
        self.assertEqual(client.client_ip(), "127.0.0.1")

    def test_header_then_handshake_first(self):
        client = self.client(self.serve("handshake_first: true"))
        client.send(HEADER)
        client.begin_tls()
        self.assertEqual(client.info()["client_ip"], "192.0.2.7")
        self.assertEqual(client.client_ip(), "192.0.2.7")

    def test_header_then_handshake_first_or_info(self):
        server = self.serve('handshake_first: "300ms"')
        client = self.client(server)
        client.send(HEADER)
        client.begin_tls()
        self.assertEqual(client.info()["client_ip"], "192.0.2.7")
        waits_for_info = self.client(server)
        self.assertNotIn("client_ip", waits_for_info.info())
        waits_for_info.send(HEADER)
        waits_for_info.begin_tls()
        self.assertEqual(waits_for_info.client_ip(), "192.0.2.7")

    def test_header_then_no_tls_where_that_is_allowed(self):
        client = self.client(self.serve(settings="allow_non_tls: true"))
        client.info()
        client.send(HEADER)
        self.assertEqual(client.client_ip(), "192.0.2.7")

    def test_a_header_that_does_not_end_is_waited_for_five_seconds(self):
        server = self.serve()
        client = self.client(server)
        client.info()
        client.send(HEADER[:-4])
        self.assertIsNone(client.line())
        server.wait_for(r"Error reading PROXY protocol header from 127\.0\.0\.1:\d+: failed to read v1 line: .*i/o timeout")


if __name__ == "__main__":
    SERVER = os.environ.get("NATS_SERVER") if sys.argv[1] == "--nats-server" else sys.argv[1]
    if not SERVER:
        sys.exit(77)  # ctest: skipped
    SERVER = os.path.abspath(SERVER)
    CERTIFICATES = os.path.abspath(sys.argv[2])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
