"""Tests of signals and lame duck mode, for midged and, to prove that the tests are right, for the nats-server that NATS_SERVER
names."""
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

from client import Client
from programs import PATIENCE, Program

SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server


class Operation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="midge-operation-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def serve(self, settings=""):
        """Returns a running server; its port is in `port`."""
        self.write("server.conf", f'listen: "127.0.0.1:-1"\n{settings}')
        server = Program(f"{SERVER} -c server.conf", os.environ.copy(), self.folder)
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def signal(self, request):
        """What `--signal` prints, and its exit code; the program's name is cut off."""
        done = subprocess.run([SERVER, "--signal", request], capture_output=True, text=True, check=False)
        return re.sub(r"^[\w-]+: ", "", done.stdout + done.stderr), done.returncode

    def test_lame_duck_mode_without_clients_is_over_at_once(self):
        with self.serve() as server:
            server.signal(signal.SIGUSR2)
            for line in (r'\[INF\] Trapped "user defined signal 2" signal$', r"Entering lame duck mode, stop accepting new clients$",
                         "Initiating Shutdown", "Server Exiting"):
                server.wait_for(line)
            self.assertEqual(server.process.wait(PATIENCE), 0)
            self.assertNotIn("Closing existing clients", "\n".join(server.lines))

    def test_lame_duck_mode_tells_clients_and_closes_them_in_its_time(self):
        with self.serve("lame_duck_duration: 30s\nlame_duck_grace_period: 200ms\n") as server:
            told = [Client(server.port), Client(server.port)]
            for client in told:
                self.assertIn('"connect_info":true', client.line())
            old = Client(server.port, '{"verbose":false,"protocol":0}')
            self.assertEqual(self.signal(f"ldm={server.process.pid}"), ("", 0))
            for client in told:
                info = client.line()
                self.assertTrue(info.startswith("INFO {"), info)
                self.assertRegex(info, r'"client_ip":"127\.0\.0\.1","ldm":true,"api_lvl":')
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", server.port))
            told[0].send("SUB a 1\r\nPUB a 2\r\nhi\r\n")
            self.assertEqual((told[0].line(), told[0].line()), ("MSG a 1 2", "hi"))
            # It is already in the mode, and a TERM does not shorten it.
            server.signal(signal.SIGUSR2)
            server.wait_for("user defined signal 2.*", len(server.lines))
            server.signal(signal.SIGTERM)
            server.wait_for('Trapped "terminated" signal')
            server.wait_for("Closing existing clients")
            for client in (*told, old):
                self.assertIsNone(client.line())
            server.wait_for("Server Exiting")
            self.assertEqual(server.process.wait(PATIENCE), 0)
            self.assertEqual(sum("Entering lame duck" in line for line in server.lines), 1)

    def test_an_interrupt_ends_lame_duck_mode(self):
        with self.serve() as server:
            client = Client(server.port)
            self.assertEqual(self.signal(f"ldm={server.process.pid}"), ("", 0))
            server.wait_for("Entering lame duck mode")
            self.assertEqual(self.signal(f"quit={server.process.pid}"), ("", 0))
            client.line(), client.line()
            self.assertIsNone(client.line())
            self.assertEqual(server.process.wait(PATIENCE), 0)

    def test_signals_reach_a_process_id_a_pid_file_and_a_pattern(self):
        with self.serve('pid_file: "the.pid"\n') as server:
            pid = server.process.pid
            for request, line in ((f"reload={pid}", "hangup"), ("reopen=" + self.path("the.pid"), "user defined signal 1"),
                                  (f"reload={pid}*", "hangup")):
                seen = len(server.lines)
                said = f"process {pid} reloaded its configuration, in which no setting has changed\n" if line == "hangup" and not OFFICIAL else ""
                self.assertEqual(self.signal(request), (said, 0))
                server.wait_for(f'Trapped "{line}" signal', seen)
            self.assertEqual(self.signal(f"term={pid}"), ("", 0))
            self.assertEqual(server.process.wait(PATIENCE), 0)
        with self.serve() as server:
            self.assertEqual(self.signal(f"quit={server.process.pid}"), ("", 0))
            self.assertEqual(server.process.wait(PATIENCE), 0)
        server = self.serve()
        self.assertEqual(self.signal(f"stop={server.process.pid}"), ("", 0))
        self.assertEqual(server.process.wait(PATIENCE), -signal.SIGKILL)

    def test_plain_passwords_are_warned_of(self):
        bcrypt = "$2a$04$/Kz1uPGbBOjyvMPXsVAX3OwxwcNXnlnbLGXgjqSNAoIqvbHBmFZbm"
        for settings, warned in (("user: a, password: b", True), ("token: b", False), (f"user: a, password: '{bcrypt}'", False),
                                 ("users: [{user: a}]", True), (f"users: [{{user: a, password: '{bcrypt}'}}]", False)):
            with self.subTest(settings), self.serve(f"authorization {{ {settings} }}\n") as server:
                text = "[WRN] Plaintext passwords detected, use nkeys or bcrypt"
                self.assertEqual(any(text in line for line in server.lines), warned)

    def test_max_connections_has_the_files_that_it_needs(self):
        def open_files(pid):
            return resource.prlimit(pid, resource.RLIMIT_NOFILE)[0]
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, limits[1]))
        with self.serve("max_connections: 300\n") as server:
            self.assertGreater(open_files(server.process.pid), 300)
        if OFFICIAL:
            return
        # More than any kernel permits.
        with self.serve("max_connections: 2000000000\n") as server:
            server.wait_for(r"\[WRN\] max_connections is 2000000000, but only "
                            f"{open_files(server.process.pid)} files and connections may be open at a time")

    def test_a_start_with_nothing_set_warns_of_nothing(self):
        """Even if fewer files may be open than the default of max_connections needs."""
        for settings, warned in (("", 0), ("max_connections: 5000\n", 0 if OFFICIAL else 1)):
            with open(self.path("server.conf"), "w", encoding="utf-8") as file:
                file.write(f'listen: "127.0.0.1:-1"\n{settings}')
            command = f"{SERVER} -c server.conf"
            limited = f"/bin/sh -c 'ulimit -n 1000; exec {self.unprivileged()} {command}'"
            with self.subTest(settings), Program(limited, os.environ.copy(), self.folder) as server:
                server.wait_for("Server is ready")
                self.assertEqual(len([line for line in server.lines if "[WRN]" in line]), warned, server.lines)

    def unprivileged(self):
        """Returns a command that starts a program without the right to raise its hard limits."""
        if os.geteuid() != 0:
            return ""
        if not shutil.which("setpriv"):
            self.skipTest("needs the program setpriv")
        return "setpriv --bounding-set -sys_resource --inh-caps -sys_resource"

    def test_a_trace_shows_commands_but_no_secrets(self):
        with self.serve('authorization {users: [{user: a, password: "s3cret"}]}\ntrace: true\nmax_traced_msg_len: 3\n') as server:
            client = Client(server.port, '{"user":"a","pass":"s3cret","auth_token":"t0ken","sig":"sigsig","name":"n","lang":"l",'
                                         '"version":"1","headers":true,"verbose":false}')
            client.send("SUB a q 1\r\nPUB a 5\r\nhello\r\nUNSUB 1 9\r\nPING\r\n")
            while client.line() != "PONG":
                pass
            head = r'\[TRC\] 127\.0\.0\.1:\d+ - cid:\d+ - "v1:l:n" - "\$G/user:a" - '
            server.wait_for(r'\[TRC\] 127\.0\.0\.1:\d+ - cid:\d+ - <<- \[CONNECT \{"user":"a","pass":"\[REDACTED\]","auth_token":'
                            r'"\[REDACTED\]","sig":"\[REDACTED\]","name":"n",')
            for line in (r"<<- \[PING\]$", r"->> \[PONG\]$", r"<<- \[SUB a q 1\]$", r"<<- \[PUB a 5\]$",
                         r'<<- MSG_PAYLOAD: \["hel\.\.\."\]$', r"<<- \[UNSUB 1 9\]$"):
                server.wait_for(head + line)
            server.wait_for(r"cid:\d+ - .*->> \[MSG a 1 5\]$")
            server.wait_for(r'cid:\d+ - .*->> MSG_PAYLOAD: \["hel\.\.\."\]$')
            denied = socket.create_connection(("127.0.0.1", server.port))
            denied.sendall(b'CONNECT {"user":"a","pass":"oth3r"}\r\n')
            server.wait_for(r'\[ERR\] 127\.0\.0\.1:\d+ - cid:\d+ - authentication error - User "a"')
            server.wait_for(r"cid:\d+ - ->> \[-ERR Authorization Violation\]$")
            denied.close()
        for secret in ("s3cret", "t0ken", "sigsig", "oth3r"):
            self.assertNotIn(secret, "\n".join(server.lines))

    def test_a_remote_syslog_gets_the_log(self):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp, unix = socket.socket(), socket.socket(socket.AF_UNIX)
        for listener, address in ((udp, ("127.0.0.1", 0)), (tcp, ("127.0.0.1", 0)), (unix, self.path("socket"))):
            self.addCleanup(listener.close)
            listener.bind(address)
            listener.settimeout(PATIENCE)
        tcp.listen()
        unix.listen()
        # The level of a line, in addition to the common part: a warning may be among the lines.
        head = r"<[45]>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d) \S+ [\w-]+\[\d+\]: "
        local_head = r"<[45]>\w{3} [ \d]\d \d\d:\d\d:\d\d [\w-]+\[\d+\]: "
        for listener, url, start in ((udp, f"udp://127.0.0.1:{udp.getsockname()[1]}", head),
                                     (tcp, f"tcp://127.0.0.1:{tcp.getsockname()[1]}", head),
                                     (unix, f"unix://{self.path('socket')}", local_head)):
            with self.subTest(url), Program(f"{SERVER} -a 127.0.0.1 -p -1 -r {url}", os.environ.copy(), self.folder):
                peer = listener if listener is udp else listener.accept()[0]
                peer.settimeout(PATIENCE)
                text = ""
                while "Server is ready\n" not in text:
                    text += peer.recv(65536).decode()
                for line in text.splitlines():
                    self.assertRegex(line, "^" + start)
                self.assertRegex(text, start + r"Listening for client connections on 127\.0\.0\.1:\d+\n")

    def test_a_syslog_that_is_not_there_is_an_error(self):
        for url, text in (("foo://x:1", 'error invalid network type: "foo"'),
                          ("udp://x", 'error connecting to syslog: "dial udp: address x: missing port in address"'),
                          ("tcp://127.0.0.1:1", 'error connecting to syslog: "dial tcp 127.0.0.1:1: connect: connection refused"'),
                          ("unix:///no/such",
                           'error connecting to syslog: "dial unix /no/such: connect: no such file or directory"')):
            with self.subTest(url):
                done = subprocess.run([SERVER, "-a", "127.0.0.1", "-p", "-1", "-r", url], capture_output=True, text=True,
                                      timeout=PATIENCE, check=False)
                self.assertIn(text, done.stderr)
                self.assertEqual(done.returncode, 1)

    def test_wrong_signal_requests_say_what_is_wrong(self):
        for request, text in (
                ("reload=99999999", '\nsignal "reload" 99999999: no such process\n'),
                ("reload=x", "invalid pid: x\n"),
                ("reload=x*", "invalid pid: x\n"),
                ("reload=99999999999999999999", "invalid pid: 99999999999999999999\n"),
                ("reload=" + self.folder, f"invalid pid: {self.folder}\n"),
                ("foo=99999999", 'unknown signal "foo"\n'),
                ("STOP=99999999", 'unknown signal "STOP"\n'),
                ("=99999999", 'unknown signal ""\n'),
                ("reload=1=2", "invalid signal parameters: [2]\n"),
                ("reload=1=2=3", "invalid signal parameters: [2 3]\n")):
            with self.subTest(request):
                self.assertEqual(self.signal(request), (text, 1))

    def test_an_empty_pid_file_is_no_wish_to_signal_whatever_runs(self):
        if OFFICIAL:
            self.skipTest("nats-server takes it for no pid at all")
        with open(self.path("empty"), "w", encoding="utf-8"):
            pass
        self.assertEqual(self.signal("reload=" + self.path("empty")), ("invalid pid: \n", 1))


if __name__ == "__main__":
    OFFICIAL = sys.argv[1:] == ["--nats-server"]
    SERVER = os.environ.get("NATS_SERVER") if OFFICIAL else sys.argv[1]
    if not SERVER:
        sys.exit(77)  # ctest: skipped
    SERVER = os.path.abspath(SERVER)
    unittest.main(argv=sys.argv[:1], warnings="ignore")
