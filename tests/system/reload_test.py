"""The effects of a reload on connected clients, for each row of docs/reload.md; for midged and nats-server."""
import os
import re
import signal
import sys
import tempfile
import unittest

from client import Client
from programs import Program

SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server

DOCS = os.path.join(os.path.dirname(__file__), "../../docs/reload.md")
VIOLATION = "-ERR 'Authorization Violation'"
TOO_MANY_SUBSCRIPTIONS = "-ERR 'maximum subscriptions exceeded'"
OPEN = "stays"
CLOSED = "closed"
USERS = "authorization {{ users: [ {{user: u, password: {0}}}, {{user: v, password: p}} ] }}\n"
TWO_USERS = USERS.format("p")
ACCOUNTS = "accounts {{ A {{ users: [ {{user: {0}, password: p}} ] }}, B {{ users: [ {{user: {1}, password: p}} ] }} }}\n"


def of_types(types):
    return TWO_USERS.replace("user: u, password: p", f"user: u, password: p, allowed_connection_types: [{types}]")


def allowed(subscribe, publish=">"):
    return ('authorization { users: [ {user: u, password: p, permissions: '
            f'{{subscribe: "{subscribe}", publish: "{publish}"}}}} ] }}\n')


def limited(subscriptions):
    return f"accounts {{ A {{ users: [ {{user: u, password: p}} ], limits: {{ max_subs: {subscriptions} }} }} }}\n"


SINGLE = "authorization { user: u, password: p }\n"
TOKEN = "authorization { token: p }\n"
BY_TOKEN = '{"verbose":false,"auth_token":"p"}'
NOBODY = '{"verbose":false}'
NO_AUTH = TWO_USERS + "no_auth_user: u\n"

# Each row has the row of the page, the configuration before and after, the client's commands after its CONNECT, and the lines
# that it gets after the reload. The user of the CONNECT is u, unless a row says otherwise.
ROWS = [
    ("user removed", TWO_USERS, "authorization { users: [ {user: v, password: p} ] }\n", "", [CLOSED]),
    ("user moved to another account", ACCOUNTS.format("u", "b"), ACCOUNTS.format("a", "u"), "", [CLOSED]),
    ("account removed", ACCOUNTS.format("u", "b"), "accounts { B { users: [ {user: b, password: p} ] } }\n", "", [CLOSED]),
    ("password changed", TWO_USERS, USERS.format("q"), "", [VIOLATION, CLOSED]),
    ("token changed", TOKEN, "authorization { token: q }\n", "", [VIOLATION, CLOSED], BY_TOKEN),
    ("token unchanged", TOKEN, TOKEN, "", [OPEN], BY_TOKEN),
    ("users unchanged", TWO_USERS, TWO_USERS, "", [OPEN]),
    ("single user unchanged", SINGLE, SINGLE, "", [CLOSED]),
    ("no users, and the client names one", "", "", "", [CLOSED]),
    ("no users, and the client names none", "", "", "", [OPEN], NOBODY),
    ("users added where there were none", "", TWO_USERS, "", [VIOLATION, CLOSED], NOBODY),
    ("no_auth_user removed with its user", NO_AUTH, "", "", [CLOSED], NOBODY),
    ("connection types that still allow it", TWO_USERS, of_types("STANDARD"), "", [OPEN]),
    ("connection types that do not allow it", TWO_USERS, of_types("WEBSOCKET"), "", [VIOLATION, CLOSED]),
    ("subscription not allowed any more", allowed(">"), allowed("b.x"), "SUB a 1\r\nSUB b.x 2\r\n",
     ["-ERR 'Permissions Violation for Subscription to \"a\" (sid \"1\")'", OPEN]),
    ("queue subscription not allowed any more", allowed(">"), allowed("b.x"), "SUB a q 1\r\n",
     ["-ERR 'Permissions Violation for Subscription to \"a\" using queue \"q\" (sid \"1\")'", OPEN]),
    ("subscription allowed in part", allowed(">"), allowed(">").replace('subscribe: ">"', 'subscribe: {allow: ">", deny: "a.no"}'),
     "SUB a.* 1\r\n", ["<PUB a.no 1\r\n1\r\nPUB a.yes 1\r\n2\r\n>", "MSG a.yes 1 1", "2", OPEN]),
    ("publishing not allowed any more", allowed(">"), allowed(">", "b"), "PUB a 1\r\n1\r\n",
     ["<PUB a 1\r\n1\r\n>", "-ERR 'Permissions Violation for Publish to \"a\"'", OPEN]),
    ("publishing allowed from now on", allowed(">", "b"), allowed(">", "a"), "SUB a 1\r\n",
     ["<PUB a 1\r\n1\r\n>", "MSG a 1 1", "1", OPEN]),
    ("below the limit of subscriptions", limited(2), limited(2), "SUB a 1\r\n", [OPEN]),
    ("at the limit of subscriptions", limited(2), limited(2), "SUB a 1\r\nSUB b 2\r\n", [TOO_MANY_SUBSCRIPTIONS, CLOSED]),
    ("over a new limit of subscriptions", limited(2), limited(1), "SUB a 1\r\nSUB b 2\r\n", [TOO_MANY_SUBSCRIPTIONS, CLOSED]),
    ("max_payload lowered", TWO_USERS, TWO_USERS + "max_payload: 100\n", "", [OPEN]),
]


class Reload(unittest.TestCase):
    def play(self, before, after, sends, expected, options='{"verbose":false,"user":"u","pass":"p"}'):
        with tempfile.TemporaryDirectory(prefix="midge-reload-") as folder:
            config = os.path.join(folder, "server.conf")

            def write(text):
                with open(config, "w", encoding="utf-8") as file:
                    file.write('listen: "127.0.0.1:-1"\n' + text)
            write(before)
            with Program(f"{SERVER} -c server.conf", os.environ.copy(), folder) as server:
                port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
                server.wait_for("Server is ready")
                client = Client(port, options)
                client.send(sends + "PING\r\n")
                while client.line() != "PONG":
                    pass
                write(after)
                server.signal(signal.SIGHUP)
                server.wait_for("Reloaded server configuration")
                for item in expected:
                    if item.startswith("<"):
                        client.send(item[1:-1])
                    elif item == OPEN:
                        client.flush()
                    else:
                        self.assertEqual(client.line(), None if item == CLOSED else item)

    def test_every_row_is_in_the_page(self):
        with open(DOCS, encoding="utf-8") as file:
            described = re.findall(r"^\| ([^|]+?) +\|", file.read(), flags=re.M)
        for name in (row[0] for row in ROWS):
            self.assertIn(name, described)


def add_tests():
    for number, (name, *row) in enumerate(ROWS):
        def test(self, row=row):
            self.play(*row)
        setattr(Reload, f"test_{number:02}_" + re.sub(r"\W+", "_", name), test)


if __name__ == "__main__":
    OFFICIAL = sys.argv[1] == "--nats-server"
    SERVER = os.environ.get("NATS_SERVER") if OFFICIAL else sys.argv[1]
    if not SERVER:
        sys.exit(77)  # ctest: skipped
    SERVER = os.path.abspath(SERVER)
    add_tests()
    unittest.main(argv=sys.argv[:1], warnings="ignore")
