"""A client of model_test.py. Records everything that it receives, and can stop reading."""
import asyncio
import contextlib
import json
import socket
import time

from programs import PATIENCE


class Difference(Exception):
    """The behaviour of the server differs from the model."""


class Link(asyncio.Protocol):
    def __init__(self):
        self.messages = []  # (sid, subject, reply, payload)
        self.errors = []
        self.info = None
        self.pings, self.pongs = 0, 0
        self.closed, self.closed_at = False, None
        self._buffer = bytearray()
        self._news = asyncio.Event()
        self._transport = None
        self._said_all = False

    @staticmethod
    async def open(port, receive_buffer=None):
        """Returns a connected client that has the server's first INFO, or is already closed."""
        loop = asyncio.get_running_loop()
        # Asyncio sets TCP_NODELAY for such a socket.
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        plain.setblocking(False)
        if receive_buffer is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await loop.sock_connect(plain, ("127.0.0.1", port))
        _, link = await loop.create_connection(Link, sock=plain)
        await link.until(lambda: link.info or link.closed, "the first INFO")
        return link

    # --- received data --------------------------------------------------------------------------------------------------------
    def connection_made(self, transport):
        self._transport = transport

    def connection_lost(self, _error):
        self.closed = True
        self.closed_at = time.time()
        self._news.set()

    def data_received(self, data):
        self._buffer += data
        at = 0
        while (end := self._buffer.find(b"\r\n", at)) >= 0:
            line = self._buffer[at:end].decode()
            at = end + 2
            if line.startswith("MSG "):
                words = line.split()
                size = int(words[-1])
                if len(self._buffer) < at + size + 2:
                    at = end - len(line.encode())
                    break
                self._take_message(words, bytes(self._buffer[at:at + size]))
                at += size + 2
            else:
                self._take_line(line)
        del self._buffer[:at]
        self._news.set()

    def _take_message(self, words, payload):
        reply = words[3] if len(words) == 5 else None
        self.messages.append((words[2], words[1], reply, payload.decode()))

    def _take_line(self, line):
        if line.startswith("INFO "):
            self.info = self.info or json.loads(line[5:])
        elif line == "PONG":
            self.pongs += 1
        elif line == "PING":
            if not self._said_all:
                self.send("PONG\r\n")
        else:
            self.errors.append(line)

    async def until(self, done, what):
        """Waits for data from the server."""
        while not done():
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), PATIENCE)
            except asyncio.TimeoutError:
                raise Difference(f"waited in vain for {what}; the last error line was {self.errors[-1:]}") from None

    # --- sent data ------------------------------------------------------------------------------------------------------------
    def send(self, data):
        if not self._transport.is_closing():
            self._transport.write(data.encode() if isinstance(data, str) else data)

    async def log_in(self, options):
        """Returns whether the server has accepted the login; if not, waits until the server has closed the connection."""
        self.send(f"CONNECT {json.dumps({'verbose': False, 'pedantic': False, 'protocol': 1, **options})}\r\n")
        if await self.barrier():
            return True
        await self.end()
        return False

    async def barrier(self):
        """Waits until the server has processed everything sent. Returns False if it has closed the connection."""
        self.pings += 1
        number = self.pings
        self.send("PING\r\n")
        await self.until(lambda: self.pongs >= number or self.closed, "a PONG")
        return self.pongs >= number

    async def end(self):
        """Waits until the server has closed the connection."""
        await self.until(lambda: self.closed, "the end of the connection")

    def stop_reading(self):
        self._transport.pause_reading()

    def go_on_reading(self):
        self._transport.resume_reading()

    def half_close(self):
        if not self._transport.is_closing():
            with contextlib.suppress(OSError):  # the server has closed the connection, which still must be read
                self._transport.write_eof()
                self._said_all = True

    def close(self):
        self._transport.close()
