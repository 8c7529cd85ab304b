"""What a server says of itself to the system account, compared member by member with nats-server.

Both servers get the same configuration and the same clients. Every reply has the same members in the same order, of the same
types, and those that do not depend on the time or on the implementation have the same values."""
import json
import os
import sys
import tempfile
import time
import unittest

from client import Client
from programs import Program

SERVER = None  # midged
OFFICIAL = None  # nats-server

CONFIG = """
listen: "127.0.0.1:-1"
server_name: lab
server_tags: ["az:1", "rack:2"]
server_metadata { owner: ops }
accounts {
  A {
    users: [ {user: a, password: a} ]
    mappings: { "m.x": [ {destination: n.x, weight: 50%} ], "q": "r" }
    exports: [
      {service: "svc.>"}
      {service: "st", latency: {sampling: 50%, subject: "lat"}, accounts: [B]}
      {service: "many", response_type: stream}
      {stream: "ev.>", accounts: [B]}
      {stream: "open.>"}
    ]
  }
  B {
    users: [ {user: b, password: b} ]
    imports: [
      {service: {account: A, subject: "svc.x"}, to: "local.x"}
      {service: {account: A, subject: "st"}, share: true}
      {stream: {account: A, subject: "ev.>"}, prefix: "p"}
    ]
  }
  SYS { users: [ {user: s, password: s} ] }
}
system_account: SYS
"""
CONNECT = ('{"verbose":false,"protocol":1,"user":"%s","pass":"%s","name":"client of %s","lang":"py","version":"1.2","headers":true,'
           '"no_responders":true}')

# Members whose values depend on the time, the machine, or the implementation of the server; here their types are compared.
VARIABLE = {
    "id", "server_id", "time", "timestamp", "seq", "now", "start", "uptime", "last_activity", "rtt", "idle", "stop", "port", "mem", "cpu",
    "config_load_time", "config_digest", "update_time", "num_subscriptions", "num_cache", "num_inserts", "num_removes", "num_matches",
    "cache_hit_rate", "max_fanout", "avg_fanout", "subscriptions", "go", "cid", "sid", "msgs", "bytes", "in_msgs", "out_msgs", "in_bytes",
    "out_bytes", "in_client_msgs", "in_client_bytes", "out_client_msgs", "out_client_bytes", "http_port", "pending_bytes", "total",
    "gomaxprocs", "cores", "max_memory", "num_connections", "connections", "total_connections",
}
# Members that only one of the servers has; docs/differences.md says why.
ONLY_THERE = {"memstats", "in_progress", "cmdline", "responses"}

PING = "$SYS.REQ.SERVER.PING."
ACCOUNT = "$SYS.REQ.ACCOUNT."
# Requests of the system account: subject and payload.
REQUESTS = [
    (PING + "VARZ", ""), (PING + "IDZ", ""), (PING + "STATSZ", ""), ("$SYS.REQ.SERVER.PING", ""),
    (PING + "CONNZ", ""), (PING + "CONNZ", '{"auth":true,"subscriptions":true}'), (PING + "CONNZ", '{"auth":true,"subscriptions_detail":true}'),
    (PING + "CONNZ", '{"state":1,"auth":true}'), (PING + "CONNZ", '{"state":2,"sort":"start"}'), (PING + "CONNZ", '{"acc":"A"}'),
    (PING + "CONNZ", '{"acc":"nope"}'), (PING + "CONNZ", '{"user":"b","auth":true}'), (PING + "CONNZ", '{"offset":1,"limit":1}'),
    (PING + "CONNZ", '{"acc":"A","filter_subject":"foo.bar"}'), (PING + "CONNZ", '{"acc":"A","filter_subject":"nothing"}'),
    (PING + "CONNZ", '{"filter_subject":"foo.bar"}'), (PING + "CONNZ", '{"sort":"foo"}'), (PING + "CONNZ", '{"sort":"stop"}'),
    (PING + "CONNZ", '{"sort":"reason"}'), (PING + "CONNZ", '{"state":1,"sort":"reason"}'),
    (PING + "SUBSZ", ""), (PING + "SUBSZ", '{"subscriptions":true,"account":"B"}'), (PING + "SUBSZ", '{"test":"a.*"}'),
    (PING + "SUBSZ", '{"subscriptions":true,"test":"foo.bar","account":"A"}'),
    (PING + "ACCOUNTZ", ""), (PING + "ACCOUNTZ", '{"account":"A"}'), (PING + "ACCOUNTZ", '{"account":"B"}'),
    (PING + "ACCOUNTZ", '{"account":"$G"}'), (PING + "ACCOUNTZ", '{"account":"SYS"}'), (PING + "ACCOUNTZ", '{"account":"ZZ"}'),
    (PING + "ROUTEZ", ""), (PING + "GATEWAYZ", ""), (PING + "LEAFZ", ""), (PING + "JSZ", ""), (PING + "RAFTZ", ""),
    (PING + "HEALTHZ", ""), (PING + "HEALTHZ", '{"stream":"x"}'), (PING + "HEALTHZ", '{"details":true,"consumer":"x"}'),
    (PING + "HEALTHZ", '{"account":"a","stream":"x","details":true}'),
    (PING + "PROFILEZ", ""), (PING + "PROFILEZ", '{"name":"none"}'), (PING + "EXPVARZ", ""),
    (ACCOUNT + "A.CONNZ", ""), (ACCOUNT + "A.CONNZ", '{"acc":"B"}'), (ACCOUNT + "ZZ.CONNZ", ""), (ACCOUNT + "A.SUBSZ", ""),
    (ACCOUNT + "A.LEAFZ", ""), (ACCOUNT + "A.JSZ", ""), (ACCOUNT + "A.INFO", ""), (ACCOUNT + "B.INFO", ""), (ACCOUNT + "ZZ.INFO", ""),
    (ACCOUNT + "A.STATZ", ""), (ACCOUNT + "A.CONNS", ""), (ACCOUNT + "PING.STATZ", '{"accounts":["A"]}'),
    (ACCOUNT + "PING.STATZ", '{"accounts":["$G"],"include_unused":true}'), (ACCOUNT + "PING.CONNZ", ""),
    ("$SYS.REQ.USER.INFO", ""), ("$SYS.REQ.USER.A.INFO", ""), ("$SYS.DEBUG.SUBSCRIBERS", "foo.bar"), ("$SYS.DEBUG.SUBSCRIBERS", "foo.bar q"),
    (ACCOUNT + "NSUBS", '{"acc":"A","subject":"foo.bar"}'), (ACCOUNT + "NSUBS", '{"acc":"A","subject":"foo.bar","queue":"cQ=="}'),
    (PING + "VARZ", '{"server_name":"la","tags":["az:1"],"exact_match":false}'),
]
# Requests that no server answers: the next one is answered first.
SILENT = [
    (PING + "VARZ", '{"server_name":"other"}'), (PING + "VARZ", '{"server_name":"la","exact_match":true}'),
    (PING + "VARZ", '{"tags":["none"]}'), (ACCOUNT + "C.STATZ", ""), (ACCOUNT + "$G.STATZ", ""),
    (ACCOUNT + "NSUBS", '{"acc":"ZZ","subject":"foo.bar"}'), (ACCOUNT + "ZZ.CONNS", ""),
]
# Payloads that are wrong: error 400, whatever the text.
WRONG = [(PING + "VARZ", "bad"), (PING + "VARZ", "[]"), (PING + "CONNZ", '{"limit":"x"}'), (PING + "SUBSZ", '{"account":1}'),
         (ACCOUNT + "A.STATZ", '{"include_unused":"x"}'), (ACCOUNT + "A.INFO", "x")]
# Requests of an ordinary account.
OWN = [("$SYS.REQ.USER.INFO", ""), (ACCOUNT + "PING.CONNZ", ""), (PING + "CONNZ", ""), (PING + "CONNZ", '{"acc":"B"}'),
       (ACCOUNT + "PING.STATZ", ""), (PING + "VARZ", ""), ("$SYS.DEBUG.SUBSCRIBERS", "x"), (ACCOUNT + "A.INFO", "")]


class Asker(Client):
    """A client that asks, and reads answers with headers."""

    def __init__(self, port, user):
        super().__init__(port, CONNECT % (user, user, user))
        self.send("SUB answer.* 9\r\n")
        self.flush()

    def message(self):
        """The next message: its subject, its header and its body."""
        line = self.line()
        while not line.startswith(("MSG ", "HMSG ")):
            line = self.line()
        words = line.split()
        size = int(words[-1])
        header_size = int(words[-2]) if words[0] == "HMSG" else 0
        while len(self.buffer) < size + 2:
            assert self.fill()
        data, self.buffer = self.buffer[:size], self.buffer[size + 2:]
        return words[1], data[:header_size], data[header_size:]

    def publish(self, subject, payload, number, header=""):
        operation = f"HPUB {subject} answer.{number} {len(header)} {len(header) + len(payload)}" if header \
            else f"PUB {subject} answer.{number} {len(payload)}"
        self.send(f"{operation}\r\n{header}{payload}\r\n")

    def ask(self, subject, payload="", header=""):
        self.publish(subject, payload, 1, header)
        return self.message()[1:]


class Running:
    """A server with the same clients as the other one."""

    def __init__(self, command):
        self.folder = tempfile.TemporaryDirectory(prefix="midge-monitoring-")
        with open(os.path.join(self.folder.name, "server.conf"), "w", encoding="utf-8") as file:
            file.write(CONFIG)
        self.program = Program(f"{command} -c server.conf", os.environ.copy(), self.folder.name)
        self.port = int(self.program.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        self.program.wait_for("Server is ready")
        self.a = Asker(self.port, "a")
        self.a.send("SUB foo.* 1\r\nSUB foo.bar q 2\r\nSUB svc.x 3\r\nUNSUB 3 10\r\n")
        self.a.flush()
        self.b = Asker(self.port, "b")
        self.b.send("SUB p.ev.> 1\r\nPUB local.x answer.0 3\r\nabc\r\nPUB nobody 2\r\nhi\r\n")
        self.b.flush()
        assert self.a.message()[2] == b"abc"
        gone = Asker(self.port, "a")
        gone.socket.close()
        self.system = Asker(self.port, "s")
        while json.loads(self.system.ask(PING + "CONNZ", '{"state":1}')[1])["data"]["num_connections"] == 0:
            time.sleep(0.01)  # until the server has noticed; each round asks again
        self.identity = json.loads(self.system.ask(PING + "IDZ")[1])["id"]

    def stop(self):
        self.program.__exit__(None)
        self.folder.cleanup()


def shape(value, name=None):
    """The value, or its type where values differ between any two servers."""
    if isinstance(value, dict):
        return [(key, shape(item, key)) for key, item in value.items() if key not in ONLY_THERE]
    if isinstance(value, list):
        items = [shape(item, name if isinstance(item, (str, int)) else None) for item in value]
        return sorted(items, key=repr)
    if isinstance(value, str) and value.startswith("_R_."):
        return "_R_"
    if name in VARIABLE:
        kind = "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__
        return f"<{kind}>"
    return value


def read(data):
    text = data.decode()
    try:
        return shape(json.loads(text))
    except ValueError:
        return text


class Monitoring(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.servers = [Running(SERVER), Running(OFFICIAL)]

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers:
            server.stop()

    def compare(self, ask):
        ours, theirs = (ask(server) for server in self.servers)
        self.assertEqual(ours, theirs)

    def test_each_request_of_the_system_account(self):
        for subject, payload in REQUESTS:
            with self.subTest(subject=subject, payload=payload):
                self.compare(lambda server: [read(part) for part in server.system.ask(subject, payload)])

    def test_the_same_by_the_id_of_the_server(self):
        for name in ("VARZ", "CONNZ", "SUBSZ", "ACCOUNTZ", "ROUTEZ", "GATEWAYZ", "LEAFZ", "JSZ", "HEALTHZ", "STATSZ", "IDZ", "RAFTZ",
                     "PROFILEZ", "EXPVARZ"):
            with self.subTest(name=name):
                self.compare(lambda server: read(server.system.ask(f"$SYS.REQ.SERVER.{server.identity}.{name}")[1]))

    def test_who_is_not_meant_stays_silent(self):
        for subject, payload in SILENT:
            with self.subTest(subject=subject, payload=payload):
                for server in self.servers:
                    server.system.publish(subject, payload, 2)
                    server.system.publish(PING + "IDZ", "", 3)
                    self.assertEqual(server.system.message()[0], "answer.3")

    def test_wrong_payloads_are_an_error_400(self):
        for subject, payload in WRONG:
            with self.subTest(subject=subject, payload=payload):
                for server in self.servers:
                    reply = json.loads(server.system.ask(subject, payload)[1])
                    self.assertEqual(list(reply), ["server", "error"])
                    self.assertEqual(reply["error"]["code"], 400)

    def test_an_ordinary_account_sees_itself_and_nobody_else(self):
        for subject, payload in OWN:
            with self.subTest(subject=subject, payload=payload):
                self.compare(lambda server: [read(part) for part in server.a.ask(subject, payload)])

    def test_the_system_account_sees_the_requests_of_others(self):
        def watch(server):
            watcher = Asker(server.port, "s")
            watcher.send("SUB $SYS.REQ.> 1\r\nSUB _R_.> 2\r\n")
            watcher.flush()
            subjects = ("$SYS.REQ.USER.INFO", ACCOUNT + "PING.CONNZ", ACCOUNT + "PING.STATZ", PING + "CONNZ")
            for subject in subjects:
                server.b.ask(subject)
            seen = []
            for asked, header, _ in (watcher.message() for _ in range(2 * len(subjects))):
                info = shape(json.loads(header.split(b": ", 1)[1])) if header else None
                seen.append((asked if header else asked.split(".")[0], info))
            watcher.socket.close()
            return sorted(seen, key=repr)
        self.compare(watch)

    def test_replies_are_compressed_on_request(self):
        for accepted in ("snappy", "s2, gzip", "gzip", "br"):
            with self.subTest(accepted=accepted):
                self.compare(lambda server: server.system.ask(
                    PING + "VARZ", "", f"NATS/1.0\r\nAccept-Encoding: {accepted}\r\n\r\n")[0])


if __name__ == "__main__":
    OFFICIAL = os.environ.get("NATS_SERVER")
    SERVER = os.path.abspath(sys.argv[1])
    if not OFFICIAL:
        sys.exit(77)  # ctest: skipped
    unittest.main(argv=sys.argv[:1], warnings="ignore")
