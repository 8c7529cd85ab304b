"""A client for tests that write the protocol themselves."""
import json
import socket

from programs import PATIENCE


class Client:
    def __init__(self, port, options='{"verbose":false,"protocol":1}', receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.line()
        self.send(f"CONNECT {options}\r\nPING\r\n")
        assert self.line() == "PONG"

    def send(self, text):
        self.socket.sendall(text.encode())

    def fill(self):
        """Reads once. Returns False if the server has closed the connection."""
        try:
            got = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.buffer += got
        return bool(got)

    def line(self):
        """Returns the next line, or None if the server has closed the connection. Ignores PINGs of the server, which depend on
        the time."""
        while True:
            while b"\r\n" not in self.buffer:
                if not self.fill():
                    return None
            line, self.buffer = self.buffer.split(b"\r\n", 1)
            if line != b"PING":
                return line.decode()

    def flush(self):
        """Waits until the server has processed everything sent. For clients that receive nothing else."""
        self.send("PING\r\n")
        answer = self.line()
        while answer is not None and answer.startswith("INFO "):
            answer = self.line()
        assert answer == "PONG", answer

    def request(self, subject):
        """Returns the JSON that answers an empty request. For the same clients."""
        self.send(f"SUB answer 1\r\nPUB {subject} answer 0\r\n\r\n")
        line = self.line()
        while not line.startswith("MSG "):
            line = self.line()
        size = int(line.split()[-1])
        while len(self.buffer) < size + 2:
            assert self.fill()
        text, self.buffer = self.buffer[:size], self.buffer[size + 2:]
        self.send("UNSUB 1\r\n")
        return json.loads(text)
