"""The folder of a resolver and the tokens in it, in every state that a disk may show: at start, while the server runs, at a
reload.

Of midged and, to prove the tests right, of the nats-server that NATS_SERVER names."""
import json
import os
import shutil
import subprocess

import tokens
from bad_files import NOBODY, FilesCase, empty, folder, good_file, half, huge, pipe, unreadable
from client import Client
from programs import PATIENCE


class ResolverFiles(FilesCase):
    def setUp(self):
        super().setUp()
        self.dir = os.path.join(self.folder, "tokens")
        self.configure(f'operator: "{tokens.OPERATOR}"\nsystem_account: {tokens.SYSTEM_KEY}\n'
                       f'resolver: {{ type: full, dir: "{self.dir}", timeout: "200ms" }}\n'
                       f'resolver_preload: {{ {tokens.SYSTEM_KEY}: "{tokens.SYSTEM}" }}\n')

    # Content of the disk; it belongs to the user of the server.

    def own(self, path, mode):
        if self.prefix:
            os.chown(path, NOBODY, NOBODY)
        os.chmod(path, mode)

    def make_dir(self, mode=0o700):
        os.mkdir(self.dir)
        self.own(self.dir, mode)

    def token_file(self, key):
        return os.path.join(self.dir, f"{key}.jwt")

    def put(self, key, token, kind=good_file):
        path = self.token_file(key)
        kind(path, token.encode())
        self.own(path, 0 if kind is unreadable else 0o700 if kind is folder else 0o600)

    def clear_dir(self):
        if os.path.isdir(self.dir):
            os.chmod(self.dir, 0o700)
            shutil.rmtree(self.dir)
        elif os.path.lexists(self.dir):
            os.remove(self.dir)

    # Outcomes of a server.

    @staticmethod
    def login(port, token):
        return Client(port, json.dumps({"verbose": False, "protocol": 1, "jwt": token}))

    def enters(self, port, token):
        try:
            self.login(port, token).socket.close()
            return True
        except AssertionError:
            return False

    def push(self, port, token):
        """Returns the answer to new claims."""
        client = self.login(port, tokens.SYSTEM_USER)
        client.send(f"SUB answer 1\r\nPUB $SYS.REQ.CLAIMS.UPDATE answer {len(token)}\r\n{token}\r\n")
        line = client.line()
        while not line.startswith("MSG "):
            line = client.line()
        return json.loads(client.line())

    def outcome(self):
        """Returns the exit code and the output of a failed start."""
        done = subprocess.run(self.command(), cwd=self.folder, capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_at_start_a_folder_that_cannot_be_used_is_told_and_the_exit_code_is_1(self):
        def a_file():
            good_file(self.dir, b"x")
            self.own(self.dir, 0o600)
        for state in (a_file, lambda: self.make_dir(0o500), lambda: self.make_dir(0)):
            self.clear_dir()
            state()
            code, said = self.outcome()
            self.assertEqual(code, 1, said)
            self.assertIn("server.conf:4:1: dir needs to point to an accessible directory", said)

    def test_at_start_a_missing_folder_is_made(self):
        with self.start() as server:
            self.assertTrue(self.enters(server.port, tokens.SYSTEM_USER))
            self.assertFalse(self.enters(server.port, tokens.USER))
            self.assertIn("data", self.push(server.port, tokens.ACCOUNT))
            self.assertTrue(self.enters(server.port, tokens.USER))
        self.assertEqual(sorted(os.listdir(self.dir)), sorted(f"{key}.jwt" for key in (tokens.ACCOUNT_KEY, tokens.SYSTEM_KEY)))
        self.assertEqual(os.stat(self.dir).st_mode & 0o777, 0o700)

    def test_a_bad_token_keeps_out_nobody_but_its_account(self):
        for name, kind, token in (("half", half, tokens.ACCOUNT), ("empty", empty, tokens.ACCOUNT), ("of another", good_file, tokens.OTHER),
                                  ("a user's", good_file, tokens.USER), ("a folder", folder, tokens.ACCOUNT), ("a pipe", pipe, tokens.ACCOUNT),
                                  ("unreadable", unreadable, tokens.ACCOUNT), ("huge", huge, tokens.ACCOUNT)):
            if kind is unreadable and os.geteuid() == 0 and not self.prefix or kind in (pipe, huge) and self.official:
                continue
            with self.subTest(name):
                self.clear_dir()
                self.make_dir()
                self.put(tokens.ACCOUNT_KEY, token, kind)
                self.put(tokens.OTHER_KEY, tokens.OTHER)
                with self.start() as server:
                    self.assertFalse(self.enters(server.port, tokens.USER))
                    if not self.official:
                        server.wait_for(rf"\[WRN\] Account \[{tokens.ACCOUNT_KEY}\] fetch failed: ")
                    self.assertTrue(self.enters(server.port, tokens.OTHER_USER))
                    if kind in (half, empty, good_file):
                        self.assertIn("data", self.push(server.port, tokens.ACCOUNT))
                        self.assertTrue(self.enters(server.port, tokens.USER), "with the right token in its place")

    def test_what_is_not_a_token_is_left_alone(self):
        self.make_dir()
        for name in ("notes.txt", "nonsense.jwt"):
            good_file(os.path.join(self.dir, name), b"x")
        with self.start() as server:
            self.assertTrue(self.enters(server.port, tokens.SYSTEM_USER))
        self.assertLessEqual({"notes.txt", "nonsense.jwt"}, set(os.listdir(self.dir)))

    def test_a_running_server_goes_on_with_the_accounts_that_it_has(self):
        def gone():
            shutil.rmtree(self.dir)

        def a_file():
            shutil.rmtree(self.dir)
            good_file(self.dir, b"x")

        def closed():
            os.chmod(self.dir, 0)
        for state in (gone, a_file, closed):
            if state is closed and os.geteuid() == 0 and not self.prefix:
                continue
            self.clear_dir()
            self.make_dir()
            self.put(tokens.ACCOUNT_KEY, tokens.ACCOUNT)
            self.put(tokens.OTHER_KEY, tokens.OTHER)
            with self.subTest(state.__name__), self.start() as server:
                client = self.login(server.port, tokens.USER)
                state()
                client.flush()
                self.assertTrue(self.enters(server.port, tokens.USER))
                self.assertFalse(self.enters(server.port, tokens.OTHER_USER), "whose account it has not asked for")
                if not self.official:
                    server.wait_for(rf"Account \[{tokens.OTHER_KEY}\] fetch failed: resolver-dir: .*{self.dir}")
                if state is gone:  # it is created again
                    self.assertIn("data", self.push(server.port, tokens.OTHER))
                    if not self.official:
                        self.assertTrue(self.enters(server.port, tokens.OTHER_USER))
                else:
                    line = self.reload(server)
                    self.assertIn("Failed to reload", line)
                    self.assertIn("server.conf:4:1: dir needs to point to an accessible directory", line)
                    self.assertTrue(self.enters(server.port, tokens.USER))
                client.flush()


if __name__ == "__main__":
    ResolverFiles.main()
