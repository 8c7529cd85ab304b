"""Connections on one thread that publishes far more than a server queues for a client, and reads only as much as necessary."""
import re
import select
import socket
import ssl

import websocket_test
from programs import PATIENCE

STEP = 65536  # bytes written or read at a time


class Link:
    """A client; after log_in() it is non-blocking."""

    def __init__(self, port, tls_authority=None):
        self.socket = socket.socket()
        # A small buffer, so that the system keeps little compared to the published bytes.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.received = bytearray()
        self.ended = False
        self.to_send = memoryview(b"")
        self.open(tls_authority)

    def open(self, tls_authority):
        if tls_authority is None:
            return
        assert self.socket.recv(STEP).startswith(b"INFO ")
        context = ssl.create_default_context(cafile=tls_authority)
        context.check_hostname = False
        self.socket = context.wrap_socket(self.socket)

    def log_in(self, options, subscriptions=""):
        self.publish(f"CONNECT {options}\r\n{subscriptions}PING\r\n".encode())
        while self.to_send:
            self.write()
        while b"PONG\r\n" not in self.received:
            assert self.read(), bytes(self.received)
        self.received.clear()
        self.socket.setblocking(False)

    def publish(self, commands):
        """Returns the bytes for write()."""
        self.to_send = memoryview(self.framed(commands))

    def framed(self, commands):
        return commands

    def unframed(self):
        return self.received

    def messages(self):
        """Returns the received messages, without the lines that the server sends to every client."""
        return re.sub(rb"(?:(?<=\n)|^)(?:PING|INFO [^\n]*)\r\n", b"", self.unframed())

    def write(self):
        try:
            self.to_send = self.to_send[self.socket.send(self.to_send[:STEP]):]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        except (ConnectionError, ssl.SSLError):
            self.ended = True

    def read(self):
        """Reads once. Returns False at the end of the connection."""
        try:
            got = self.socket.recv(STEP)
            while isinstance(self.socket, ssl.SSLSocket) and self.socket.pending() > 0:
                got += self.socket.recv(self.socket.pending())
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except (ConnectionError, ssl.SSLError):
            got = b""
        self.received += got
        self.ended = self.ended or not got
        return not self.ended


class WebsocketLink(Link):
    def open(self, tls_authority):
        self.socket.sendall(websocket_test.request())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        assert head.startswith(b"HTTP/1.1 101 "), head

    def framed(self, commands):
        out = bytearray()
        for at in range(0, len(commands), STEP):
            payload = commands[at:at + STEP]
            # A mask of zeros does not change the bytes.
            size = len(payload)
            length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big") if size < 65536 else \
                b"\xff" + size.to_bytes(8, "big")
            out += b"\x82" + length + bytes(4) + payload
        return bytes(out)

    def unframed(self):
        raw, out, at = self.received, bytearray(), 0
        while at + 2 <= len(raw):
            size, head = raw[at + 1], 2
            if size >= 126:
                head = 4 if size == 126 else 10
                if at + head > len(raw):
                    break
                size = int.from_bytes(raw[at + 2:at + head], "big")
            if raw[at] & 0x0f <= 2:  # data, and not a ping of the server
                out += raw[at + head:at + head + size]
            at += head + size
        return out


def carry(publishers, readers, done):
    """Writes wherever possible, and reads a little only if it can write nowhere, until `done` returns True."""
    while not done():
        unsent = {each.socket: each for each in publishers if each.to_send and not each.ended}
        unread = {each.socket: each for each in readers if not each.ended}
        readable, writable = [], select.select([], unsent, [], 0)[1]
        if not writable:
            readable, writable, _ = select.select(unread, unsent, [], PATIENCE)
            assert readable or writable, "nothing goes on"
        for ready in writable:
            unsent[ready].write()
        for ready in readable:
            unread[ready].read()
