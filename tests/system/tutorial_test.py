"""Runs the commands of the tutorial "System Events & Decentralized JWT" as printed, with a separate home."""
import json
import os
import re
import signal
import sys
import tempfile
import unittest
import urllib.request

import own_network
from programs import Program, environment, run

NAMES = None  # folder with the programs under their NATS names
CREDS = "~/.nkeys/SAOP/accounts/SYS/users/SYSU.creds"


def body_of(output):
    """Returns the JSON between the quotes in lines of nats-req and nats-sub."""
    return json.loads(re.search(r"'(\{.*\})'", output, re.S).group(1))


class Tutorial(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="midge-tutorial-")
        self.env = environment(NAMES, self.home)

    def run_here(self, command):
        return run(command, self.env, self.home)

    def start(self, command):
        return Program(command, self.env, self.home)

    def make_accounts(self):
        output = self.run_here("nsc add operator -n SAOP")
        self.assertIn('Generated operator key - private key stored "', output)
        self.assertIn('Success! - added operator "SAOP"', output)
        output = self.run_here("nsc add account -n SYS")
        self.assertIn('Generated account key - private key stored "', output)
        self.assertIn('Success! - added account "SYS"', output)
        output = self.run_here("nsc add user -n SYSU")
        self.assertIn('Generated user key - private key stored "', output)
        self.assertIn('Generated user creds file "', output)
        self.assertIn('Success! - added user "SYSU" to "SYS"', output)
        for path in ("~/.nsc/nats/SAOP/SAOP.jwt", CREDS):
            self.assertTrue(os.path.exists(path.replace("~", self.home)), path)

    def system_account(self):
        table = self.run_here("nsc list accounts")
        lines = table.strip().splitlines()
        self.assertEqual(lines[0], "╭" + "─" * 65 + "╮")
        self.assertEqual(lines[1].strip("│").strip(), "Accounts")
        self.assertRegex(lines[3], r"^│ Name │ Public Key {47}│$")
        return re.search(r"│ SYS  │ (A[A-Z2-7]{55}) │", table).group(1)

    def write_config(self, resolver, account, extra=""):
        with open(os.path.join(self.home, "server.conf"), "w") as out:
            out.write(f"operator: {self.home}/.nsc/nats/SAOP/SAOP.jwt\nsystem_account: {account}\n{resolver}\n{extra}\n")

    def check_events(self, subscriber):
        self.assertIn("Published [foo] : 'bar'", self.run_here(f"nats-pub -creds {CREDS} foo bar"))
        conns = body_of(subscriber.wait_for(r"\.SERVER\.CONNS\]: .*\"conns\":2").string)
        for field in ("server", "acc", "conns", "total_conns"):
            self.assertIn(field, conns)
        for field in ("host", "id", "ver", "seq", "time"):
            self.assertIn(field, conns["server"])
        gone = body_of(subscriber.wait_for(r"\.DISCONNECT\]: ").string)
        for field in ("start", "host", "id", "acc", "user", "name", "lang", "ver", "stop"):
            self.assertIn(field, gone["client"])
        self.assertEqual(gone["client"]["name"], "NATS Sample Publisher")
        self.assertEqual(gone["sent"], {"msgs": 1, "bytes": 3})
        self.assertEqual(gone["received"], {"msgs": 0, "bytes": 0})
        self.assertEqual(gone["reason"], "Client Closed")
        return conns["server"]["id"]

    def check_statsz(self, output):
        answer = body_of(output)
        self.assertIn("id", answer["server"])
        for field in ("start", "mem", "cores", "cpu", "connections", "total_connections", "active_accounts", "subscriptions",
                      "sent", "received", "slow_consumers"):
            self.assertIn(field, answer["statsz"])
        return answer

    def test_runs_as_printed(self):
        self.make_accounts()
        with self.start("nats-account-server -nsc ~/.nsc/nats/SAOP") as account_server:
            account_server.wait_for(r"resolver: URL\(http://localhost:9090/jwt/v1/accounts/\)")
            account = self.system_account()
            with urllib.request.urlopen(f"http://localhost:9090/jwt/v1/accounts/{account}") as answer:
                self.assertTrue(answer.read().startswith(b"eyJ"))
            self.write_config("resolver: URL(http://localhost:9090/jwt/v1/accounts/)", account)
            with self.start("nats-server -c server.conf") as server:
                server.wait_for("Server is ready")
                with self.start(f'nats-sub -creds {CREDS} ">"') as subscriber:
                    subscriber.wait_for(r"Listening on \[>\]")
                    server_id = self.check_events(subscriber)
                    self.check_statsz(self.run_here(f"nats-req -creds {CREDS} \\$SYS.REQ.SERVER.PING \"\""))
                    answer = self.check_statsz(
                        self.run_here(f"nats-req -creds {CREDS} \\$SYS.REQ.SERVER.{server_id}.STATSZ \"\""))
                    self.assertEqual(answer["server"]["id"], server_id)

    def test_resolvers_swap_by_config_alone(self):
        self.make_accounts()
        account = self.system_account()
        os.mkdir(os.path.join(self.home, "jwt"))
        jwt = self.run_here("nsc describe account -n SYS --raw")
        jwt = re.search(r"eyJ[\w.-]+", jwt).group(0)
        with open(os.path.join(self.home, "jwt", account + ".jwt"), "w") as out:
            out.write(jwt)
        generated = self.run_here("nsc generate config --mem-resolver --sys-account SYS")
        self.assertIn("resolver: MEMORY", generated)
        memory = f"resolver: MEMORY\nresolver_preload: {{ {account}: {jwt} }}"
        directory = f'resolver: {{ type: full, dir: "{self.home}/jwt" }}'
        url = "resolver: URL(http://localhost:9090/jwt/v1/accounts/)"
        self.write_config(memory, account)
        with self.start("nats-account-server -nsc ~/.nsc/nats/SAOP") as account_server, \
                self.start("nats-server -c server.conf") as server:
            account_server.wait_for(r"resolver: URL")
            server.wait_for("Server is ready")
            with self.start(f"nats-sub -creds {CREDS} ticks") as subscriber:
                subscriber.wait_for(r"Listening on \[ticks\]")
                for number, resolver in enumerate((directory, url, memory, directory), 1):
                    self.write_config(resolver, account)
                    seen = len(server.lines)
                    server.signal(signal.SIGHUP)
                    server.wait_for("Reloaded server configuration", seen)
                    # A new login through the new resolver; the old connection still exists.
                    self.run_here(f"nats-pub -creds {CREDS} ticks tick{number}")
                    subscriber.wait_for(rf"\[#{number}\] Received on \[ticks\]: 'tick{number}'")
                self.assertNotIn("Disconnected", "\n".join(subscriber.lines))


if __name__ == "__main__":
    NAMES = os.path.abspath(sys.argv.pop(1))
    if not own_network.enter() and not all(map(own_network.is_free, (4222, 9090))):
        print("skipped: the ports 4222 and 9090 are in use, and no network of its own is to be had")
        sys.exit(77)
    unittest.main(verbosity=2)
