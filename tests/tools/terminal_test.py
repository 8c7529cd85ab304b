"""What programs show on a terminal: the same texts as in a pipe, with colors, unless these are not wanted."""

import os
import pty
import re
import subprocess
import unittest

from harness import BIN, ToolTest

COLOR = re.compile(r"\x1b\[\d*m")


def has(program):
    return (BIN / program).exists()


class OnATerminal(ToolTest):
    def shown(self, words, meanwhile=lambda process: None, **env):
        """What a program writes to a terminal, and its exit code; `meanwhile` is called when it has started."""
        ours, theirs = pty.openpty()
        try:
            process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=self.home,
                                       env={**self.env, "TERM": "xterm", **env})
            os.close(theirs)
            meanwhile(process)
            text = b""
            while part := self.read(ours):
                text += part
            return text.decode().replace("\r\n", "\n"), process.wait(60)
        finally:
            os.close(ours)

    @staticmethod
    def read(terminal):
        """b"" when the program has ended."""
        try:
            return os.read(terminal, 65536)
        except OSError:
            return b""

    def piped(self, words):
        done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, cwd=self.home,
                              env={**self.env, "TERM": "xterm"})
        return done.stdout + done.stderr, done.returncode

    def setUp(self):
        super().setUp()
        for name in ("NO_COLOR", "TERM"):
            self.env.pop(name, None)

    def check(self, words, *colored):
        """The same text in colors, in which the texts `colored` stand out."""
        plain, code = self.piped(words)
        self.assertNotIn("\x1b", plain)
        text, shown_code = self.shown(words)
        self.assertEqual((COLOR.sub("", text), shown_code), (plain, code))
        for part in colored:
            self.assertRegex(text, r"\x1b\[\d+m" + re.escape(part) + r"\x1b\[0m")
        self.assertEqual(self.shown(words, NO_COLOR="1"), (plain, code))
        self.assertEqual(self.shown(words, TERM="dumb"), (plain, code))
        self.assertEqual(self.shown(words, NO_COLOR="")[0], text, "an empty NO_COLOR says nothing")

    def test_the_tables_of_nsc(self):
        self.add_saop()
        nsc = BIN / "nats-names/nsc"
        self.check([nsc, "list", "accounts"], "Accounts", "Public Key", "SYS")
        self.check([nsc, "list", "keys", "--all"], "Keys", "Entity")
        self.check([nsc, "describe", "account", "SYS"], "Account Details", "Account ID")
        self.check([nsc, "describe", "user", "SYSU", "-a", "SYS"], "User ID")
        self.check([nsc, "env"], "NSC Environment")

    def test_the_errors_of_nsc(self):
        self.check([BIN / "nats-names/nsc", "list", "accounts"], "Error:")

    def test_what_is_no_table_has_no_colors(self):
        self.add_saop()
        nsc = BIN / "nats-names/nsc"
        for words in (["list", "accounts", "--json"], ["describe", "account", "SYS", "--json"], ["describe", "account", "SYS", "--raw"]):
            self.assertEqual(self.shown([nsc, *words]), self.piped([nsc, *words]))
        self.shown([nsc, "describe", "account", "SYS", "-o", "file"])
        self.assertNotIn("\x1b", (self.home / "file").read_text())

    @unittest.skipUnless(has("midged"), "no midged in this build")
    def test_the_help_on_settings(self):
        self.check([BIN / "midged", "--help-config"], "== tls: encryption of client connections ==", "max_payload", "file_size_max")
        self.check([BIN / "midged", "--help-config", "sink-file"], "path")
        text, code = self.piped([BIN / "midged", "--help-config", "web-socket"])
        self.assertEqual(code, 1)
        self.assertRegex(text, r'^midged: there is no section, setting or plugin "web-socket", did you mean "websocket"\?; sections: '
                               r"server, connections, .*; plugins: .*sink-file")

    @unittest.skipUnless(has("midged"), "no midged in this build")
    def test_the_help_on_plugins_of_another_folder(self):
        (self.home / "plugins").mkdir()
        (self.home / "plugins/broken.so").write_text("no library")
        (self.home / "x.conf").write_text(f'plugin_dir: "{self.home}/plugins"\n')
        words = [BIN / "midged", "-c", "x.conf", "--help-config"]
        text, code = self.piped(words)
        self.assertEqual(code, 0)
        self.assertNotIn("sink-file:", text)
        self.assertIn("broken.so: cannot be loaded", text)
        self.assertIn("plugins: none", self.piped([*words, "sink-file"])[0])

    @unittest.skipUnless(has("midge"), "no midge in this build")
    def test_the_errors_of_midge(self):
        self.check([BIN / "midge", "pub"], "error:")


    @unittest.skipUnless(has("midge") and has("midged"), "no midge or no midged in this build")
    def test_the_messages_of_midge_sub(self):
        (self.home / "x.conf").write_text('listen: "127.0.0.1:-1"\n')
        with subprocess.Popen([BIN / "midged", "-c", "x.conf"], cwd=self.home, env=self.env, stderr=subprocess.PIPE, text=True) as server:
            url = next(f"nats://127.0.0.1:{found[1]}" for line in server.stderr
                       if (found := re.search(r"Listening for client connections on 127\.0\.0\.1:(\d+)", line)))
            midge = [BIN / "midge", "-s", url]

            def publish(process):
                """Until the subscriber has it."""
                while process.poll() is None:
                    self.piped([*midge, "pub", "a.b", "hello"])

            sub = [*midge, "sub", "a.*", "--count", "1"]
            self.assertIn('\x1b[2m[#1]\x1b[0m Received on \x1b[36m"a.b"\x1b[0m\nhello\n', self.shown(sub, publish)[0])
            self.assertIn('[#1] Received on "a.b"\nhello\n', self.shown(sub, publish, NO_COLOR="1")[0])
            server.terminate()


if __name__ == "__main__":
    unittest.main()
