#!/usr/bin/env python3
"""The command line client `midge`, and the old example tools by their names, against a server.

  cli_test.py --server bin/midged --bin bin --nsc bin/midge-nsc [unittest arguments]
"""

import argparse
import itertools
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import unittest

from configurations import Nsc, operator_memory, users
from programs import Running, run
from server import Server, environment_without_nats

ARGUMENTS = argparse.Namespace()
READY_NUMBERS = itertools.count(1)
CLOCK = re.compile(r"^\d\d:\d\d:\d\d ", re.MULTILINE)


def without_clock(text):
    """Removes the time of day at the beginning of notes."""
    return CLOCK.sub("", text)


class ServerTest(unittest.TestCase):
    """One server for the tests of a class. `make_settings` is a function of configurations.py."""

    make_settings = staticmethod(users)

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="midge-cli-"))
        settings, cls.known = cls.make_settings(ARGUMENTS.nsc, cls.folder)
        cls.server = Server(ARGUMENTS.server, cls.folder, settings)
        cls.server.start()
        cls.environment = environment_without_nats() | {"NATS_URL": cls.server.url, "TZ": "UTC"}
        if "FOREIGN_USER" in cls.known:
            cls.environment["NATS_USER"] = cls.known["FOREIGN_USER"]
            cls.environment["NATS_PASSWORD"] = cls.known["FOREIGN_PASSWORD"]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.folder)

    @staticmethod
    def program(name):
        bin_folder = pathlib.Path(ARGUMENTS.bin)
        return bin_folder / name if name == "midge" else bin_folder / "nats-names" / name

    def midge(self, *words, stdin="", **environment):
        return run([self.program("midge"), *words], self.environment | environment, stdin)

    def subscriber(self, *words, count=None):
        """Starts `midge sub`, and waits until it has subscribed. It ends after `count` messages, if given."""
        limit = [] if count is None else ["--count", str(count)]
        running = Running([self.program("midge"), "sub", *words, *limit], self.environment)
        self.addCleanup(running.__exit__)
        running.wait_for(running.stderr, "Subscribing on ")
        return running

    def raw_subscriber(self, *words):
        """Starts `midge sub --raw`, which does not report when it has subscribed."""
        ready = f"ready.{next(READY_NUMBERS)}"
        running = Running([self.program("midge"), "sub", "--raw", ready, *words], self.environment)
        self.addCleanup(running.__exit__)
        sent = 0
        while running.stdout.empty():
            sent += 1
            self.midge("pub", "-q", ready, f"ready {sent}")
        # All messages after the first received one must be received.
        while int(running.next_line(running.stdout).split()[1]) < sent:
            pass
        return running

    def responder(self, *words):
        running = Running([self.program("midge"), "reply", *words], self.environment)
        self.addCleanup(running.__exit__)
        running.wait_for(running.stderr, "Listening on ")
        return running

    def assert_refused(self, output, text):
        """Checks a refused command line: the error is the last line, and the line before it says how to get help."""
        self.assertEqual((output.code, output.stdout), (1, ""), output)
        self.assertRegex(output.stderr, r'^Run "[a-z -]+ --help" to see how to call it\.\n[^\n]+\n$')
        self.assertEqual(output.stderr.splitlines()[1], text)

    def assert_fails(self, output, text):
        self.assertEqual((output.code, output.stdout), (1, ""), output)
        self.assertEqual(without_clock(output.stderr), text + "\n")


class PubTest(ServerTest):
    def test_says_what_it_published(self):
        output = self.midge("pub", "a.b", "hello")
        self.assertEqual((output.code, output.stdout), (0, ""), output)
        self.assertRegex(output.stderr, r'^\d\d:\d\d:\d\d Published 5 bytes to "a.b"\n$')

    def test_quiet_says_nothing(self):
        output = self.midge("pub", "-q", "a.b", "hello")
        self.assertEqual((output.code, output.stdout, output.stderr), (0, "", ""))

    def test_sends_lines_of_standard_input(self):
        with self.raw_subscriber("lines") as sub:
            output = self.midge("publish", "lines", "--send-on", "newline", stdin="one\ntwo\nthree")
            self.assertEqual(without_clock(output.stderr).splitlines()[0], "Reading payload from STDIN")
            self.assertEqual(sub.take(sub.stdout, 3), ["one", "two", "three"])

    def test_sends_standard_input_as_a_whole(self):
        dumping = [self.program("midge"), "sub", "whole", "--dump", "-", "--count", "1"]
        with Running(dumping, self.environment) as sub:
            while sub.process.poll() is None:
                self.midge("pub", "-q", "whole", stdin="one\ntwo\n")
            self.assertEqual(sub.rest(sub.stdout), [
                '{"Subject":"whole","Reply":"","Header":null,"Data":"b25lCnR3bwo=","Sub":null}\0'])

    def test_fills_in_templates_unless_told_not_to(self):
        with self.raw_subscriber("templates") as sub:
            self.midge("pub", "templates", "n {{Count}} {{ Random 3 3 }}", "--count", "2")
            self.midge("pub", "templates", "{{Count}}", "--no-templates")
            self.midge("pub", "templates", "")
            lines = sub.take(sub.stdout, 4)
            self.assertRegex(lines[0], r"^n 1 [0-9a-zA-Z]{3}$")
            self.assertRegex(lines[1], r"^n 2 [0-9a-zA-Z]{3}$")
            self.assertEqual(lines[2:], ["{{Count}}", "nil body"])

    def test_sends_many_messages_without_a_line_for_each(self):
        with self.raw_subscriber("many") as sub:
            output = self.midge("pub", "many", "{{Count}}", "--count", "2500")
            self.assertEqual((output.code, output.stderr), (0, ""), output)
            self.assertEqual(sub.take(sub.stdout, 2500), [str(n) for n in range(1, 2501)])

    def test_reports_a_refused_subject(self):
        output = self.midge("pub", "forbidden", "x", NATS_USER=self.known["FOREIGN_LIMITED_USER"],
                            NATS_PASSWORD=self.known["FOREIGN_LIMITED_PASSWORD"])
        self.assert_fails(output, "midge: error: nats: permissions violation: "
                                  'Permissions Violation for Publish to "forbidden"')

    def test_a_subject_that_nobody_can_receive_is_an_error(self):
        for subject in ("a b", "a..b", ".a", "a.", "a\tb", ""):
            self.assert_fails(self.midge("pub", subject, "x"), "midge: error: nats: invalid subject")
        self.assert_fails(self.midge("pub", "a", "x", "--reply", "b c"), "midge: error: nats: invalid subject")
        output = self.midge("request", "a..b", "x")
        self.assertEqual((output.code, output.stdout), (1, ""), output)
        self.assertTrue(output.stderr.endswith("midge: error: nats: invalid subject\n"), output)

    def test_reports_a_payload_over_the_limit(self):
        size = int(self.known["FOREIGN_MAX_PAYLOAD"]) + 1
        output = self.midge("pub", "-q", "large", stdin="x" * size)
        self.assert_fails(output, "midge: error: nats: maximum payload exceeded")


class SubTest(ServerTest):
    def test_prints_subject_reply_headers_and_data(self):
        with self.subscriber("print.>", "other", count=3) as sub:
            self.midge("pub", "print.a", "hello", "-H", "B:2", "-H", "A: 1", "--reply", "back")
            self.midge("pub", "other", "")
            self.midge("pub", "print.c", "ends with a newline\n")
            self.assertEqual(sub.rest(sub.stdout), [
                '[#1] Received on "print.a" with reply "back"', "A: 1", "B: 2", "", "hello", "", "",
                '[#2] Received on "other"', "nil body", "", "",
                '[#3] Received on "print.c"', "ends with a newline", ""])
            self.assertEqual(sub.end_code(), 0)

    def test_leaves_out_what_it_is_told_to(self):
        with self.subscriber("less", "--headers-only", count=1) as headers_only, \
                self.subscriber("less", "--subjects-only", count=1) as subjects_only:
            self.midge("pub", "less", "hello", "-H", "A:1")
            self.assertEqual(headers_only.rest(headers_only.stdout),
                             ['[#1] Received on "less"', "A: 1", ""])
            self.assertEqual(subjects_only.rest(subjects_only.stdout), ['[#1] Received on "less"'])

    def test_shows_times(self):
        with self.subscriber("times", "-t", "--subjects-only", count=1) as stamp, \
                self.subscriber("times", "-d", "--subjects-only", count=1) as delta:
            self.midge("pub", "times", "x")
            self.assertRegex(stamp.next_line(stamp.stdout),
                             r'^\[#1\] @ [A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d\.\d{6} Received on "times"$')
            self.assertRegex(delta.next_line(delta.stdout), r'^\[#1\] @ [0-9.]+m?s Received on "times"$')

    def test_shares_messages_in_a_queue_group(self):
        with self.raw_subscriber("shared", "--queue", "q") as one, \
                self.raw_subscriber("shared", "--queue", "q") as two:
            self.midge("pub", "shared", "{{Count}}", "--count", "100")
            self.midge("pub", "shared", "end", "--count", "100")
            got = []
            for sub in (one, two):
                line = sub.next_line(sub.stdout)
                while line != "end":
                    got.append(int(line))
                    line = sub.next_line(sub.stdout)
            self.assertEqual(sorted(got), list(range(1, 101)))

    def test_runs_data_through_a_command(self):
        with self.raw_subscriber("translated", "--translate", "tr a-z 'A-Z'") as sub:
            self.midge("pub", "translated", "shout")
            self.assertEqual(sub.take(sub.stdout, 1), ["SHOUT"])

    def test_writes_messages_to_files(self):
        folder = self.folder / "dump"
        dumping = [self.program("midge"), "sub", "dumped", "--dump", folder, "--count", "1"]
        with Running(dumping, self.environment) as sub:
            while sub.process.poll() is None:
                self.midge("pub", "dumped", "x", "-H", "K:1", "-H", "K:2")
            self.assertEqual(sub.end_code(), 0)
        self.assertEqual((folder / "1.json").read_text(),
                         '{"Subject":"dumped","Reply":"","Header":{"K":["1","2"]},"Data":"eA==","Sub":null}')

    def test_ends_when_nothing_comes(self):
        output = self.midge("sub", "silence", "--wait", "50ms")
        self.assertEqual((output.code, output.stdout), (0, ""))
        self.assertEqual(without_clock(output.stderr), "Subscribing on silence\n")

    def test_ends_well_on_a_signal(self):
        with self.subscriber("signal") as sub:
            sub.process.send_signal(signal.SIGINT)
            self.assertEqual(sub.end_code(), 0)
            self.assertEqual(sub.rest(sub.stderr), [])

    def test_hides_a_password_from_the_process_list(self):
        with self.subscriber("hidden", "--user", "app", "--password", "app-secret") as sub:
            words = pathlib.Path(f"/proc/{sub.process.pid}/cmdline").read_text()
            self.assertIn("hidden", words)
            self.assertNotIn("secret", words)

    def test_reports_a_refused_subject(self):
        output = self.midge("sub", "forbidden", NATS_USER=self.known["FOREIGN_LIMITED_USER"],
                            NATS_PASSWORD=self.known["FOREIGN_LIMITED_PASSWORD"])
        self.assert_fails(output, "midge: error: nats: permissions violation: "
                                  'Permissions Violation for Subscription to "forbidden"')


class RequestTest(ServerTest):
    def test_prints_the_reply(self):
        with self.responder("greet", "hello {{Request}} number {{Count}}", "-H", "Lang: en"):
            output = self.midge("request", "greet", "joe")
            self.assertEqual((output.code, output.stdout), (0, "Lang: en\n\nhello joe number 0\n\n\n"), output)
            self.assertRegex(without_clock(output.stderr),
                             r'^Sending request on "greet"\nReceived with rtt [0-9.]+(µs|ms|s)\n$')
            self.assertEqual(self.midge("req", "greet", "ann", "--raw").stdout, "hello ann number 1\n")

    def test_collects_several_replies(self):
        with self.responder("many", "one", "--queue", "a"), self.responder("many", "two", "--queue", "b"):
            output = self.midge("req", "many", "", "--raw", "--replies", "2")
            self.assertEqual(sorted(output.stdout.splitlines()), ["one", "two"])
            output = self.midge("req", "many", "", "--raw", "--replies", "0", "--timeout", "500ms")
            self.assertEqual((output.code, sorted(output.stdout.splitlines())), (0, ["one", "two"]))

    def test_says_that_nobody_listens(self):
        output = self.midge("request", "nobody", "x")
        self.assert_fails(output, 'Sending request on "nobody"\nmidge: error: No responders are available')

    def test_fails_when_no_reply_comes(self):
        with self.subscriber("mute"):
            output = self.midge("request", "mute", "x", "--timeout", "100ms")
            self.assert_fails(output, 'Sending request on "mute"\nmidge: error: nats: timeout')


class ReplyTest(ServerTest):
    def test_echoes_data_and_headers(self):
        with self.responder("echo", "--echo", "--count", "2") as reply:
            self.midge("request", "echo", "first", "--raw")
            output = self.midge("request", "echo", "second", "-H", "A:1")
            self.assertEqual(output.stdout, "A: 1\nNATS-Reply-Counter: 1\n\nsecond\n\n\n")
            self.assertEqual(reply.rest(reply.stdout), ["", "first", "", "second"])
            self.assertEqual([without_clock(line) for line in reply.rest(reply.stderr)], [
                '[#0] Received on subject "echo":', '[#1] Received on subject "echo":', "A: 1",
                "Draining...", "Exiting"])
            self.assertEqual(reply.end_code(), 0)

    def test_answers_with_the_output_of_a_command(self):
        script = 'printf "%s|" "$@" "$NATS_REQUEST_SUBJECT" "$NATS_REQUEST_BODY"'
        command = f"sh -c '{script}' sh {{{{1}}}} \"x {{{{Request}}}}\""
        with self.responder("weather.*", "--command", command):
            output = self.midge("request", "weather.london", "a b", "--raw")
            self.assertEqual(output.stdout, "london|x a b|weather.london|a b|\n")

    def test_drains_on_a_signal(self):
        with self.responder("ended", "x") as reply:
            reply.process.send_signal(signal.SIGTERM)
            self.assertEqual(reply.end_code(), 0)


class ErrorTest(ServerTest):
    def test_wrong_password(self):
        output = self.midge("pub", "a", "b", NATS_PASSWORD="guess")
        self.assert_fails(output, "midge: error: nats: authorization violation")

    def test_no_server(self):
        output = self.midge("pub", "a", "b", NATS_URL="nats://127.0.0.1:1")
        self.assert_fails(output, "midge: error: nats: no servers available for connection")

    def test_missing_creds_file(self):
        output = self.midge("--creds", "/nonexistent", "pub", "a", "b")
        self.assert_fails(output, "midge: error: credentials file /nonexistent: cannot be read")

    def test_what_is_not_built_is_refused_by_name(self):
        for words, name in ((("pub", "-J", "a", "b"), "--jetstream"),
                            (("pub", "a", "b", "--schedule-at", "x"), "--schedule-at"),
                            (("sub", "a", "--stream", "S"), "--stream"),
                            (("pub", "a", "b", "--context", "c"), "--context"),
                            (("server", "list"), 'command "server"')):
            output = self.midge(*words)
            self.assert_refused(output, f"midge: error: {name} is not supported yet")

    def test_wrong_arguments_are_named(self):
        for words, text in (
                (("req", "a", "b", "--timeout", "5"),
                 '--timeout: invalid duration "5", expected e.g. 300ms, 5s, 1m30s'),
                (("pub", "a", "b", "--count", "0"),
                 "--count: Value 0 not in range 1 to 1000000000"),
                (("pub", "a", "b", "-H", "novalue"), 'invalid header "novalue", expected Key:Value'),
                (("pub", "a", "{{Count"), 'body template: "{{" without "}}"'),
                (("pub", "a", "{{Random 1 99999999999}}"),
                 'body template: Random: "99999999999" is not a length from 0 to 8388608'),
                (("pub",), "subject is required"),
                (("sub",), "subject is required"),
                (("sub", "a", "-t", "-d"), "timestamp and delta-time flags are mutually exclusive"),
                (("bogus",), "The following argument was not expected: bogus"),
                ((), "a command is required: pub, sub, request or reply")):
            output = self.midge(*words)
            self.assertEqual((output.code, output.stdout), (1, ""), output)
            self.assertEqual(without_clock(output.stderr).splitlines()[-1], f"midge: error: {text}")
            self.assertNotIn("OPTIONS", output.stderr)

    def test_errors_bear_the_name_the_program_was_called_by(self):
        output = run([self.program("nats"), "bench"], self.environment)
        self.assert_refused(output, 'nats: error: command "bench" is not supported yet')
        output = run([self.program("nats"), "pub"], self.environment)
        self.assertEqual(output.stderr, 'Run "nats pub --help" to see how to call it.\nnats: error: subject is required\n')
        output = run([self.program("nats"), "pub", "--help"], self.environment)
        self.assertIn("nats pub orders.new", output.stdout)
        self.assertNotIn("midge", output.stdout)

    def test_help_teaches(self):
        for words in (["--help"], ["pub", "--help"], ["sub", "-h"], ["req", "--help"], ["reply", "--help"]):
            output = self.midge(*words)
            self.assertEqual((output.code, output.stderr), (0, ""))
            self.assertIn("midge sub" if words == ["--help"] else "Examples:", output.stdout)


def odd_logins(nsc_program, folder):
    """Users with an nkey, and with a name and a password that must be encoded in a URL."""
    nkey = Nsc(nsc_program, folder / "nsc").output("generate", "nkey", "--user").split()
    seed, key = next(word for word in nkey if word.startswith("SU")), next(word for word in nkey if word.startswith("U"))
    (folder / "user.nk").write_bytes(f"{seed}\r\n".encode())
    return f'authorization {{ users: [ {{user: "a@b", password: "p@ss/w:rd#1"}}, {{nkey: {key}}} ] }}\n', {}


class LoginTest(ServerTest):
    make_settings = staticmethod(odd_logins)

    def pub(self, *servers):
        return self.midge("-s", ",".join(servers), "pub", "x", "y")

    def test_a_login_in_a_url_may_be_percent_encoded(self):
        host = self.server.url.removeprefix("nats://")
        login = "a%40b:p%40ss%2Fw%3Ard%231"
        output = self.pub(f"nats://{login}@{host}")
        self.assertEqual((output.code, without_clock(output.stderr)), (0, 'Published 1 bytes to "x"\n'), output)
        output = self.pub(f"nats://{login}@127.0.0.1:1", f"{login}@{host}")
        self.assertEqual(output.code, 0, output)
        self.assert_fails(self.pub(f"nats://a%40b:wrong@{host}"), "midge: error: nats: authorization violation")
        self.assert_fails(self.pub(f"nats://a%4:x@{host}"),
                          "midge: error: a '%' in a login needs two hexadecimal digits behind it")
        self.assert_fails(self.pub(f"nats://{login}@{host}", "nats://127.0.0.1:1"),
                          "midge: error: servers with different logins, one of them percent-encoded, are not supported")

    def test_a_seed_may_have_the_line_ends_of_windows(self):
        output = self.midge("--nkey", str(self.folder / "user.nk"), "pub", "x", "y")
        self.assertEqual(output.code, 0, output)


class LegacyTest(ServerTest):
    """nats-pub, nats-sub and nats-req in operator mode, as in the tutorial about system events."""

    make_settings = staticmethod(operator_memory)

    def tool(self, name, *words):
        return run([self.program(name), "-s", self.server.url, *words], self.environment)

    def listener(self, creds, subject):
        running = Running([self.program("nats-sub"), "-s", self.server.url, "-creds", creds, subject],
                          self.environment)
        self.addCleanup(running.__exit__)
        running.wait_for(running.stderr, f"Listening on [{subject}]")
        return running

    def test_pub_and_sub(self):
        creds = self.known["FOREIGN_CREDS"]
        with self.listener(creds, "foo.*") as sub:
            output = self.tool("nats-pub", "-creds", creds, "foo.bar", "hello")
            self.assertEqual((output.code, output.stdout, output.stderr),
                             (0, "", "Published [foo.bar] : 'hello'\n"))
            self.assertEqual(sub.next_line(sub.stderr), "[#1] Received on [foo.bar]: 'hello'")

    def test_credentials_may_have_the_line_ends_of_windows(self):
        creds = self.folder / "windows.creds"
        creds.write_bytes(pathlib.Path(self.known["FOREIGN_CREDS"]).read_bytes().replace(b"\n", b"\r\n"))
        output = self.tool("nats-pub", "-creds", str(creds), "foo.bar", "hello")
        self.assertEqual((output.code, output.stderr), (0, "Published [foo.bar] : 'hello'\n"), output)
        creds.write_bytes(b"no creds")
        output = self.tool("nats-pub", "-creds", str(creds), "foo.bar", "hello")
        self.assertEqual(output.code, 1, output)
        self.assertIn(f"{creds}: no JWT between dashed lines", output.stderr)

    def test_req(self):
        creds = self.known["FOREIGN_CREDS"]
        environment = self.environment | {"NATS_CREDS": creds}
        with Running([self.program("midge"), "reply", "help", "answer"], environment) as reply:
            reply.wait_for(reply.stderr, "Listening on ")
            output = self.tool("nats-req", "-creds", creds, "help", "me")
            self.assertEqual((output.code, output.stdout), (0, ""), output)
            self.assertRegex(output.stderr, r"^Published \[help\] : 'me'\n"
                                            r"Received  \[_INBOX\.[^\]]+\] : 'answer'\n$")

    def test_req_without_an_answer(self):
        creds = self.known["FOREIGN_CREDS"]
        output = self.tool("nats-req", "-creds", creds, "nobody", "x")
        self.assert_fails(output, "nats: no responders available for request for request")
        with self.listener(creds, "mute"):
            output = self.tool("nats-req", "-creds", creds, "mute", "x")
            self.assert_fails(output, "nats: timeout for request")

    def test_wrong_command_lines(self):
        output = self.tool("nats-pub", "subject-only")
        self.assertEqual(output.code, 1)
        self.assertEqual(output.stderr, 'Run "nats-pub -h" to see how to call it.\nexpected 2 arguments, found 1\n')
        output = self.tool("nats-sub", "-wrong", "x")
        self.assertEqual(output.code, 2)
        self.assertEqual(output.stderr, 'Run "nats-sub -h" to see how to call it.\nflag provided but not defined: -wrong\n')
        self.assert_fails(self.tool("nats-pub", "-creds", "a", "-nkey", "b", "x", "y"),
                          "specify -seed or -creds")
        self.assert_fails(self.tool("nats-pub", "-creds", self.known["FOREIGN_WRONG_CREDS"], "x", "y"),
                          "nats: authorization violation")

    def test_sub_reconnects_after_a_restart(self):
        creds = self.known["FOREIGN_CREDS"]
        with self.listener(creds, "restart") as sub:
            self.server.restart()
            lost = sub.next_line(sub.stderr)
            self.assertRegex(lost, r"^Disconnected due to:.+, will attempt reconnects for 10m$")
            self.assertEqual(sub.next_line(sub.stderr), f"Reconnected [{self.server.url}]")
            self.tool("nats-pub", "-creds", creds, "restart", "again")
            self.assertEqual(sub.next_line(sub.stderr), "[#1] Received on [restart]: 'again'")

    def test_the_tutorial_on_system_events(self):
        system = self.known["FOREIGN_SYSTEM_CREDS"]
        with self.listener(system, ">") as sub:
            self.tool("nats-pub", "-creds", system, "foo", "bar")
            sub.wait_for(sub.stderr, "Received on [foo]: 'bar'")
            line = sub.wait_for(sub.stderr, '.DISCONNECT]: \'{')
            for part in ('"name":"NATS Sample Publisher"', '"sent":{"msgs":1,"bytes":3}',
                         '"received":{"msgs":0,"bytes":0}', '"reason":"Client Closed"'):
                self.assertIn(part, line)
        output = self.tool("nats-req", "-creds", system, "$SYS.REQ.SERVER.PING", "")
        self.assertEqual(output.code, 0, output)
        self.assertTrue(output.stderr.startswith("Published [$SYS.REQ.SERVER.PING] : ''\nReceived  [_INBOX."))
        self.assertIn('"statsz":{"start":', output.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--server", required=True, help="server program")
    parser.add_argument("--bin", required=True, help="folder with midge and nats-names/")
    parser.add_argument("--nsc", required=True, help="nsc program")
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
