"""What midged says to who asks it to reload, or to test a configuration: how that ended, by exit code and text."""
import concurrent.futures
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import tokens
from client import Client
from programs import PATIENCE, Program

SERVER = None  # the program under test


class Answers(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="midge-answers-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, text):
        with open(os.path.join(self.folder, "server.conf"), "w", encoding="utf-8") as file:
            file.write(text)

    def serve(self, settings=""):
        self.write(f'listen: "127.0.0.1:-1"\n{settings}')
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), self.folder)
        server.wait_for("Server is ready")
        return server

    @staticmethod
    def number(server):
        """The process id, as the log shows it: under Wine, it is not the one that this system knows."""
        return int(re.match(r"\[(\d+)\] ", server.wait_for("Server is ready").string)[1])

    @staticmethod
    def is_windows():
        return SERVER.endswith("-under-wine")

    def skip_on_windows(self, reason):
        if self.is_windows():
            self.skipTest(reason)

    def verdict(self):
        return subprocess.run([SERVER, "-t", "-c", "server.conf"], cwd=self.folder, capture_output=True, text=True, check=False)

    @staticmethod
    def signal(request):
        """What `--signal` prints, and its exit code; the program's name is cut off."""
        done = subprocess.run([SERVER, "--signal", request], capture_output=True, text=True, timeout=PATIENCE, check=False)
        return re.sub(r"^[\w-]+: ", "", done.stdout + done.stderr), done.returncode

    def test_a_reload_tells_who_asked_for_it_how_it_ended(self):
        with self.serve("ping_max: 2\n") as server:
            request = f"reload={self.number(server)}"
            self.write('listen: "127.0.0.1:-1"\nping_max: 3\nmax_payload: 1KB\n')
            self.assertEqual(self.signal(request), (
                f"process {self.number(server)} reloaded its configuration; changed: max_payload, ping_max\n", 0))
            self.write('listen: "127.0.0.1:-1"\nping_mx: 3\n')
            self.assertEqual(self.signal(request), (
                f'\nsignal "reload" {self.number(server)}: server.conf:2:1: unknown field "ping_mx" -- line 2, column 1: the top level '
                'has no setting "ping_mx"; did you mean "ping_max"?\n', 1))
            self.write('listen: "127.0.0.1:-1"\nping_max: 4\nthreads: 2\n')
            said, code = self.signal(request)
            self.assertEqual(code, 1)
            self.assertIn("config reload not supported for Threads: old=0, new=2", said)

    def test_who_asks_what_a_reload_would_change_learns_which_accounts_it_would_lose(self):
        accounts = "accounts {{ A {{ users: [ {{user: a, password: p}} ] }}, {} {{ users: [ {{user: b, password: p}} ] }} }}\n"
        with self.serve(accounts.format("B")) as server:
            port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
            client = Client(port, '{"verbose":false,"user":"b","pass":"p"}')
            Client(port, '{"verbose":false,"user":"a","pass":"p"}').flush()
            request = f"diff={self.number(server)}"
            self.assertEqual(self.signal(request), (
                f"process {self.number(server)} would reload a configuration in which no setting has changed\n", 0))
            self.write('listen: "127.0.0.1:-1"\nping_max: 3\n' + accounts.format("C"))
            self.assertEqual(self.signal(request), (
                f'process {self.number(server)} would change: ping_max, accounts\n'
                'account "B": 1 connection would be closed: not in the configuration\n', 0))
            client.flush()
            self.write('listen: "127.0.0.1:-1"\nping_mx: 3\n')
            said, code = self.signal(request)
            self.assertEqual(code, 1)
            self.assertIn('unknown field "ping_mx"', said)
            client.flush()

    def test_a_swap_of_resolvers_loses_the_accounts_that_the_answer_names(self):
        operator = f'operator: "{tokens.OPERATOR}"\nsystem_account: {tokens.SYSTEM_KEY}\n'
        stored = {tokens.SYSTEM_KEY: tokens.SYSTEM, tokens.ACCOUNT_KEY: tokens.ACCOUNT, tokens.OTHER_KEY: tokens.OTHER}

        def preload(*keys):
            return "resolver_preload {" + ", ".join(f'{key}: "{stored[key]}"' for key in keys) + "}\n"
        all_keys = preload(*stored)
        without_other = preload(tokens.SYSTEM_KEY, tokens.ACCOUNT_KEY)
        line = fr'\naccount "{tokens.OTHER_KEY}" \("B"\): 2 connections would {{}}: [^\n]+\n$'
        with self.serve(operator + "resolver: MEMORY\n" + all_keys) as server:
            port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])

            def log_in(token):
                return Client(port, json.dumps({"verbose": False, "jwt": token}))

            def ask(settings):
                self.write('listen: "127.0.0.1:-1"\n' + operator + settings)
                said, code = self.signal(f"diff={self.number(server)}")
                self.assertEqual(code, 0, said)
                return said
            kept, lost = log_in(tokens.USER), [log_in(tokens.OTHER_USER) for _ in range(2)]
            self.assertNotIn("account", ask('resolver: {type: full, dir: "jwts"}\n' + all_keys))
            self.assertRegex(ask('resolver: {type: full, dir: "jwts"}\n' + without_other), line.format("stay, but could not come back"))
            self.assertEqual(os.listdir(os.path.join(self.folder, "jwts")), [], "nothing is stored by the question")
            self.assertRegex(ask("resolver: MEMORY\n" + without_other), line.format("be closed"))
            for client in [kept, *lost]:
                client.flush()
            self.assertEqual(self.signal(f"reload={self.number(server)}")[1], 0)
            for client in lost:
                self.assertEqual(client.line(), "-ERR 'Authorization Violation'")
                self.assertIsNone(client.line())
            kept.flush()
            with self.assertRaises(AssertionError):
                log_in(tokens.OTHER_USER)

    def test_only_a_running_midged_is_asked_what_a_reload_would_change(self):
        self.skip_on_windows("the other program is one of this system")
        with subprocess.Popen(["sleep", "100"]) as other:
            said, code = self.signal(f"diff={other.pid}")
            self.assertEqual((said, code), (
                f'\nsignal "diff" {other.pid}: only a running midged can say what a reload would change\n', 1))
            self.assertIsNone(other.poll())
            other.kill()

    def test_without_a_server_there_is_nobody_to_ask(self):
        why = "no midged runs as this process" if self.is_windows() else "no such process"
        self.assertEqual(self.signal("reload=99999999"), (f'\nsignal "reload" 99999999: {why}\n', 1))
        self.assertEqual(self.signal("diff=99999999"), (
            '\nsignal "diff" 99999999: only a running midged can say what a reload would change\n', 1))

    def test_all_who_ask_for_a_reload_at_once_get_an_answer(self):
        with self.serve() as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(self.signal, [f"reload={self.number(server)}"] * 8))
            self.assertEqual({code for _, code in answers}, {0})
            self.assertTrue(all("reloaded its configuration" in said for said, _ in answers), answers)

    def test_who_asks_a_server_that_is_killed_meanwhile_does_not_wait_long(self):
        self.skip_on_windows("nothing shows when the question has come; signal_pipe_windows.cpp tests it")
        server = self.serve()
        server.signal(signal.SIGSTOP)
        asking = subprocess.Popen([SERVER, "--signal", f"reload={server.process.pid}"], stderr=subprocess.PIPE, text=True)
        self.wait_until_signalled(server.process.pid)
        server.signal(signal.SIGKILL)
        server.process.wait(PATIENCE)
        said = asking.communicate(timeout=PATIENCE)[1]
        self.assertEqual(asking.returncode, 1)
        self.assertIn("it has ended meanwhile", said)

    @staticmethod
    def wait_until_signalled(pid):
        """Until the question waits for the process; the signal that has stopped it may wait for a moment, too."""
        question = 1 << signal.SIGRTMIN  # of the set, for SIGRTMIN + 1
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with open(f"/proc/{pid}/status", encoding="utf-8") as status:
                pending = re.findall(r"^(?:Shd|Sig)Pnd:\s*(\w+)", status.read(), re.M)
            if any(int(signals, 16) & question for signals in pending):
                return
        raise AssertionError("no signal came")

    def test_another_server_gets_a_plain_signal(self):
        self.skip_on_windows("Windows has no signals")
        script = 'trap "echo hangup; exit 0" HUP; echo ready; while :; do read -r line || :; done'
        with subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            self.assertEqual(other.stdout.readline(), "ready\n")
            self.assertEqual(self.signal(f"reload={other.pid}"), ("", 0))
            with contextlib.suppress(BrokenPipeError):  # it may have ended already
                other.stdin.write("\n")
                other.stdin.close()
            self.assertEqual(other.stdout.readline(), "hangup\n")

    def test_a_test_of_the_configuration_loads_the_plugins(self):
        for settings, said in (
                ('event_sinks: [ {plugin: sink-fiel, path: "events.json"} ]', r'server\.conf:1:16: .*sink-fiel.*; did you mean "sink-file"\?'),
                ('resolver: {plugin: "sink-file"}', r"server\.conf:1:1: .*sink-file"),
                ("resolver: {plugin: nothing-like-it}", r"server\.conf:1:1: .*nothing-like-it[^?]*$")):
            with self.subTest(settings):
                self.write(settings + "\n")
                done = self.verdict()
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr.strip(), said)
        self.write('event_sinks: [ {plugin: sink-file, path: "events.json"} ]\nresolver: {type: full, dir: "jwts"}\n')
        done = self.verdict()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.listdir(self.folder), ["server.conf"])


if __name__ == "__main__":
    SERVER = os.path.abspath(sys.argv[1])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
