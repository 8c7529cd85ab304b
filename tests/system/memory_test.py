"""The resident memory that midged needs for a client, a subject, an account or a stuck reader, with 2 and with 32 event
loops."""
import os
import sys
import tempfile
import unittest

from client import Client
from programs import Program

SERVER = None  # the program under test

LOOPS = (2, 32)
KIB = 1024


def resident(server):
    """Returns bytes, without the memory of mapped files, which grows when code is used for the first time."""
    with open(f"/proc/{server.process.pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Anonymous:")) * KIB


class Memory(unittest.TestCase):
    def serve(self, loops, settings=""):
        folder = tempfile.TemporaryDirectory(prefix="midge-memory-")
        self.addCleanup(folder.cleanup)
        with open(os.path.join(folder.name, "server.conf"), "w", encoding="utf-8") as file:
            file.write(f'listen: "127.0.0.1:-1"\nthreads: {loops}\n{settings}')
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), folder.name)
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def connected(self, server, count):
        clients = [Client(server.port) for _ in range(count)]
        for client in clients:
            self.addCleanup(client.socket.close)
        return clients

    def grown(self, server, work):
        before = resident(server)
        work()
        return resident(server) - before

    def each_count_of_loops(self, settings=""):
        for loops in LOOPS:
            with self.subTest(loops=loops), self.serve(loops, settings) as server:
                warm = self.connected(server, 2 * loops)
                for client in warm:
                    client.send("SUB warm 1\r\nUNSUB 1\r\nPUB cold 0\r\n\r\n")
                    client.flush()
                yield loops, server

    def test_an_idle_connection(self):
        count = 2000
        for loops, server in self.each_count_of_loops():
            each = self.grown(server, lambda: self.connected(server, count)) / count
            print(f"{loops} loops: {each:.0f} bytes for an idle connection", flush=True)
            self.assertLess(each, 1.75 * KIB)

    def test_a_subscription_to_a_subject_of_its_own(self):
        count = 50_000
        for loops, server in self.each_count_of_loops():
            client, = self.connected(server, 1)

            def subscribe():
                client.send("".join(f"SUB orders.{i}.created {i}\r\n" for i in range(count)))
                client.flush()

            each = self.grown(server, subscribe) / count
            print(f"{loops} loops: {each:.0f} bytes for a subscription", flush=True)
            self.assertLess(each, 2 * KIB)

    def test_subjects_that_are_published_to_once(self):
        count, accounts = 8000, 20
        users = "\n".join(f"A{i} {{users: [{{user: u{i}, password: p}}]}}" for i in range(accounts))
        for loops, server in self.each_count_of_loops(f"accounts {{\n{users}\n}}\nno_auth_user: u0\n"):
            clients = []
            for i in range(accounts):
                clients.append(Client(server.port, '{"verbose":false,"user":"u%d","pass":"p"}' % i))
                self.addCleanup(clients[-1].socket.close)

            def publish():
                for client in clients:
                    client.send("".join(f"PUB orders.{i:08}.created.by.customer 0\r\n\r\n" for i in range(count)))
                    client.flush()

            each = self.grown(server, publish) / accounts
            print(f"{loops} loops: {each / KIB:.0f} KiB for the subjects of an account", flush=True)
            self.assertLess(each, 256 * KIB)

    def test_an_account(self):
        few, many = 10, 1010

        def settings(count):
            return "accounts {\n%s\n}\n" % "\n".join(f"A{i} {{users: [{{user: u{i}, password: p}}]}}" for i in range(count))

        for loops in LOOPS:
            with self.serve(loops, settings(few)) as server:
                before = resident(server)
            with self.serve(loops, settings(many)) as server:
                each = (resident(server) - before) / (many - few)
            print(f"{loops} loops: {each:.0f} bytes for an account", flush=True)
            self.assertLess(each, 16 * KIB + 256 * loops)

    def test_a_reader_that_is_stuck(self):
        count, size = 20_000, 16
        counted = count * len(f"MSG data 1 {size}\r\n{'y' * size}\r\n")
        for loops, server in self.each_count_of_loops("write_deadline: 60s\n"):
            stuck = Client(server.port, receive_buffer=4096)
            self.addCleanup(stuck.socket.close)
            stuck.send("SUB data 1\r\n")
            stuck.flush()
            publisher, = self.connected(server, 1)
            for _ in range(100):  # the buffers of the systems on both sides
                publisher.send(f"PUB data 60000\r\n{'z' * 60_000}\r\n")
                publisher.flush()

            def publish_by_turns():
                for _ in range(count):
                    publisher.send(f"PUB data {size}\r\n{'y' * size}\r\n")
                    publisher.flush()

            grown = self.grown(server, publish_by_turns)
            print(f"{loops} loops: {grown / counted:.1f} times what is counted for a stuck reader", flush=True)
            self.assertLess(grown, 2 * counted + 2048 * KIB)


if __name__ == "__main__":
    SERVER = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
