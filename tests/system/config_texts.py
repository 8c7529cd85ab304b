"""Makes random configuration texts from the settings of nats-server: mostly valid, sometimes with one error."""
import pathlib
import string

# Settings of features that Midge does not have. It refuses them by name, unless their value means that the feature is off.
UNBUILT = {
    "cluster": "cluster", "connect_error_reports": "number", "default_js_domain": "texts_block",
    "disable_sublist_cache": "flag", "feature_flags": "flags_block", "gateway": "gateway", "http": "listen",
    "http_base_path": "text", "http_port": "number", "https": "listen", "https_port": "number", "jetstream": "jetstream",
    "leaf": "leafnodes", "leafnodes": "leafnodes", "max_closed_clients": "number", "monitor_port": "number",
    "mqtt": "mqtt", "no_sublist_cache": "flag", "ocsp": "ocsp", "ocsp_cache": "ocsp_cache", "prof_block_rate": "number",
    "prof_port": "number", "reconnect_error_reports": "number", "store_dir": "text", "storedir": "text",
    "write_timeout": "write_timeout",
}
# Settings with the kind of their values; each kind is a method of Maker.
TOP = {
    "listen": "listen", "host": "host", "net": "host", "port": "port", "client_advertise": "address",
    "server_name": "name", "server_tags": "names", "server_metadata": "texts_block", "proxy_protocol": "flag",
    "max_connections": "number", "max_conn": "number", "max_control_line": "size", "max_payload": "small_size",
    "max_pending": "large_size", "max_subscriptions": "number", "max_subs": "number",
    "max_subscription_tokens": "tokens", "max_sub_tokens": "tokens", "ping_interval": "duration", "ping_max": "number",
    "write_deadline": "duration", "no_fast_producer_stall": "flag", "no_header_support": "flag",
    "lame_duck_duration": "long_duration", "lame_duck_grace_period": "short_duration",
    "debug": "flag", "trace": "flag", "trace_verbose": "flag", "trace_headers": "flag", "logtime": "flag",
    "logtime_utc": "flag", "log_file": "path", "logfile": "path", "logfile_size_limit": "size",
    "log_size_limit": "size", "logfile_max_num": "number", "log_max_num": "number", "syslog": "flag",
    "remote_syslog": "text", "max_traced_msg_len": "number", "pid_file": "path", "pidfile": "path",
    "ports_file_dir": "path", "no_auth_user": "user_name", "no_system_account": "flag", "no_system": "flag",
    "no_sys_acc": "flag", "system_account": "account_name", "system": "account_name", "default_sentinel": "text",
    "trusted": "operator_keys", "trusted_keys": "operator_keys", "resolver_pinned_accounts": "account_keys",
    "allow_non_tls": "flag", "authorization": "authorization", "accounts": "accounts", "mappings": "mappings",
    "maps": "mappings", "tls": "tls", "websocket": "websocket", "ws": "websocket", "proxies": "proxies",
    "resolver": "resolver", "account_resolver": "resolver", "accounts_resolver": "resolver",
    "resolver_tls": "resolver_tls", "resolver_preload": "preload", "operator": "operator", "operators": "operator",
    "root": "operator", "roots": "operator", "root_operator": "operator", "root_operators": "operator",
}
AUTHORIZATION = {
    "user": "user_name", "username": "user_name", "pass": "password", "password": "password", "token": "password",
    "timeout": "seconds", "users": "users", "default_permissions": "permissions", "default_permission": "permissions",
    "permissions": "permissions", "auth_callout": "auth_callout", "auth_hook": "auth_callout", "proxy_required": "flag",
}
USER = {
    "user": "user_name", "username": "user_name", "pass": "password", "password": "password", "nkey": "user_key",
    "permissions": "permissions", "permission": "permissions", "authorization": "permissions",
    "allowed_connection_types": "connection_types",
    "connection_types": "connection_types", "clients": "connection_types", "proxy_required": "flag",
}
PERMISSIONS = {
    "publish": "subject_rules", "pub": "subject_rules", "import": "subject_rules", "subscribe": "subject_rules",
    "sub": "subject_rules", "export": "subject_rules", "allow_responses": "responses",
    "publish_allow_responses": "responses",
}
RESPONSES = {"max": "number", "max_msgs": "number", "max_messages": "number", "max_responses": "number",
             "expires": "duration", "expiration": "duration", "ttl": "duration"}
CALLOUT = {"issuer": "account_key", "account": "account_name", "acc": "account_name", "auth_users": "user_names",
           "users": "user_names", "xkey": "curve_key", "key": "curve_key", "allowed_accounts": "account_names"}
ACCOUNT = {
    "nkey": "account_key", "users": "users", "default_permissions": "permissions", "limits": "account_limits",
    "mappings": "mappings", "maps": "mappings", "exports": "exports", "imports": "imports", "msg_trace": "msg_trace",
    "trace_dest": "msg_trace", "jetstream": "jetstream",
}
ACCOUNT_LIMITS = {"max_connections": "limit", "max_conn": "limit", "max_subscriptions": "limit", "max_subs": "limit",
                  "max_payload": "limit", "max_pay": "limit", "max_leafnodes": "limit", "max_leafs": "limit"}
SERVICE_EXPORT = {"accounts": "account_names", "response_type": "response_type", "response": "response_type",
                  "response_threshold": "duration", "threshold": "duration", "response_max_time": "duration",
                  "response_time": "duration", "latency": "latency",
                  "allow_trace": "flag", "account_token_position": "position"}
STREAM_EXPORT = {"accounts": "account_names", "account_token_position": "position"}
MSG_TRACE = {"dest": "subject", "sampling": "percent"}
LATENCY = {"subject": "subject", "sampling": "percent"}
DESTINATION = {"destination": "subject", "dest": "subject", "weight": "percent", "cluster": "name"}
TLS = {
    "cert_file": "certificate", "key_file": "key_file", "ca_file": "authority", "verify": "flag",
    "verify_and_map": "flag", "insecure": "flag", "timeout": "seconds", "min_version": "tls_version",
    "cipher_suites": "suites", "curve_preferences": "curves", "allow_insecure_cipher_suites": "flag",
    "pinned_certs": "pins", "connection_rate_limit": "number", "handshake_first": "handshake_first",
    "first": "handshake_first", "immediate": "handshake_first", "certs": "certificates_list",
    "certificates": "certificates_list", "verify_cert_and_check_known_urls": "flag", "ocsp_peer": "ocsp_peer",
    "cert_store": "name", "cert_match_by": "name", "cert_match": "name", "cert_match_skip_invalid": "flag",
    "ca_certs_match": "names",
}
# TLS settings of features that Midge does not have, and TLS settings of a resolver that it does not apply.
UNBUILT_TLS = {"ocsp_peer", "cert_store", "cert_match_by", "cert_match", "cert_match_skip_invalid", "ca_certs_match"}
UNBUILT_RESOLVER_TLS = set(TLS) - {"cert_file", "key_file", "ca_file", "insecure"}
WEBSOCKET = {
    "listen": "listen", "host": "host", "net": "host", "port": "port", "advertise": "address", "tls": "tls",
    "no_tls": "flag", "same_origin": "flag", "allowed_origins": "names", "allowed_origin": "names", "allow_origins": "names",
    "allow_origin": "names", "origin": "names", "origins": "names",
    "handshake_timeout": "duration", "compression": "flag", "compress": "flag", "authorization": "simple_login",
    "authentication": "simple_login", "jwt_cookie": "name", "user_cookie": "name", "pass_cookie": "name",
    "token_cookie": "name", "no_auth_user": "user_name", "headers": "texts_block", "ping_interval": "duration",
}
SIMPLE_LOGIN = {"user": "user_name", "username": "user_name", "pass": "password", "password": "password",
                "token": "password", "timeout": "seconds"}
RESOLVER = {"type": "resolver_type", "dir": "path", "allow_delete": "flag", "hard_delete": "flag", "interval": "duration",
            "timeout": "duration", "ttl": "duration", "limit": "number"}

# Names of the same setting. If a block has two of them, nats-server uses a random one.
ALIASES = [
    ("host", "net", "listen", "port"), ("max_connections", "max_conn"), ("max_subscriptions", "max_subs"),
    ("max_subscription_tokens", "max_sub_tokens"), ("log_file", "logfile"), ("logfile_size_limit", "log_size_limit"),
    ("logfile_max_num", "log_max_num"), ("pid_file", "pidfile"), ("no_system_account", "no_system", "no_sys_acc"),
    ("system_account", "system"), ("trusted", "trusted_keys"), ("mappings", "maps"), ("websocket", "ws"),
    ("resolver", "account_resolver", "accounts_resolver"),
    ("operator", "operators", "root", "roots", "root_operator", "root_operators"), ("auth_callout", "auth_hook"), ("trace", "trace_verbose", "trace_headers"), ("leaf", "leafnodes"),
    ("http", "http_port", "https", "https_port", "monitor_port"), ("store_dir", "storedir"),
    ("disable_sublist_cache", "no_sublist_cache"), ("user", "username"), ("pass", "password"),
    ("default_permissions", "default_permission", "permissions", "permission"), ("publish", "pub", "import"),
    ("subscribe", "sub", "export"), ("allow_responses", "publish_allow_responses"),
    ("allowed_connection_types", "connection_types", "clients"), ("max", "max_msgs", "max_messages", "max_responses"),
    ("expires", "expiration", "ttl"), ("account", "acc"), ("auth_users", "users"), ("xkey", "key"),
    ("max_payload", "max_pay"), ("max_leafnodes", "max_leafs"), ("msg_trace", "trace_dest"),
    ("response_type", "response"), ("response_threshold", "threshold", "response_max_time", "response_time"), ("destination", "dest"),
    ("handshake_first", "first", "immediate"), ("certs", "certificates"), ("compression", "compress"),
    ("allowed_origins", "allowed_origin", "allow_origins", "allow_origin", "origin", "origins"), ("authorization", "authentication"),
]
# nats-server ignores these silently if they contain capital letters.
SMALL_LETTERS = {"system_account", "system"}
FIRST_NAMES = {name: group[0] for group in ALIASES for name in group}
WIDE_BLANKS = ["\u00a0", "\u3000", "\u2028", "\u2029", "\u0085", "\u1680", "\u2003", "\u202f", "\u205f", "\v", "\f"]
ODD_LETTERS = ["\ufeff", "\u200b", "\u2060", "\u00ad", "\u00e9", "\u4e2d", "\U0001f600", "\u0663", "\ufffd"]
NASTY = list(" \t\n\r{}[]()<>,;:=#/\\'\"$%&*.-+_@!?~^|`0123456789abkmgtpeiBKMGxnrtrue") + WIDE_BLANKS + ODD_LETTERS
SUFFIXES = ["", "k", "K", "m", "M", "g", "t", "p", "e", "kb", "KB", "mb", "Gb", "ki", "Mi", "kib", "MiB", "gib"]
SUBJECTS = ["a", "a.b", "a.*", "a.>", ">", "*", "*.b", "b.c.d", "foo.bar", "x.*.z", "a.b.c", "q.$SYS", "_INBOX.>"]
DURATIONS = ["1s", "2s", "250ms", "1m", "1h2m3.5s", "0s", "90s", "100us", "1.5s", "-1s", "+3s", "5", "1d", "0", "1m1"]
WORDS = ["a", "b", "c", "svc", "alice", "bob", "A", "B", "SYS", "n1", "node-1", "x_y", "s3cret"]
# Public keys from the tests of configurations.
USER_KEY = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
ACCOUNT_KEY = "ADHQSMVLD67M3BMWEJL3TJRPN4A6GC7OI46QTEAP5EMM7T3ZCBSIL754"
JWTS = {name: (pathlib.Path(__file__).resolve().parents[1] / "fuzz/corpus/jwt" / file).read_text(encoding="ascii").strip()
        for name, file in (("operator", "go_v1_operator"), ("account", "go_v2_account"), ("user", "go_v2_user"))}
OPERATOR_KEY = "OAAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB7JSU"
BCRYPT = "$2a$04$8RhvbLsbHpIAN0kKTbB6bO8YQz8fw7Iy9sFhJzl4zGJ6W0aVJ8qqu"


def first_name(name):
    return FIRST_NAMES.get(name, name)


class Made:
    """The content of a case: pieces that may be omitted, and the files that they refer to."""

    def __init__(self):
        self.pieces = []
        self.before = self.after = ""
        self.files = {}
        self.environment = {}
        self.logins = [{}]
        self.startable = True

    def text(self, kept=None):
        pieces = self.pieces if kept is None else [self.pieces[at] for at in kept]
        return (self.before + "".join(pieces) + self.after).encode("utf-8", "surrogateescape")


class Maker:
    """Makes one text. `slip` is the probability that a value has another kind than its setting requires."""

    def __init__(self, rng, certificates):
        self.rng = rng
        self.certificates = certificates
        self.slip = rng.choice([0, 0, 0.02, 0.1])
        self.odd = rng.choice([0, 0, 0, 0.03])  # probability of a blank that is not ASCII
        self.plain = rng.random() < 0.3  # only the usual layout
        self.variables = []
        self.made = Made()
        self.names_used = set()

    # Content.

    def one_of(self, choices):
        return self.rng.choice(list(choices))

    def chance(self, share):
        return self.rng.random() < share

    def digits(self):
        return self.one_of([str(self.rng.randrange(10)), str(self.rng.randrange(100000)), "0", "1", "00" + str(self.rng.randrange(99))])

    def token(self):
        """Returns text without quotes, as used for secrets and names."""
        letters = string.ascii_letters + string.digits + "+/=_-.!@%^&*~<>?|"
        text = "".join(self.rng.choice(letters) for _ in range(self.rng.randrange(1, 12)))
        if self.chance(0.3):
            text = self.digits() + self.one_of(list("kKmMgGtTpPeEbBiIxz+-_.:/")) + text
        if self.chance(0.1):
            text = self.digits() + self.one_of(["e", "E", "k", "kb", "Mi"]) + self.digits()
        if self.chance(0.05):
            at = self.rng.randrange(len(text) + 1)
            text = text[:at] + self.one_of(ODD_LETTERS) + text[at:]
        return text

    def number_form(self):
        return self.one_of([
            self.digits(), "-" + self.digits(), self.digits() + self.one_of(SUFFIXES), self.digits() + self.one_of(SUFFIXES),
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "2147483647", "2147483648", "1kbb", "2KiB3",
            "-1k", "0x10", "1_000", "1e3", "1E5", "4e2secret", "12]", "5k]", "8e", "1e", "7p", "08"])

    def float_form(self):
        whole, part = self.digits(), self.digits()
        return self.one_of([f"{whole}.{part}", f"-{whole}.{part}", "0.1", "1.0", "1.", ".5", "-.5", "1.5k", "1.5e3", "0.0000001",
                            "123456789012345678901234.5", "1.2.3", "127.0.0.1:4222", "1.2.3.4", "-1.2.3", "1.25]"])

    def date_form(self):
        return self.one_of(["2020-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2023-02-29T00:00:00Z", "2020-13-01T00:00:00Z",
                            "2020-01-01", "2020-1-1T00:00:00Z", "0000-01-01T00:00:00Z", "2020-01-01T24:00:00Z",
                            "2020-01-01T00:00:00Zx", "20201-01-01T00:00:00Z", "123-45", "2020-01-01t00:00:00z"])

    def flag_form(self):
        return self.one_of(["true", "false", "yes", "no", "on", "off", "True", "FALSE", "Yes", "oN", "truex", "nope", "t", "y"])

    def escapes(self):
        return "".join(self.one_of(["a", "\\n", "\\t", "\\r", "\\\\", '\\"', "\\x41", "\\x00", "\\xfF", "\\q", "\\x4", " ", "'", "#", "//", "{", "é"])
                       if self.chance(0.97) else self.one_of(ODD_LETTERS) for _ in range(self.rng.randrange(6)))

    def any_scalar(self):
        return self.one_of([
            self.number_form, self.number_form, self.float_form, self.date_form, self.flag_form, self.token, self.token,
            lambda: f'"{self.token()}"', lambda: f"'{self.token()}'", lambda: f'"{self.escapes()}"',
            lambda: f"'{self.escapes()}'".replace("\\'", ""), lambda: f"(\n{self.token()}\n {self.token()})\n)\n",
            lambda: self.token() + self.escapes(), lambda: BCRYPT, self.variable,
            lambda: "".join(self.one_of(NASTY) for _ in range(self.rng.randrange(1, 8)))])()

    def any_value(self, depth=0):
        if depth > 2 or self.chance(0.7):
            return self.any_scalar()
        if self.chance(0.5):
            return self.block([(self.token() if self.chance(0.5) else self.one_of(WORDS), self.any_value(depth + 1)) for _ in range(self.rng.randrange(4))])
        return self.listed([self.any_value(depth + 1) for _ in range(self.rng.randrange(4))])

    def variable(self):
        if self.chance(0.1):
            return "$" + self.one_of(["NOPE", "A", "a", "MIDGE_NOT_SET", ""])
        if self.variables and self.chance(0.6):
            return "$" + self.one_of(self.variables)
        name = "MIDGE_TEST_" + self.one_of("ABC")
        if name not in self.made.environment:
            value = self.any_scalar().replace("\0", "")
            self.made.environment[name] = value.replace("$", "") if "MIDGE" in value else value
        return "$" + name

    # Layout.

    def blank(self):
        return self.one_of(WIDE_BLANKS) if self.chance(self.odd) else self.one_of([" ", " ", "  ", "\t", ""])

    def between(self):
        """Returns the text between a key and its value."""
        if self.plain:
            return ": "
        return self.one_of([": ", ":", "=", " = ", " ", " : ", "\t"]) + self.blank()

    def ending(self, last=False):
        """Returns the text after an entry of a block."""
        if self.plain:
            return "\n"
        return self.blank() + self.one_of(["\n", "\n", "\r\n", ",\n", ";\n", ", ", "; ", " # a comment\n", " // another {\n", "\n\n# alone\n",
                                           "\n", ",", ";"] + ([""] if last else []) + ([" / ", "/"] if self.chance(0.02) else []))

    def key(self, name):
        if self.plain:
            return name
        if self.chance(0.1) and name not in SMALL_LETTERS:
            name = self.one_of([name.upper(), name.capitalize()])
        quote = self.one_of(["", "", "", "", '"', "'"])
        return quote + name + quote

    def entry(self, name, value, last=False):
        between = self.between()
        if value[:1] in "{[" and self.chance(0.4):
            between = self.one_of([" ", "", "  "]) + self.blank()
        return self.key(name) + between + value + self.ending(last)

    def block(self, entries):
        if not entries:
            return self.one_of(["{}", "{ }", "{\n}", "{ # nothing\n}"])
        inside = "".join(self.blank() + self.entry(name, value, at == len(entries) - 1) for at, (name, value) in enumerate(entries))
        return "{" + self.one_of([" ", "\n", ""]) + inside + self.one_of(["}", " }"])

    def listed(self, items):
        out = "["
        for at, item in enumerate(items):
            last = at == len(items) - 1
            out += self.blank() + item + self.one_of([", ", ",", "\n", ",\n", " , ", " # one\n", " // one\n"] + (["", " "] if last else []))
        return out + "]"

    def quoted(self, text):
        """Returns a text in one of the possible notations."""
        bare = not any(c in " \t\n,;{}[]()'\"\\#$" for c in text) and text[:1] not in "0123456789-./" and text
        return self.one_of(([text] * 3 if bare else []) + ['"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'] + (["'" + text + "'"] if "'" not in text else []))

    def of(self, kind):
        if self.chance(self.slip):
            return self.any_value()
        if self.chance(0.04):
            return self.variable()
        return getattr(self, kind)()

    def block_of(self, kinds, most=4, always=()):
        names = [name for name in always]
        for _ in range(self.rng.randrange(most + 1)):
            name = self.one_of(kinds)
            if first_name(name) not in map(first_name, names):
                names.append(name)
        self.rng.shuffle(names)
        entries = [(name, self.of(kinds[name])) for name in names]
        if self.chance(self.slip):
            entries.append((self.one_of(["nope", "Foo", "x"]), self.any_value()))
        return self.block(entries)

    # Kinds of values.

    def text(self):
        return self.quoted(self.one_of(WORDS + ["", "a b"]))

    def name(self):
        return self.quoted(self.one_of(WORDS))

    def names(self):
        return self.name() if self.chance(0.3) else self.listed([self.name() for _ in range(self.rng.randrange(4))])

    def flag(self):
        return self.one_of(["true", "false", "yes", "no", "on", "off", "True", "OFF"])

    def number(self):
        return self.one_of(["0", "1", "10", "1000", "-1", "65536", "2k", "007"])

    def limit(self):
        return self.one_of(["-1", "0", "1", "10", "1k", "1MB"])

    def size(self):
        return self.one_of(["0", "1024", "4k", "4KB", "1MB", "8mib", "64m", "2G"])

    def small_size(self):
        return self.one_of(["0", "1024", "64k", "1MB", "2mb", "8mib"])

    def large_size(self):
        return self.one_of(["0", "64MB", "1g", "128mib", "8589934592"])

    def tokens(self):
        return self.one_of(["1", "16", "255", "128"])

    def position(self):
        return self.one_of(["0", "1", "2", "3"])

    def percent(self):
        return self.one_of(["1", "50", "100", '"50%"', "50%", "'7'", "0", "101", "headers", '"Headers"'])

    def port(self):
        return self.one_of(["-1", "4222", "0", "8080", "65535"])

    def host(self):
        return self.one_of(["127.0.0.1", '"127.0.0.1"', "localhost", "0.0.0.0", '"::1"', '""'])

    def listen(self):
        return self.one_of(["4222", "-1", "127.0.0.1:4222", '"127.0.0.1:-1"', "localhost:4222", '":4222"', '"[::1]:4222"', '":"', '"a:b"', "0", '"0.0.0.0:0"', '"host"'])

    def address(self):
        return self.one_of(["nats.example.com:4222", '"10.0.0.1:4333"', "10.0.0.2", "example.com", '""', '"[::1]:5"', '"a:b:c"'])

    def path(self):
        return self.quoted(self.one_of(["log.txt", "./x/y", "dir", ""]))

    def duration(self):
        text = self.one_of(DURATIONS)
        return text if self.chance(0.4) else f'"{text}"'

    def long_duration(self):
        return self.one_of(["30s", '"2m"', "1h", '"40s"', "29s"])

    def short_duration(self):
        return self.one_of(["1s", '"10s"', "0s", '"500ms"', "-1s"])

    def seconds(self):
        return self.one_of(["1", "2", "0.5", "1.5", '"2s"', "250ms", "0", "60", "61", "2m", '"1m"', "-1", "true"])

    def user_name(self):
        return self.quoted(self.one_of(WORDS))

    def user_names(self):
        return self.listed([self.user_name() for _ in range(self.rng.randrange(1, 3))])

    def account_name(self):
        return self.quoted(self.one_of(["A", "B", "SYS", "$G", "$SYS", ACCOUNT_KEY]))

    def account_names(self):
        return self.listed([self.quoted(self.one_of("AB")) for _ in range(self.rng.randrange(3))])

    def password(self):
        secret = self.token() if self.chance(0.7) else self.one_of(WORDS + [BCRYPT])
        self.made.logins.append({"pass": secret})
        self.made.logins.append({"auth_token": secret})
        return secret if self.chance(0.7) else self.quoted(secret)

    def user_key(self):
        return USER_KEY

    def account_key(self):
        return ACCOUNT_KEY

    def curve_key(self):
        return "XCHVGH6XA62A2LY2QFF6GWMABU64QHOO5KBEM3MUYLDW4NERPKCFFBNA"

    def operator_keys(self):
        return OPERATOR_KEY if self.chance(0.5) else self.listed([OPERATOR_KEY])

    def account_keys(self):
        return ACCOUNT_KEY if self.chance(0.5) else self.listed([ACCOUNT_KEY, self.name()])

    def subject(self):
        text = self.one_of(SUBJECTS + ["a..b", "a b", "", "a.", ">.a", "foo q"]) if self.chance(0.2) else self.one_of(SUBJECTS)
        if self.chance(self.odd):
            text = text + self.one_of(WIDE_BLANKS[:9]) + self.one_of(["", "q"])
        return self.quoted(text) if self.chance(0.5) else '"' + text + '"'

    def subjects(self):
        return self.subject() if self.chance(0.4) else self.listed([self.subject() for _ in range(self.rng.randrange(4))])

    def subject_rules(self):
        return self.subjects() if self.chance(0.4) else self.block_of({"allow": "subjects", "deny": "subjects"}, 2)

    def responses(self):
        return self.flag() if self.chance(0.4) else self.block_of(RESPONSES, 2)

    def permissions(self):
        return self.block_of(PERMISSIONS, 3)

    def connection_types(self):
        kinds = ["STANDARD", "websocket", "Mqtt", "LEAFNODE", "IN_PROCESS", "FOO"]
        return self.one_of(kinds) if self.chance(0.3) else self.listed([self.one_of(kinds[:5]) for _ in range(self.rng.randrange(3))])

    def user(self):
        name = self.one_of(WORDS)
        if name in self.names_used and self.chance(0.9):
            name += str(self.rng.randrange(1000000))
        self.names_used.add(name)
        if self.chance(0.1):
            return self.block([("nkey", USER_KEY)])
        before = len(self.made.logins)
        entries = [("user", self.quoted(name)), ("password", self.of("password"))]
        for login in self.made.logins[before:]:
            login["user"] = name
        for key in ("permissions", "allowed_connection_types", "proxy_required"):
            if self.chance(0.2):
                entries.append((key, self.of(USER[key])))
        return self.block_of(USER, 4) if self.chance(0.1) else self.block(entries)

    def users(self):
        return self.listed([self.user() for _ in range(self.rng.randrange(4))])

    def auth_callout(self):
        return self.block_of(CALLOUT, 2, ("issuer", "auth_users"))

    def authorization(self):
        before = len(self.made.logins)
        form = self.rng.randrange(4)
        if form == 0:
            out = self.block([("user", "svc"), ("password", self.of("password"))] + ([("timeout", self.of("seconds"))] if self.chance(0.3) else []))
            for login in self.made.logins[before:]:
                login["user"] = "svc"
        elif form == 1:
            out = self.block([("token", self.of("password"))])
        elif form == 2:
            out = self.block([("users", self.of("users"))] + ([("default_permissions", self.of("permissions"))] if self.chance(0.3) else []))
        else:
            out = self.block_of(AUTHORIZATION, 4)
        return out

    def account_limits(self):
        return self.block_of(ACCOUNT_LIMITS, 3)

    def response_type(self):
        return self.one_of(["single", "Singleton", "stream", "chunk", "chunked", '"Stream"', "many"])

    def latency(self):
        return self.subject() if self.chance(0.4) else self.block_of(LATENCY, 1, ("subject",))

    def msg_trace(self):
        return self.subject() if self.chance(0.4) else self.block_of(MSG_TRACE, 1, ("dest",))

    def exports(self):
        items = []
        for _ in range(self.rng.randrange(3)):
            kind = self.one_of(["stream", "service"])
            more = STREAM_EXPORT if kind == "stream" else SERVICE_EXPORT
            items.append(self.block([(kind, self.of("subject"))] + [(key, self.of(more[key])) for key in more if self.chance(0.12)]))
        return self.listed(items)

    def imports(self):
        items = []
        for _ in range(self.rng.randrange(3)):
            kind = self.one_of(["stream", "service"])
            source = self.block([("account", self.of("account_name") if self.chance(0.1) else self.one_of("AB")), ("subject", self.of("subject"))])
            entries = [(kind, source)]
            if self.chance(0.4):
                entries.append(("to", self.of("subject")))
            elif kind == "stream" and self.chance(0.3):
                entries.append(("prefix", self.of("name")))
            if self.chance(0.1):
                entries.append(("share" if kind == "service" else "allow_trace", self.of("flag")))
            items.append(self.block(entries))
        return self.listed(items)

    def account(self):
        entries = []
        for key in ACCOUNT:
            share = {"users": 0.7, "exports": 0.3, "imports": 0.2}.get(key, 0.06)
            if self.chance(share):
                entries.append((key, self.of(ACCOUNT[key])))
        return self.block(entries)

    def accounts(self):
        if self.chance(0.1):
            return self.listed([self.quoted(self.one_of(WORDS)) for _ in range(self.rng.randrange(4))])
        names = self.rng.sample(["A", "B", "SYS", "C", "d.e", '"x y"'], self.rng.randrange(4))
        return self.block([(name, self.of("account")) for name in names])

    def destination(self):
        return self.block_of(DESTINATION, 1, ("destination", "weight"))

    def mappings(self):
        keys = self.rng.sample(["a", "a.*", "b.c", "foo.bar", "x.*.*", '"q.>"'], self.rng.randrange(4))
        return self.block([(key, self.one_of([self.subject, self.destination, lambda: self.listed([self.destination() for _ in range(self.rng.randrange(3))])])()) for key in keys])

    def certificate(self):
        return f'"{self.certificates}/server.pem"' if self.chance(0.9) else '"missing.pem"'

    def key_file(self):
        return f'"{self.certificates}/server.key"' if self.chance(0.9) else '"missing.key"'

    def authority(self):
        return f'"{self.certificates}/ca.pem"' if self.chance(0.9) else '"missing.pem"'

    def certificates_list(self):
        return self.listed([self.block([("cert_file", self.certificate()), ("key_file", self.key_file())]) for _ in range(self.rng.randrange(3))])

    def tls_version(self):
        return self.one_of(['"1.2"', "'1.3'", '"1.1"', "1.2", '"1.4"', '"TLS1.2"'])

    def suites(self):
        names = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                 "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA", "NOPE"]
        return self.listed([self.quoted(self.one_of(names[:4] if self.chance(0.8) else names)) for _ in range(self.rng.randrange(4))])

    def curves(self):
        names = ["CurveP256", "X25519", "CurveP384", "CurveP521", "X25519MLKEM768", "nope"]
        return self.listed([self.one_of(names[:4] if self.chance(0.8) else names) for _ in range(self.rng.randrange(4))])

    def pins(self):
        return self.listed([self.one_of(["a" * 64, '"' + "0" * 64 + '"', "12", "AB" * 32]) for _ in range(self.rng.randrange(3))])

    def handshake_first(self):
        return self.one_of(["true", "false", "auto", '"auto_fallback"', '"300ms"', "on", '"off"', "1s", "0s", "-1s", "nope"])

    def tls(self):
        kinds = {**TLS, "certs": "certificates_list", "certificates": "certificates_list"}
        always = self.one_of([("cert_file", "key_file")] * 6 + [(), ("certs",), ("cert_file",), ("key_file",)])
        others = {name: kind for name, kind in kinds.items() if name not in ("cert_file", "key_file", "certs", "certificates") or self.chance(0.1)}
        names = list(always)
        for name in others:
            if first_name(name) not in map(first_name, names) and self.chance(0.08):
                names.append(name)
        return self.block([(name, self.of(kinds[name])) for name in names] + ([("nope", "1")] if self.chance(self.slip) else []))

    def resolver_tls(self):
        return self.block_of({"ca_file": "authority", "insecure": "flag"}, 2) if self.chance(0.7) else self.tls()

    def simple_login(self):
        return self.block_of(SIMPLE_LOGIN, 3)

    def websocket(self):
        return self.block_of(WEBSOCKET, 5)

    def proxies(self):
        keys = [self.block([(self.one_of(["key", "public_key"]), self.of("account_key"))]) for _ in range(self.rng.randrange(3))]
        return self.block([("trusted", self.listed(keys))])

    def resolver_type(self):
        return self.one_of(["mem", "MEMORY", "full", "Full", "cache", "other"])

    def resolver(self):
        if self.chance(0.5):
            return self.one_of(["MEMORY", "mem", "Memory", '"MEM"', "URL(http://localhost:9/jwt/)", '\'URL("http://localhost:9/x/")\'', "nope", "URL(x)", "URL()", '"url (http://a/)"'])
        return self.block_of(RESOLVER, 2, ("type",))

    def texts_block(self):
        return self.block([(self.one_of(WORDS), self.of("text")) for _ in range(self.rng.randrange(3))])

    def preload(self):
        tokens = [JWTS["account"], JWTS["user"], "nope", ""]
        return self.block([(ACCOUNT_KEY if at == 0 else self.one_of(WORDS), f'"{self.one_of(tokens[:1] if self.chance(0.7) else tokens)}"')
                           for at in range(self.rng.randrange(3))])

    def operator(self):
        """Operators as a file or inline, alone or in a list."""
        def one():
            token = self.one_of([JWTS["operator"]] * 5 + [JWTS["account"], "nope", ""])
            if self.chance(0.4):
                return f'"{token}"'
            name = self.one_of(["one.jwt", "two.jwt"])
            self.made.files[name] = self.one_of([token, token + "\n", f"-----BEGIN NATS JWT-----\n{token}\n------END NATS JWT------\n"]).encode()
            return f'"{name if self.chance(0.9) else "gone.jwt"}"'
        return one() if self.chance(0.6) else self.listed([one() for _ in range(self.rng.randrange(3))])

    def ocsp(self):
        return self.one_of(["false", "true", "{}", "{ mode: never }", "{ mode: always }", "{ mode: auto, url: \"http://localhost:1\" }", "always"])

    def ocsp_cache(self):
        return self.one_of(["false", "true", "{}", "{ type: none }", "{ type: local, local_store: x }", "local"])

    def ocsp_peer(self):
        return self.one_of(["false", "true", "{}", "{ verify: false }", "{ verify: true, warn_only: true }"])

    def flags_block(self):
        return self.block([(self.one_of(WORDS), self.of("flag")) for _ in range(self.rng.randrange(3))])

    def write_timeout(self):
        return self.one_of(["default", "close", '"retry"', "nope", '"default"'])

    def cluster(self):
        return self.one_of(["{}", "{ port: 0 }", "{ listen: 127.0.0.1:-1 }", "{ name: x, port: 6222 }", "{ no_advertise: false }", "{ routes: [] }"])

    def gateway(self):
        return self.one_of(["{}", "{ port: 0 }", "{ name: x, port: 7222 }", "{ gateways: [] }"])

    def leafnodes(self):
        return self.one_of(["{}", "{ port: 0 }", "{ remotes: [] }", "{ port: 7422 }", "{ no_advertise: false }"])

    def mqtt(self):
        return self.one_of(["{}", "{ port: 0 }", "{ port: 1883 }"])

    def jetstream(self):
        return self.one_of(["false", "disabled", "true", "{}", "{ enabled: false }", "off", "enabled", '"disable"', "{ max_mem: 1G }", "no"])


def mutated(rng, text):
    """Changes some characters of the text."""
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text) + 1)
        what = rng.randrange(4)
        if what == 0:
            text = text[:at] + rng.choice(NASTY) + text[at:]
        elif what == 1:
            text = text[:at] + text[at + 1:]
        elif what == 2:
            text = text[:at] + rng.choice(NASTY) + text[at + 1:]
        else:
            text = text[:at] + text[at:at + rng.randrange(6)] * 2 + text[at:]
    return text


def make(rng, certificates):
    """Makes a case: scalars in a block whose other keys have no meaning, or settings. Either may be mutated."""
    maker = Maker(rng, certificates)
    made = maker.made
    entries = []
    if rng.random() < 0.35:
        made.startable = False
        count = rng.randrange(1, 6)
        for at in range(count):
            inner = [("type", "mem")] + [(f"k{n}", maker.any_value()) for n in range(rng.randrange(1, 4))]
            entries.append(maker.entry("resolver" if at == count - 1 else f"v{at}", maker.block(inner)))
            if at < count - 1:
                maker.variables.append(f"v{at}")
        entries += [maker.entry("resolver", maker.block([("type", "mem")] + [(f"u{at}", f"$v{at}") for at in range(count - 1)]))]
    else:
        names = set()
        for _ in range(rng.randrange(1, 6)):
            name = maker.one_of(TOP) if rng.random() < 0.85 else maker.one_of(UNBUILT)
            if rng.random() < 0.35:
                name = maker.one_of(["authorization", "accounts", "tls", "mappings", "websocket"])
            if first_name(name) not in names:
                names.add(first_name(name))
                entries.append(maker.entry(name, maker.of({**TOP, **UNBUILT}[name])))
        if rng.random() < 0.1:
            value = maker.any_scalar()
            entries.insert(0, maker.entry("w", value))
            entries.append(maker.entry("server_name", "$w"))
        # Settings that would refer to other machines, or affect later logins of the same case.
        unfit = {"syslog", "remote_syslog", "resolver", "trusted", "operator", "max_connections"}
        made.startable = not names & unfit
        if rng.random() < 0.06 and entries:
            part = entries.pop()
            made.files["part.inc"] = part.encode("utf-8", "surrogateescape")
            entries.append(rng.choice(["include part.inc\n", "include 'part.inc'\n", 'INCLUDE "part.inc";', "include ./part.inc\n", "include gone.inc\n"]))
    if rng.random() < 0.2 and entries:
        at = rng.randrange(len(entries))
        entries[at] = mutated(rng, entries[at])
    made.pieces = entries
    if not maker.plain:
        made.before, made.after = rng.choice([("", "")] * 8 + [("{", "}"), ("{\n", "\n}\n"), ("# first\n", ""), ("\ufeff", ""), (" \n", "\n\n"), ("", "}"), ("{{", "}}")])
    for login in made.logins:
        login.setdefault("user", "svc") if "pass" in login else None
    return made
