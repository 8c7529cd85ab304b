"""What a tls block allows, from outside: versions, suites and curves that a client can have, whose certificates are good,
when INFO comes, how many handshakes a second; and what the log says of each that failed.

Of midged and, to prove the tables right, of the nats-server that NATS_SERVER names. A restriction may never be wider
than nats-server's; where it is narrower, docs/differences.md says so."""
import hashlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import warnings

from programs import PATIENCE, Program

SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server
CERTIFICATES = None

TLS13 = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
# OpenSSL's names, which a client uses.
GCM = {f"ECDHE-{key}-{suite}" for key in ("ECDSA", "RSA")
       for suite in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")}
CBC = {f"ECDHE-{key}-{suite}" for key in ("ECDSA", "RSA") for suite in ("AES128-SHA", "AES256-SHA")}
WEAK = {"AES128-SHA", "AES256-SHA", "AES128-SHA256", "AES128-GCM-SHA256", "AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA256",
        "ECDHE-ECDSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-SHA", "ECDHE-ECDSA-AES128-CCM",
        "ECDHE-RSA-AES256-SHA384", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-CAMELLIA128-SHA256", "ADH-AES128-GCM-SHA256",
        "AES128-CCM", "PSK-AES128-GCM-SHA256", "ECDHE-ECDSA-NULL-SHA", "NULL-SHA256"}
CURVES = {"P-256", "P-384", "P-521", "X25519"}
OTHER_CURVES = {"X448", "ffdhe2048"}


class Row:
    """A tls block, and everything that a client can use with it. `own`: the same for Midge, if docs/differences.md has a
    difference."""

    def __init__(self, lines, suites=None, suites13=None, curves=None, own=None):
        self.lines = lines
        self.expected = {"suites": GCM | CBC if suites is None else suites, "suites13": TLS13 if suites13 is None else suites13,
                         "curves": CURVES if curves is None else curves}
        if not OFFICIAL:
            self.expected.update(own or {})


def rows():
    no_cbc = {"suites": GCM}
    rsa_gcm, ecdsa_cbc = "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA"
    return [
        Row("", own=no_cbc),
        Row('min_version: "1.2"', own=no_cbc),
        Row('min_version: "1.3"', suites=set()),
        Row("cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]", suites={rsa_gcm}),
        Row("cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA]", suites={rsa_gcm, ecdsa_cbc}),
        Row("cipher_suites: [TLS_AES_256_GCM_SHA384]", suites=set(), own={"suites13": {"TLS_AES_256_GCM_SHA384"}}),
        Row("cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]", suites={rsa_gcm},
            own={"suites13": {"TLS_AES_128_GCM_SHA256"}}),
        Row('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256], min_version: "1.3"', suites=set()),
        Row("cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_256_GCM_SHA384], allow_insecure_cipher_suites: true",
            suites={"AES128-SHA", "AES256-GCM-SHA384"}),
        Row("allow_insecure_cipher_suites: true", own=no_cbc),
        Row("curve_preferences: [CurveP384]", curves={"P-384"}, own=no_cbc),
        Row("curve_preferences: [X25519, CurveP256]", curves={"X25519", "P-256"}, own=no_cbc),
        Row("curve_preferences: [CurveP521, CurveP521]", curves={"P-521"}, own=no_cbc),
    ]


class Tls(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="midge-tls-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def start(self, lines, top="", pairs=("server",)):
        certs = "".join(f'{{ cert_file: "{CERTIFICATES}/{name}.pem", key_file: "{CERTIFICATES}/{name}.key" }}\n' for name in pairs)
        with open(os.path.join(self.folder, "s.conf"), "w", encoding="utf-8") as file:
            file.write(f'listen: "127.0.0.1:-1"\n{top}\ntls {{\ncerts: [\n{certs}]\nca_file: "{CERTIFICATES}/ca.pem"\n{lines}\n}}\n')
        server = Program(f"{SERVER} -c s.conf", os.environ.copy(), self.folder)
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    # Versions, suites and curves.

    @staticmethod
    def handshake(port, *options):
        """Whether OpenSSL's client completes a handshake with these options, with TLS before INFO."""
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *options], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False)
        return "Cipher is (NONE)" not in done.stdout and "Cipher is " in done.stdout

    def takes(self, port, suites, version):
        """The same for a version before 1.3, in this process."""
        try:
            context = self.context(version=version, suites=f"{suites}:@SECLEVEL=0")  # disables the client's own limits
            with context.wrap_socket(socket.create_connection(("127.0.0.1", port), PATIENCE)):
                return True
        except OSError:  # also for a suite that the client does not know
            return False

    def negotiable(self, port):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
                self.assertFalse(self.takes(port, "ALL:COMPLEMENTOFALL", version), version)
        of_tls12 = {suite for suite in GCM | CBC | WEAK if self.takes(port, suite, ssl.TLSVersion.TLSv1_2)}
        of_tls13 = {suite for suite in TLS13 | {"TLS_AES_128_CCM_SHA256"} if self.handshake(port, "-tls1_3", "-ciphersuites", suite)}
        curves = {curve for curve in CURVES | OTHER_CURVES if self.handshake(port, "-tls1_3", "-groups", curve)}
        if of_tls12 & GCM:
            older = {curve for curve in CURVES | {"X448"} if self.handshake(port, "-tls1_2", "-groups", curve)}
            self.assertEqual(older, curves, "TLS 1.2")
        return {"suites": of_tls12, "suites13": of_tls13, "curves": curves}

    @unittest.skipUnless(shutil.which("openssl"), "needs the program openssl")
    def test_a_client_can_have_the_versions_suites_and_curves_of_the_block_and_no_others(self):
        for row in rows():
            with self.subTest(row.lines), self.start(f"handshake_first: true\n{row.lines}", pairs=("server", "rsa")) as server:
                self.assertEqual(self.negotiable(server.port), row.expected)

    # Accepted clients, and the log lines about others.

    @staticmethod
    def context(certificate=None, version=None, suites=None, trusts=True):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE if trusts else ssl.CERT_REQUIRED
        if certificate:
            made.load_cert_chain(f"{CERTIFICATES}/{certificate}.pem", f"{CERTIFICATES}/{certificate}.key")
        if version:
            made.minimum_version = made.maximum_version = version
        if suites:
            made.set_ciphers(suites)
        return made

    @staticmethod
    def connect(port):
        """Returns a connection that has read INFO."""
        link = socket.create_connection(("127.0.0.1", port), PATIENCE)
        line = b""
        while not line.endswith(b"\n"):
            more = link.recv(1)
            if not more:
                break
            line += more
        return link

    def logs_in(self, port, context):
        with self.connect(port) as link:
            try:
                with context.wrap_socket(link) as tls:
                    tls.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
                    got = tls.recv(4096)
                    while got and b"PONG" not in got and b"-ERR" not in got:
                        got = tls.recv(4096)  # INFO is first if the handshake is
                    return b"PONG" in got
            except OSError:
                return False

    def pin(self, name):
        with open(os.path.join(CERTIFICATES, f"{name}.pin"), encoding="ascii") as file:
            return file.read().strip()

    def test_certificates_get_in_as_the_block_says(self):
        clients = (None, "bob", "amy", "stranger", "eve")
        users = 'authorization { users: [ { user: "bob@acme.com" } ] }'
        for lines, top, welcome in (
                ("", "", set(clients)),
                ("verify: true", "", {"bob", "amy"}),
                ("verify_and_map: true", users, {"bob"}),
                (f'verify: true, pinned_certs: ["{self.pin("amy")}"]', "", {"amy"}),
                (f'verify: true, pinned_certs: ["{self.pin("bob").upper()}", "{"a" * 64}"]', "", {"bob"}),
                # A client that is not asked for a certificate shows none.
                (f'pinned_certs: ["{self.pin("bob")}"]', "", set()),
                (f'verify: true, pinned_certs: ["{"a" * 64}"]', "", set())):
            with self.subTest(lines), self.start(lines, top) as server:
                for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                    entered = {name for name in clients if self.logs_in(server.port, self.context(name, version))}
                    self.assertEqual(entered, welcome, version)

    def fingerprint(self, name):
        with open(os.path.join(CERTIFICATES, f"{name}.pem"), encoding="ascii") as file:
            pem = file.read()
        der = ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERT"):])
        return hashlib.sha256(der).hexdigest()

    def test_the_log_says_why_a_handshake_failed_and_whose_certificate_it_was(self):
        unknown = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
        tls12 = ssl.TLSVersion.TLSv1_2
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old = self.context("bob", ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0")
        for context, expected in (
                (self.context(), "tls: client didn't provide a certificate"),
                (self.context(version=tls12), "tls: client didn't provide a certificate"),
                (self.context("eve"), f"{unknown} (CN=bob,O=acme SHA-256: {self.fingerprint('eve')})"),
                (self.context("eve", tls12), f"{unknown} (CN=bob,O=acme SHA-256: {self.fingerprint('eve')})"),
                (self.context("stranger"), f"{unknown} (CN=Test authority stranger SHA-256: {self.fingerprint('stranger')})"),
                (old, "tls: client offered only unsupported versions: [302 301]"),
                (self.context("bob", tls12, "AES128-SHA"),
                 "tls: no cipher suite supported by both client and server; client offered: [2f ff]"),
                (self.context("bob", tls12, trusts=False), "remote error: tls: unknown certificate authority"),
                (self.context("bob"), "certificate not pinned")):
            with self.subTest(expected), self.start(f'verify: true, pinned_certs: ["{self.pin("amy")}"]') as server:
                self.assertFalse(self.logs_in(server.port, context))
                line = server.wait_for("TLS handshake error").string
                self.assertRegex(line, r"\[ERR\] 127\.0\.0\.1:\d+ - cid:\d+ - TLS handshake error: " + re.escape(expected) + "$")

    def test_what_is_no_handshake_is_told_as_an_end_or_not_at_all(self):
        for first, expected in ((b"", "EOF"), (b"\x16\x03\x01", "unexpected EOF")):
            with self.subTest(first), self.start("") as server:
                with self.connect(server.port) as link:
                    link.sendall(first)
                line = server.wait_for("TLS handshake error").string
                self.assertTrue(line.endswith(f"TLS handshake error: {expected}"), line)
        for first in (b"CONNECT {}\r\nPING\r\n", b"GET / HTTP/1.1\r\n\r\n"):
            with self.subTest(first), self.start("") as server:
                with self.connect(server.port) as link:
                    link.sendall(first)
                    while link.recv(4096):
                        pass
                self.assertTrue(self.logs_in(server.port, self.context()))
            self.assertFalse([line for line in server.lines if "ERR" in line], server.lines)

    # Times and rates.

    def test_a_client_that_does_not_begin_is_cut_off(self):
        with self.start("timeout: 0.2") as server, self.connect(server.port) as link:
            self.assertEqual(link.recv(4096), b"")

    def test_info_comes_before_or_after_the_handshake(self):
        for value, before in (("true", False), ("auto", True), ('"50ms"', True), ("false", True)):
            with self.subTest(value), self.start(f"handshake_first: {value}") as server:
                if before:
                    self.assertTrue(self.logs_in(server.port, self.context()))
                if value != "false":
                    link = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
                    with self.context().wrap_socket(link) as tls:
                        self.assertTrue(tls.recv(4096).startswith(b"INFO "))

    def test_no_more_handshakes_a_second_than_it_says(self):
        with self.start("connection_rate_limit: 1") as server:
            answers = [self.logs_in(server.port, self.context())]
            while answers[-1] and len(answers) < 1000:
                answers.append(self.logs_in(server.port, self.context()))
            self.assertIs(answers[0], True)
            self.assertIs(answers[-1], False)


if __name__ == "__main__":
    OFFICIAL = sys.argv[1] == "--nats-server"
    SERVER = os.environ.get("NATS_SERVER") if OFFICIAL else sys.argv[1]
    if not SERVER:
        sys.exit(77)  # ctest: skipped
    SERVER = os.path.abspath(SERVER)
    CERTIFICATES = os.path.abspath(sys.argv[2])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
