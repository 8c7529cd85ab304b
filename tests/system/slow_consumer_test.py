"""The treatment of a client that does not read, of its publishers, and of other clients; for midged and nats-server."""
import os
import sys
import tempfile
import unittest

from client import Client
from programs import Program

SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server

MAX_PENDING = 8 * 1024 * 1024
PAYLOAD = "x" * 1000
BURST = 100  # messages; small compared to the quarter of MAX_PENDING in which publishers are delayed
# More than max_pending and the kernel's buffers of a connection (net.ipv4.tcp_wmem) together.
MESSAGES_MAX = 40_000
SETTINGS = ("accounts {SYS {users: [{user: sys, password: p}]}, A {users: [{user: a, password: p}]}}\n"
            f"system_account: SYS\nmax_pending: {MAX_PENDING}\nwrite_deadline: 60s\n")


def options(user):
    return '{"verbose":false,"protocol":1,"user":"%s","pass":"p"}' % user


class SlowConsumers(unittest.TestCase):
    def serve(self, settings):
        folder = tempfile.TemporaryDirectory(prefix="midge-slow-")
        self.addCleanup(folder.cleanup)
        with open(os.path.join(folder.name, "server.conf"), "w", encoding="utf-8") as file:
            file.write(f'listen: "127.0.0.1:-1"\n{SETTINGS}{settings}')
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), folder.name)
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def stuck(self, server):
        """Returns a subscriber that does not read."""
        client = Client(server.port, options("a"), receive_buffer=4096)
        client.send("SUB data 1\r\n")
        client.flush()
        return client

    def publish_until(self, server, over):
        """Publishes numbered bursts until `over` returns True. Returns the number of messages."""
        publisher = Client(server.port, options("a"))
        for first in range(0, MESSAGES_MAX, BURST):
            publisher.send("".join(f"PUB data {len(PAYLOAD) + 6}\r\n{number:06}{PAYLOAD}\r\n"
                                   for number in range(first, first + BURST)))
            publisher.flush()
            if over():
                return first + BURST
        return MESSAGES_MAX

    def numbers(self, client, last):
        """Reads the messages of a subscriber; ends after message `last` or at the end of the connection."""
        seen = []
        while not seen or seen[-1] != last:
            line = client.line()
            if line is None:
                break
            if not line.startswith("MSG data "):
                self.assertRegex(line, r"^(INFO|PING|-ERR )")
                continue
            payload = client.line()
            if payload is None:
                break
            self.assertEqual(payload[6:], PAYLOAD)
            seen.append(int(payload[:6]))
        return seen

    def test_stalls_producers_while_the_queue_is_nearly_full(self):
        with self.serve("no_fast_producer_stall: false\n") as server:
            stuck = self.stuck(server)
            system = Client(server.port, options("sys"))

            def stalled():
                return system.request("$SYS.REQ.SERVER.PING.STATSZ")["statsz"].get("stalled_clients", 0) > 0

            sent = self.publish_until(server, stalled)
            self.assertTrue(stalled(), f"no stall after {sent} messages")
            self.assertEqual(self.numbers(stuck, sent - 1), list(range(sent)))

    def test_drops_messages_for_it_and_goes_on_once_it_reads(self):
        with self.serve("no_fast_producer_stall: true\n") as server:
            stuck = self.stuck(server)
            good = Client(server.port, options("a"))
            good.send("SUB end 1\r\n")
            good.flush()
            sent = self.publish_until(server, lambda: False)
            publisher = Client(server.port, options("a"))
            publisher.send("PUB end 1\r\n.\r\n")
            self.assertEqual((good.line(), good.line()), ("MSG end 1 1", "."))
            # The first messages were queued, and gaps follow. Later messages arrive while it reads.
            seen, number = [], sent
            while not seen or seen[-1] < sent:
                if len(seen) % BURST == 0:
                    publisher.send(f"PUB data {len(PAYLOAD) + 6}\r\n{number:06}{PAYLOAD}\r\n")
                    publisher.flush()
                    number += 1
                line = stuck.line()
                self.assertTrue(line.startswith("MSG data 1 "), line)
                payload = stuck.line()
                seen.append(int(payload[:6]))
            early = [number for number in seen if number < sent]
            self.assertEqual(early, list(range(len(early))))
            self.assertGreater(len(early) * len(PAYLOAD), MAX_PENDING // 2)
            self.assertLess(len(early), sent)
            self.assertEqual(seen, sorted(set(seen)))

    def test_without_the_key_it_is_closed_and_nobody_is_held_up_for_long(self):
        if OFFICIAL:
            self.skipTest("nats-server stalls or drops")
        with self.serve("") as server:
            stuck = [self.stuck(server), self.stuck(server), self.stuck(server)]
            sent = self.publish_until(server, lambda: False)
            for client in stuck:
                seen = self.numbers(client, sent - 1)
                self.assertEqual(seen, list(range(len(seen))))
                self.assertLess(len(seen), sent)
            server.wait_for(f"Slow Consumer Detected: MaxPending of {MAX_PENDING} Exceeded")
            system = Client(server.port, options("sys"))
            statsz = system.request("$SYS.REQ.SERVER.PING.STATSZ")["statsz"]
            self.assertEqual(statsz["slow_consumers"], 3)


if __name__ == "__main__":
    OFFICIAL = sys.argv[1] == "--nats-server"
    SERVER = os.environ.get("NATS_SERVER") if OFFICIAL else sys.argv[1]
    if not SERVER:
        sys.exit(77)  # ctest: skipped
    SERVER = os.path.abspath(SERVER)
    unittest.main(argv=sys.argv[:1], warnings="ignore")
