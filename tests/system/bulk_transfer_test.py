"""Clients publish far more than a server queues for a reader, to readers that are slower; for midged and nats-server."""
import functools
import os
import sys
import tempfile
import unittest

from bulk_links import Link, WebsocketLink, carry
from client import Client
from programs import PATIENCE, Program

SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server
CERTIFICATES = None

MAX_PENDING = 3 * 1024 * 1024
PAYLOAD = b"x" * 1000
MESSAGES = 15_000  # five times max_pending
SETTINGS = ("accounts {SYS {users: [{user: sys, password: p}]}, A {users: [{user: a, password: p}]}}\n"
            f"system_account: SYS\nmax_pending: {MAX_PENDING}\nwrite_deadline: {PATIENCE}s\n")
EXCHANGE = ("accounts {SYS {users: [{user: sys, password: p}]}\n"
            "  A {users: [{user: a, password: p}], exports: [{stream: data}, {service: work}]}\n"
            "  B {users: [{user: b, password: p}], imports: [{stream: {account: A, subject: data}}, {service: {account: A, subject: work}}]}}\n"
            f"system_account: SYS\nmax_pending: {MAX_PENDING}\nwrite_deadline: {PATIENCE}s\n")
# Settings of midged: numbers of loops and pollers.
LOOPS = [f"threads: {threads}\nreactor: {reactor}\n" for threads in (1, 2) for reactor in ("epoll", "poco")]


def options(user, headers=False):
    return '{"verbose":false,"protocol":1,"headers":%s,"user":"%s","pass":"p"}' % (str(headers).lower(), user)


@functools.cache
def messages(subject="data", count=MESSAGES, header=b""):
    """Returns the commands that publish the messages, and the bytes that a subscriber with the sid 1 receives."""
    size = len(PAYLOAD) + 6 + len(header)
    sizes = f"{len(header)} {size}" if header else f"{size}"
    command = f"{'H' if header else ''}PUB {subject} {sizes}\r\n".encode() + header
    delivery = f"{'H' if header else ''}MSG {subject} 1 {sizes}\r\n".encode() + header
    bodies = [b"%06d%b\r\n" % (number, PAYLOAD) for number in range(count)]
    return b"".join(command + body for body in bodies), b"".join(delivery + body for body in bodies)


class BulkTransfers(unittest.TestCase):
    def serve(self, settings):
        folder = tempfile.TemporaryDirectory(prefix="midge-bulk-")
        self.addCleanup(folder.cleanup)
        with open(os.path.join(folder.name, "server.conf"), "w", encoding="utf-8") as file:
            file.write(f'listen: "127.0.0.1:-1"\n{settings}')
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), folder.name)
        if "websocket" in settings:
            server.websocket = int(server.wait_for(r"Listening for websocket clients on ws://127\.0\.0\.1:(\d+)")[1])
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def link(self, server, subscriptions="", user="a", headers=False, kind=Link, **how):
        link = kind(server.websocket if kind is WebsocketLink else server.port, **how)
        self.addCleanup(lambda: link.socket.close())
        link.log_in(options(user, headers), subscriptions)
        return link

    def statsz(self, server):
        return Client(server.port, options("sys")).request("$SYS.REQ.SERVER.PING.STATSZ")["statsz"]

    def transfer(self, publisher, reader, commands, expected):
        """Each byte arrives at a reader that is always behind."""
        publisher.publish(commands)
        carry([publisher], [reader], lambda: reader.ended or
              (len(reader.received) >= len(expected) and len(reader.messages()) >= len(expected)))
        self.assertFalse(reader.ended, f"closed after {len(reader.received)} of {len(expected)} bytes")
        self.assertTrue(reader.messages() == expected, "other bytes than those published")

    def test_to_itself(self):
        for loops in LOOPS:
            with self.subTest(loops), self.serve(SETTINGS + loops) as server:
                client = self.link(server, "SUB data 1\r\n")
                self.transfer(client, client, *messages())
                self.assertEqual(self.statsz(server)["slow_consumers"], 0)

    def test_to_another_client(self):
        for loops in LOOPS:
            with self.subTest(loops), self.serve(SETTINGS + loops) as server:
                for subscription in ("SUB data 1\r\n", "SUB data workers 1\r\n"):
                    reader = self.link(server, subscription)
                    self.transfer(self.link(server), reader, *messages())
                    reader.socket.close()
                self.assertEqual(self.statsz(server)["slow_consumers"], 0)

    def test_in_both_directions(self):
        for loops in LOOPS:
            with self.subTest(loops), self.serve(SETTINGS + loops) as server:
                left, right = self.link(server, "SUB left 1\r\n"), self.link(server, "SUB right 1\r\n")
                to_left, for_left = messages("left")
                to_right, for_right = messages("right")
                left.publish(to_right)
                right.publish(to_left)

                def done():
                    if left.ended or right.ended:
                        return True
                    if len(left.received) < len(for_left) or len(right.received) < len(for_right):
                        return False
                    return len(left.messages()) >= len(for_left) and len(right.messages()) >= len(for_right)

                carry([left, right], [left, right], done)
                self.assertTrue(left.messages() == for_left and right.messages() == for_right)

    def test_over_tls(self):
        tls = f'tls {{ cert_file: "{CERTIFICATES}/server.pem", key_file: "{CERTIFICATES}/server.key", timeout: 30 }}\n'
        with self.serve(SETTINGS + tls) as server:
            client = self.link(server, "SUB data 1\r\n", tls_authority=f"{CERTIFICATES}/ca.pem")
            self.transfer(client, client, *messages())

    def test_over_websocket(self):
        with self.serve(SETTINGS + 'websocket { listen: "127.0.0.1:-1", no_tls: true }\n') as server:
            client = self.link(server, "SUB data 1\r\n", kind=WebsocketLink)
            self.transfer(client, client, *messages())

    def test_through_imports_of_another_account(self):
        with self.serve(EXCHANGE) as server:
            for subject, publisher, reader in (("data", "a", "b"), ("work", "b", "a")):
                with self.subTest(subject):
                    self.transfer(self.link(server, user=publisher), self.link(server, f"SUB {subject} 1\r\n", reader),
                                  *messages(subject))

    def test_traced_messages(self):
        with self.serve(SETTINGS) as server:
            client = self.link(server, "SUB data 1\r\n", headers=True)
            self.transfer(client, client, *messages(count=MESSAGES // 2, header=b"NATS/1.0\r\nNats-Trace-Dest: traces\r\n\r\n"))

    def test_a_reader_that_stops_is_closed_and_others_get_everything(self):
        for loops in LOOPS:
            with self.subTest(loops), self.serve(SETTINGS + loops) as server:
                publisher, good, stuck = self.link(server), self.link(server, "SUB data 1\r\n"), self.link(server, "SUB data 1\r\n")
                self.transfer(publisher, good, *messages())
                server.wait_for(f"Slow Consumer Detected: MaxPending of {MAX_PENDING} Exceeded")
                carry([], [stuck], lambda: stuck.ended)
                self.assertEqual(self.statsz(server)["slow_consumers"], 1)

    def test_messages_are_lost_instead_if_the_configuration_says_so(self):
        for loops in LOOPS:
            with self.subTest(loops), self.serve(f"{SETTINGS}no_fast_producer_stall: true\n{loops}") as server:
                publisher, reader = self.link(server), self.link(server, "SUB data 1\r\n")
                commands, expected = messages()
                publisher.publish(commands + b"PING\r\n")  # it is not delayed, although nobody reads
                carry([publisher], [publisher], lambda: publisher.ended or b"PONG\r\n" in publisher.received)
                reader.publish(b"PING\r\n")
                carry([reader], [reader], lambda: reader.ended or b"PONG\r\n" in reader.received)
                self.assertFalse(reader.ended)
                self.assertLess(len(reader.received), len(expected))


if __name__ == "__main__":
    OFFICIAL = sys.argv[1] == "--nats-server"
    SERVER = os.environ.get("NATS_SERVER") if OFFICIAL else sys.argv[1]
    if not SERVER:
        sys.exit(77)  # ctest: skipped
    SERVER = os.path.abspath(SERVER)
    LOOPS = [""] if OFFICIAL else LOOPS
    CERTIFICATES = sys.argv[2]
    unittest.main(argv=sys.argv[:1], warnings="ignore")
