"""Tests of midge-account-server over real sockets: its HTTP API, its stores and its limits."""

import errno
import http.client
import json
import re
import signal
import socket
import stat
import subprocess
import time
import unittest

from harness import BIN, ToolTest, claims_of


class Server:
    """A running account server on a free port, with its log in a file."""

    def __init__(self, test, *args):
        self.log_path = test.home / f"server-{time.monotonic_ns()}.log"
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen(
                [BIN / "nats-names/nats-account-server", "-hp", "localhost:0", *args], stderr=log, env=test.env, cwd=test.home)
        test.addCleanup(self.stop)
        self.port = int(self.wait_for(r"resolver: URL\(http://localhost:(\d+)/jwt/v1/accounts/\)\n"))

    def log(self):
        return self.log_path.read_text()

    def wait_for(self, pattern, count=1):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = re.findall(pattern, self.log())
            if len(found) >= count:
                return found[-1]
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError(f"no {pattern!r} in the log:\n{self.log()}")

    def request(self, method, path, body=None, headers=None, host="127.0.0.1"):
        connection = http.client.HTTPConnection(host, self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return reply.status, reply.read().decode(), reply.headers
        finally:
            connection.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body):
        return self.request("POST", path, body, {"Content-Type": "application/jwt"})

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


class AccountServerTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.add_saop()
        self.sys = self.token("SAOP/accounts/SYS/SYS.jwt")
        self.key = claims_of(self.sys)["sub"]
        self.path = f"/jwt/v1/accounts/{self.key}"

    def dir_server(self, *args):
        return Server(self, "-dir", "jwts", "-operator", str(self.data / "stores/SAOP/SAOP.jwt"), *args)

    def nsc_server(self, *args):
        return Server(self, "-nsc", "~/.nsc/nats/SAOP", *args)


class Reading(AccountServerTest):
    def test_of_an_nsc_store_works_as_in_the_tutorial(self):
        server = self.nsc_server()
        self.assertTrue(server.log().rstrip().endswith(f"  resolver: URL(http://localhost:{server.port}/jwt/v1/accounts/)"))
        status, body, headers = server.get(self.path)
        self.assertEqual((status, body, headers["Content-Type"]), (200, self.sys, "application/jwt"))
        self.assertEqual(headers["Etag"], f'"{claims_of(self.sys)["jti"]}"')
        self.assertRegex(headers["Cache-Control"], r"^max-age=-\d+, stale-while-revalidate=3600, stale-if-error=3600$")
        self.nsc("add", "account", "-n", "APP")
        app = self.token("SAOP/accounts/APP/APP.jwt")
        self.assertEqual(server.get(f"/jwt/v1/accounts/{claims_of(app)['sub']}")[1], app)
        self.assertEqual(server.stop(), 0, server.log())

    def test_answers_the_resolver_check_without_a_body(self):
        server = self.nsc_server()
        for path in ("/jwt/v1/accounts", "/jwt/v1/accounts/"):
            status, body, headers = server.get(path)
            self.assertEqual((status, body, headers["Cache-Control"], headers["Pragma"], headers["Expires"]),
                             (200, "", "no-cache, no-store, must-revalidate", "no-cache", "0"))

    def test_answers_304_to_the_known_tag(self):
        server = self.nsc_server()
        tag = server.get(self.path)[2]["Etag"]
        self.assertEqual(server.get(self.path, headers={"If-None-Match": f'"x", {tag}'})[:2], (304, ""))
        self.assertEqual(server.get(self.path, headers={"If-None-Match": '"x"'})[0], 200)

    def test_shows_text_and_decoded_forms(self):
        server = self.nsc_server()
        status, body, headers = server.get(self.path + "?text=true")
        self.assertEqual((status, body, headers["Content-Type"]), (200, self.sys, "text/plain"))
        status, body, headers = server.get(self.path + "?decode=TRUE")
        header, claims, signature = body.split("\n\r\n")
        self.assertEqual(json.loads(header), {"alg": "ed25519-nkey", "typ": "JWT"})
        self.assertRegex(claims, r'\n    "iat": \d+ \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\),\n')
        self.assertEqual(json.loads(re.sub(r" \(.*? UTC\)", "", claims)), claims_of(self.sys))
        self.assertEqual(signature, self.sys.split(".")[2])

    def test_checks_the_expiry_when_asked(self):
        self.nsc("add", "account", "-n", "OLD", "--expiry", "2020-01-01")
        key = claims_of(self.token("SAOP/accounts/OLD/OLD.jwt"))["sub"]
        server = self.nsc_server()
        self.assertEqual(server.get(f"/jwt/v1/accounts/{key}")[0], 200)
        self.assertEqual(server.get(f"/jwt/v1/accounts/{key}?check=true")[:2], (404, ""))
        self.assertEqual(server.get(self.path + "?check=true")[0], 200)

    def test_refuses_what_it_does_not_have(self):
        server = self.nsc_server()
        stranger = self.run_program("nk", "-gen", "account", "-pubout").stdout.split()[1]
        for name in (stranger, "nonsense", "..%2f..%2fSAOP.jwt"):
            self.assertIn(server.get(f"/jwt/v1/accounts/{name}")[:2],
                          [(404, "no matching account JWT\n"), (404, "404 page not found\n")])
        self.assertEqual(server.get(self.path + "?jti=x")[:2], (501, "lookup by jti is no longer supported\n"))
        self.assertEqual(server.get(self.path + "?notify=true")[0], 501)
        self.assertEqual(server.get("/jwt/v1/activations/x")[0], 404)
        self.assertEqual(server.request("DELETE", self.path)[0], 405)

    def test_serves_help_health_and_operator(self):
        server = self.nsc_server()
        self.assertIn("GET /jwt/v1/pack", server.get("/jwt/v1/help")[1])
        self.assertEqual(server.get("/healthz")[:2], (200, ""))
        operator = self.token("SAOP/SAOP.jwt")
        self.assertEqual(server.get("/jwt/v1/operator")[1], operator)
        self.assertEqual(server.get("/jwt/v1/operator?text=true")[2]["Content-Type"], "text/plain")
        self.assertEqual(Server(self, "-dir", "empty").get("/jwt/v1/operator")[0], 404)

    def test_packs_all_accounts(self):
        self.nsc("add", "account", "-n", "APP")
        server = self.nsc_server()
        status, body, headers = server.get("/jwt/v1/pack")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain"))
        packed = dict(line.split("|") for line in body.split("\n"))
        self.assertEqual(packed[self.key], self.sys)
        self.assertEqual(len(packed), 2)
        self.assertEqual(len(server.get("/jwt/v1/pack?max=1")[1].split("\n")), 1)
        pages, path = [], "/jwt/v1/pack?max=1"
        while path:
            status, body, headers = server.get(path)
            self.assertEqual(status, 200)
            pages += body.split("\n")
            path = re.sub(r'<(.*)>; rel="next"', r"\1", headers["Link"] or "")
        self.assertEqual(pages, [f"{key}|{packed[key]}" for key in sorted(packed)])
        self.assertIsNone(server.get("/jwt/v1/pack")[2]["Link"])
        self.assertEqual(server.get("/jwt/v1/pack?max=x")[:2], (400, 'bad max parameter "x"\n'))
        self.assertEqual(server.get("/jwt/v1/pack?max=10001")[:2],
                         (400, 'bad max parameter "10001", no more than 10000 are allowed\n'))

    def test_works_over_ipv6_where_there_is_any(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError:
            self.skipTest("no IPv6 here")
        server = self.nsc_server()
        self.assertEqual(server.get(self.path, host="::1")[1], self.sys)


class Posting(AccountServerTest):
    def test_stores_what_the_operator_signed(self):
        server = self.dir_server()
        self.assertEqual(server.get(self.path)[0], 404)
        self.assertEqual(server.post(self.path, self.sys)[:2], (200, ""))
        self.assertEqual(server.get(self.path)[1], self.sys)
        self.assertEqual((self.home / f"jwts/{self.key}.jwt").read_text(), self.sys)
        self.assertEqual(server.stop(), 0, server.log())
        self.assertEqual(self.dir_server().get(self.path)[1], self.sys)

    def test_into_an_nsc_store_keeps_its_layout(self):
        self.nsc("-H", "other", "add", "operator", "-u", str(self.data / "stores/SAOP/SAOP.jwt"))
        server = Server(self, "-nsc", "other/SAOP")
        self.assertEqual(server.post(self.path, self.sys)[:2], (200, ""))
        file = self.home / "other/SAOP/accounts/SYS/SYS.jwt"
        self.assertEqual(file.read_text(), self.sys)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        # Another account with that name would hide the first one.
        self.nsc("-H", "clone", "add", "operator", "-u", str(self.data / "stores/SAOP/SAOP.jwt"))
        operator_key = claims_of(self.token("SAOP/SAOP.jwt"))["sub"]
        seed = self.data / f"keys/keys/O/{operator_key[1:3]}/{operator_key}.nk"
        self.nsc("-H", "clone", "-K", str(seed), "add", "account", "SYS")
        twin = (self.home / "clone/SAOP/accounts/SYS/SYS.jwt").read_text()
        self.assertEqual(server.post(f"/jwt/v1/accounts/{claims_of(twin)['sub']}", twin)[:2], (500, "error saving JWT\n"))
        self.assertEqual(file.read_text(), self.sys)

    def test_refuses_with_the_reason(self):
        server = self.dir_server()
        self.nsc("-H", "other", "add", "operator", "OTHER")
        self.nsc("-H", "other", "add", "account", "FOREIGN")
        foreign = (self.home / "other/OTHER/accounts/FOREIGN/FOREIGN.jwt").read_text()
        self.nsc("-H", "managed", "add", "operator", "-u", str(self.data / "stores/SAOP/SAOP.jwt"))
        self.nsc("-H", "managed", "add", "account", "SELF")
        self_signed = (self.home / "managed/SAOP/accounts/SELF/SELF.jwt").read_text()
        self.nsc("add", "account", "-n", "OLD", "--expiry", "2020-01-01")
        expired = self.token("SAOP/accounts/OLD/OLD.jwt")
        head, body, signature = self.sys.split(".")
        forged = f"{head}.{body}.{'A' * len(signature)}"

        def at(token):
            return f"/jwt/v1/accounts/{claims_of(token)['sub']}"

        for path, token, text in (
                (self.path, "garbage", "bad JWT in request"),
                (self.path, "", "bad JWT in request"),
                (self.path, self.token("SAOP/SAOP.jwt"), "bad JWT in request"),
                (self.path, forged, "bad JWT in request"),
                (at(foreign), self.sys, "pub keys don't match"),
                (at(foreign), foreign, "untrusted issuer in request"),
                (at(self_signed), self_signed, "Signing service not enabled")):
            self.assertEqual(server.post(path, token)[:2], (400, text + "\n"))
        status, text, _ = server.post(at(expired), expired)
        self.assertEqual(status, 400)
        self.assertTrue(text.startswith("The server was unable to update your account JWT. One more more validation issues"
                                        " occurred.\n\t - "), text)
        self.assertEqual(server.get("/jwt/v1/pack")[1], "")
        self.assertNotIn(body, server.log())

    def test_without_an_operator_is_never_trusted(self):
        server = Server(self, "-dir", "jwts")
        self.assertEqual(server.post(self.path, self.sys)[:2], (400, "untrusted issuer in request\n"))


class Limits(AccountServerTest):
    def test_of_the_body_are_kept(self):
        server = self.dir_server()
        self.assertEqual(server.post(self.path, "x" * (1024 * 1024 + 1))[0], 413)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(f"POST {self.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n".encode())
            self.assertIn(b" 413 ", client.recv(4096))
        self.assertEqual(server.get("/healthz")[0], 200)

    def test_of_time_end_clients_that_drip(self):
        (self.home / "server.conf").write_text("http { ReadTimeout: 300, WriteTimeout: 200 }\n")
        server = self.dir_server("-c", "server.conf")
        clients = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(40)]
        started = time.monotonic()
        for client in clients:
            client.sendall(b"GET /healthz HT")
        # More clients than threads. Each is disconnected at its deadline, so that the next request is served.
        self.assertEqual(server.get("/healthz")[0], 200)
        self.assertLess(time.monotonic() - started, 20)
        for client in clients:
            with client:
                try:
                    while client.recv(4096):
                        pass
                except ConnectionError:
                    pass

    def test_of_patience_end_clients_that_say_nothing_while_others_wait(self):
        server = self.dir_server()
        # More than the threads and the queue, if they were served without a deadline.
        silent = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(100)]
        dripping = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(100)]
        for client in dripping:
            client.sendall(b"GET /healthz HT")
        for _ in range(5):
            self.assertEqual(server.get("/healthz")[0], 200)
        for client in (*silent, *dripping):
            client.close()

    def test_of_malformed_requests(self):
        server = self.dir_server()
        for text in (b"\r\n\r\n", b"GET\r\n\r\n", b"\x00\x01\x02\r\n\r\n", b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET / HTTP/1.1\r\n" + b"A: " + b"x" * 100_000 + b"\r\n\r\n",
                     b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
                # The server may answer and close, with unread bytes, before the client has finished.
                try:
                    client.sendall(text)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(4096):
                        pass
                except OSError as error:
                    self.assertIn(error.errno, (errno.ECONNRESET, errno.EPIPE, errno.ENOTCONN))
        self.assertEqual(server.get("/healthz")[0], 200)


class Running(AccountServerTest):
    def test_restarts_on_hup(self):
        server = self.dir_server()
        server.process.send_signal(signal.SIGHUP)
        server.port = int(server.wait_for(r"resolver: URL\(http://localhost:(\d+)/", count=2))
        self.assertEqual(server.get("/healthz")[0], 200)

    def test_takes_its_settings_from_a_file_and_flags_win(self):
        (self.home / "server.conf").write_text(
            f'operatorJWTpath: "{self.data}/stores/SAOP/SAOP.jwt"\n'
            'store: {dir: "from-file"}\nHTTP: {Host: "127.0.0.1", PORT: 1}\nlogging {time: false}\nnonsense: 1\n')
        server = Server(self, "-c", "server.conf")
        self.assertIn('unknown field "nonsense" is ignored', server.log())
        self.assertEqual(server.post(self.path, self.sys)[0], 200)
        self.assertTrue((self.home / f"from-file/{self.key}.jwt").is_file())

    def test_does_not_need_nats_to_be_up(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            creds = self.home / ".nkeys/SAOP/accounts/SYS/users/SYSU.creds"
            server = self.dir_server("-nats", f"nats://127.0.0.1:{taken.getsockname()[1]}", "-creds", str(creds))
            self.assertEqual(server.post(self.path, self.sys)[:2], (200, ""))
            self.assertEqual(server.stop(), 0, server.log())

    def refused(self, *args):
        done = self.run_program("nats-account-server", *args, ok=False)
        return done.stderr

    def test_refuses_what_it_cannot_do(self):
        self.assertIn("-nonsense", self.refused("-nonsense"))
        self.assertIn("-primary is not supported yet", self.refused("-primary", "http://x"))
        self.assertIn("-ro is not supported", self.refused("-ro"))
        self.assertIn("exclude each other", self.refused("-nsc", "a", "-dir", "b"))
        self.assertIn("expected 0..65535", self.refused("-hp", "localhost:70000"))
        self.assertIn("not a valid data directory", self.refused("-nsc", "nowhere"))
        (self.home / "tls.conf").write_text("http: {tls: {}}")
        self.assertIn('tls.conf:1:7: "tls" is not supported yet', self.refused("-c", "tls.conf"))
        (self.home / "port.conf").write_text("http: {port: 70000}")
        self.assertIn("expected 0..65535", self.refused("-c", "port.conf"))

    def test_says_when_the_port_is_taken(self):
        server = self.dir_server()
        self.assertIn("cannot listen on", self.refused("-dir", "x", "-hp", f"127.0.0.1:{server.port}"))


if __name__ == "__main__":
    unittest.main()
