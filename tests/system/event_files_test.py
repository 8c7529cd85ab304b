"""The files of sink-file: their size and number, what is in them after a restart, and what becomes of the JWTs of users."""
import hashlib
import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import time
import unittest

import tokens
from client import Client
from programs import PATIENCE, Program

SERVER = None  # the program under test

OPERATOR = (f'operator: "{tokens.OPERATOR}"\nresolver: MEMORY\n'
            f'resolver_preload {{ {tokens.SYSTEM_KEY}: "{tokens.SYSTEM}", {tokens.ACCOUNT_KEY}: "{tokens.ACCOUNT}" }}\n')
ACCOUNTS = ("accounts { SYS { users: [ {user: sys, password: p} ] }, A { users: [ {user: u, password: p} ] } }\nsystem_account: SYS\n")
NAME = re.compile(r"events(\.\d{4}(\.\d\d){5}\.\d{9})?")
SIZE_MAX = 4096


def by_jwt(jwt):
    return json.dumps({"verbose": False, "protocol": 1, "jwt": jwt})


def by_name(user):
    return '{"verbose":false,"protocol":1,"user":"%s","pass":"p"}' % user


class EventFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="midge-event-files-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def serve(self, settings, sink):
        text = f'listen: "127.0.0.1:-1"\n{settings}event_sinks: [ {{plugin: sink-file, {sink}}} ]\n'
        (self.folder / "server.conf").write_text(text, encoding="utf-8")
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), self.folder)
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def names(self):
        """The files of events, the oldest first."""
        return sorted((name for name in os.listdir(self.folder) if NAME.fullmatch(name)), key=lambda name: (name == "events", name))

    def files(self):
        """Each of them as a list of lines."""
        return [[json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()] for name in self.names()]

    def eventually(self, system, holds):
        """Asks the server, which answers when it has done more of its work, until `holds` is true."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            self.assertLess(time.monotonic(), deadline)
            system.request("$SYS.REQ.SERVER.PING.IDZ")

    def come_and_go(self, server, count):
        for _ in range(count):
            Client(server.port, by_name("u")).socket.close()

    def test_files_are_bounded_in_size_and_number_and_nothing_is_missing_between_them(self):
        with self.serve(ACCOUNTS, f'path: "events", file_size_max: {SIZE_MAX}, files_max: 4') as server:
            self.come_and_go(server, 40)
        files = self.files()
        self.assertEqual(len(files), 4)
        for name in self.names():
            self.assertLessEqual((self.folder / name).stat().st_size, SIZE_MAX, name)
        sequences = [line.get("seq") for file in files for line in file]
        self.assertEqual(sequences, list(range(sequences[0], sequences[-1] + 1)))
        self.assertGreater(sequences[0], 1, "older files were removed")

    def test_a_restart_goes_on_with_the_file(self):
        sink = 'path: "events", file_size_max: 1MB, subjects: ["$SYS.ACCOUNT.A.CONNECT"]'
        for starts in (1, 2):
            with self.serve(ACCOUNTS, sink) as server:
                self.come_and_go(server, 3)
            self.assertEqual([len(file) for file in self.files()], [3 * starts])
        with self.serve(ACCOUNTS, sink.replace("1MB", str(SIZE_MAX // 4))) as server:
            self.come_and_go(server, 1)
        self.assertEqual([len(file) for file in self.files()], [6, 1])

    def test_reopen_removes_surplus_files_and_begins_anew_where_the_file_was_moved_away(self):
        with self.serve(ACCOUNTS, 'path: "events", files_max: 2, subjects: ["$SYS.ACCOUNT.A.CONNECT"]') as server:
            system = Client(server.port, by_name("sys"))
            self.come_and_go(server, 1)
            self.eventually(system, lambda: self.files() and self.files()[-1])
            for day in (1, 2, 3):
                (self.folder / f"events.2026.01.0{day}.00.00.00.000000000").write_text("{}\n", encoding="utf-8")
            os.rename(self.folder / "events", self.folder / "moved")
            server.signal(signal.SIGUSR1)
            self.eventually(system, lambda: (self.folder / "events").exists() and len(self.names()) == 2)
            self.assertTrue((self.folder / "events.2026.01.03.00.00.00.000000000").exists())

    def test_files_have_the_hash_of_a_jwt_and_the_system_account_has_the_jwt(self):
        with self.serve(OPERATOR, 'path: "events"') as server:
            system = Client(server.port, by_jwt(tokens.SYSTEM_USER))
            system.send(f"SUB $SYS.ACCOUNT.{tokens.ACCOUNT_KEY}.CONNECT 1\r\n")
            system.flush()
            Client(server.port, by_jwt(tokens.USER)).socket.close()
            line = system.line()
            while not line.startswith("MSG $SYS.ACCOUNT."):
                line = system.line()
            event = json.loads(system.line())
            self.assertEqual(event["client"]["jwt"], tokens.USER)
            self.assertNotIn("jwt_hash", event["client"])
        text = (self.folder / "events").read_text(encoding="utf-8")
        for jwt in (tokens.USER, tokens.SYSTEM_USER):
            self.assertNotIn(jwt.split(".")[2], text)
        seen = [line["event"] for line in self.files()[0] if line["subject"] == f"$SYS.ACCOUNT.{tokens.ACCOUNT_KEY}.CONNECT"]
        self.assertEqual(seen[0]["client"].pop("jwt_hash"), "sha256:" + hashlib.sha256(tokens.USER.encode()).hexdigest())
        self.assertEqual(event["client"].pop("jwt"), tokens.USER)
        self.assertEqual(seen[0], event, "the rest is the same")

    def test_files_have_the_jwts_if_they_are_asked_for(self):
        with self.serve(OPERATOR, 'path: "events", include_jwts: true') as server:
            Client(server.port, by_jwt(tokens.USER)).socket.close()
        seen = [line["event"]["client"]["jwt"] for line in self.files()[0] if line["subject"].endswith(f"{tokens.ACCOUNT_KEY}.CONNECT")]
        self.assertEqual(seen, [tokens.USER])

    def test_a_full_disk_is_said_once_and_counted_while_the_server_goes_on(self):
        with self.serve(ACCOUNTS, 'path: "/dev/full", subjects: ["$SYS.ACCOUNT.A.CONNECT"]') as server:
            system = Client(server.port, by_name("sys"))
            server_id = system.request("$SYS.REQ.SERVER.PING.STATSZ")["server"]["id"]

            def sink():
                return system.request(f"$SYS.REQ.SERVER.{server_id}.PLUGINS")["data"]["plugins"][0]

            for count in (1, 2, 3):
                self.come_and_go(server, 1)
                self.eventually(system, lambda: sink()["metrics"]["events_lost"] == count)
            self.assertEqual(sink()["health"], "down")
            self.come_and_go(server, 1)  # it still serves
        said = [line for line in server.lines if "/dev/full: No space left on device; events are lost" in line]
        self.assertEqual(len(said), 1, server.lines)


if __name__ == "__main__":
    SERVER = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
