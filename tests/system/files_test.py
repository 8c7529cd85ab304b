"""Every file that the server reads or writes, in every state that a disk may show: at start, at a reload and by itself.

Of midged and, to prove the tests right, of the nats-server that NATS_SERVER names."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from client import Client
from programs import PATIENCE, Program

SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server
CERTIFICATES = None
NOBODY = 65534
HUGE = 1 << 30  # bytes, none of which is on the disk
# Of an operator whose key nobody has.
OPERATOR = (b"eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJzdWIiOiJPREJENlVSSEMzSU8yRlk3TzQzUVdaN1VHUjZPWktSSU1UUjdCSllPT1JF"
            b"S1JPVk9RU0FITUdJMiIsIm5hbWUiOiJPUCIsIm5hdHMiOnsidHlwZSI6Im9wZXJhdG9yIiwidmVyc2lvbiI6Mn0sImlhdCI6MTc5NjAzMDA0Mywi"
            b"aXNzIjoiT0RCRDZVUkhDM0lPMkZZN080M1FXWjdVR1I2T1pLUklNVFI3QkpZT09SRUtST1ZPUVNBSE1HSTIiLCJqdGkiOiJIWExBTEpGWFZUTlZY"
            b"VTY3M0xGSDRCSlpVWlROUTVVNTVBRTJLSjJQNFJHUFlWVjczM1RRIn0.lvsvlubx6CPDfcIvJYOc1McbM5E77A57f7F-uFam1yFeTiH51HEcq6pg"
            b"D8wV2A5e6l2-gABPmkpH18ZcHE0MBQ")


# What may be at the place of a file. Each makes it so, of the bytes that would be right.
def missing(path, good):
    pass


def folder(path, good):
    os.mkdir(path)


def unreadable(path, good):
    good_file(path, good)
    os.chmod(path, 0)


def pipe(path, good):
    os.mkfifo(path)


def huge(path, good):
    good_file(path, good)
    os.truncate(path, HUGE)


def empty(path, good):
    good_file(path, b"")


def half(path, good):
    good_file(path, good[:len(good) // 2])


def good_file(path, good):
    with open(path, "wb") as file:
        file.write(good)
    os.chmod(path, 0o666)


def clear(path):
    if os.path.isdir(path):
        os.rmdir(path)
    elif os.path.lexists(path):
        os.remove(path)


READ = (missing, folder, unreadable, pipe, huge, empty, half)


class Setting:
    """A setting that names a file. `lines` name it by {file}, `good` is what it should have in it."""

    def __init__(self, name, lines, good, kinds=READ):
        self.name, self.lines, self.good, self.kinds = name, lines, good, kinds


def tls(cert="{pki}/server.pem", key="{pki}/server.key", more=""):
    return f'tls {{ cert_file: "{cert}", key_file: "{key}"{more} }}\n'


def read_settings():
    def content(name):
        with open(os.path.join(CERTIFICATES, name), "rb") as file:
            return file.read()
    pem, key, ca = content("server.pem"), content("server.key"), content("ca.pem")
    here, plain = "{file}", "allow_non_tls: true\n"
    websocket = 'websocket {{ listen: "127.0.0.1:-1"\n{} }}\n'
    include = b'max_payload: 1000\nserver_tags: [ "a"\n"b" ]\n'
    return [
        Setting("tls.cert_file", plain + tls(cert=here), pem),
        Setting("tls.key_file", plain + tls(key=here), key),
        Setting("tls.ca_file", plain + tls(more=f', ca_file: "{here}", verify: true'), ca),
        Setting("tls.certs", plain + f'tls {{ certs: [ {{ cert_file: "{here}", key_file: "{{pki}}/server.key" }} ] }}\n', pem),
        Setting("websocket.tls.cert_file", websocket.format(tls(cert=here)), pem),
        Setting("websocket.tls.key_file", websocket.format(tls(key=here)), key),
        Setting("operator", f'operator: "{here}"\nresolver: MEMORY\n', OPERATOR),
        # An empty one is right.
        Setting("include", 'include "tried"\n', include, [kind for kind in READ if kind is not empty]),
    ]


def written_settings():
    kinds = (folder, unreadable, pipe)
    return [Setting("pid_file", 'pid_file: "{file}"\n', b"", kinds), Setting("log_file", 'log_file: "{file}"\n', b"", kinds)]


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="midge-files-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        os.chmod(self.folder, 0o777)
        for name in ("server.pem", "server.key", "ca.pem", "renewed.pem", "renewed.key"):
            shutil.copy(os.path.join(CERTIFICATES, name), self.folder)
            os.chmod(os.path.join(self.folder, name), 0o644)
        self.file = os.path.join(self.folder, "tried")
        self.prefix = []
        if os.geteuid() == 0:  # who may read everything
            other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            if shutil.which("setpriv") and subprocess.run([*other, "test", "-x", SERVER], check=False).returncode == 0:
                self.prefix = other

    def configure(self, lines):
        lines = lines.replace("{pki}", self.folder).replace("{file}", self.file)
        good_file(os.path.join(self.folder, "server.conf"), ('listen: "127.0.0.1:-1"\n' + lines).encode())

    def place(self, kind, setting):
        clear(self.file)
        kind(self.file, setting.good)

    def command(self):
        return [*self.prefix, SERVER, "-c", "server.conf"]

    def start(self):
        server = Program(" ".join(self.command()), os.environ.copy(), self.folder)
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def kinds_of(self, setting):
        for kind in setting.kinds:
            if kind is unreadable and os.geteuid() == 0 and not self.prefix:
                continue
            if kind in (pipe, huge) and OFFICIAL:
                continue  # it waits for ever, or reads it all
            yield kind

    def test_at_start_a_bad_file_is_named_and_the_exit_code_is_1(self):
        for setting in read_settings() + written_settings():
            self.configure(setting.lines)
            for kind in self.kinds_of(setting):
                with self.subTest(setting.name, file=kind.__name__):
                    self.place(kind, setting)
                    done = subprocess.run(self.command(), cwd=self.folder, capture_output=True, text=True, errors="replace",
                                          timeout=PATIENCE, check=False)
                    output = done.stdout + done.stderr
                    self.assertEqual(done.returncode, 1, output)
                    if not OFFICIAL:  # whose texts name no file if it is there
                        self.assertRegex(output, "tried|server.conf:2:1: error parsing operator JWT")

    def reload(self, server):
        """The line that says how it went."""
        start = len(server.lines)
        server.signal(signal.SIGHUP)
        return server.wait_for("Failed to reload server configuration|Reloaded server configuration", start).string

    def test_at_a_reload_the_server_goes_on_with_what_it_has(self):
        for setting in read_settings():
            self.configure(setting.lines)
            self.place(good_file, setting)
            with self.start() as server:
                client = Client(server.port) if setting.name != "operator" else None
                for kind in self.kinds_of(setting):
                    with self.subTest(setting.name, file=kind.__name__):
                        self.place(kind, setting)
                        line = self.reload(server)
                        self.assertIn("Failed to reload", line)
                        if not OFFICIAL:
                            self.assertRegex(line, "tried|server.conf:2:1: error parsing operator JWT")
                        if client is not None:
                            client.flush()
                            Client(server.port)
                with self.subTest(setting.name, file="good again"):
                    self.place(good_file, setting)
                    self.assertIn("Reloaded", self.reload(server))
                    if client is not None:
                        client.flush()

    def test_at_a_reload_a_pid_file_that_cannot_be_written_is_told(self):
        self.configure("")
        with self.start() as server:
            setting = written_settings()[0]
            for kind in self.kinds_of(setting):
                with self.subTest(file=kind.__name__):
                    self.configure(setting.lines)
                    self.place(kind, setting)
                    self.assertIn("Reloaded", self.reload(server))
                    server.wait_for(f"Failed to write pidfile: open {self.file}: ")
                    self.configure("")
                    self.assertIn("Reloaded", self.reload(server))

    def test_at_a_reload_a_log_file_that_cannot_be_opened_is_told_where_the_log_was(self):
        if OFFICIAL:
            self.skipTest("nats-server ends")
        self.configure("")
        with self.start() as server:
            setting = written_settings()[1]
            self.configure(setting.lines)
            for kind in self.kinds_of(setting):
                with self.subTest(file=kind.__name__):
                    self.place(kind, setting)
                    self.assertRegex(self.reload(server), f"Failed to reload .*error opening file: open {self.file}: ")
                    Client(server.port)

    def test_a_certificate_that_is_renewed_badly_is_not_used(self):
        if OFFICIAL:
            self.skipTest("nats-server reads certificates at a reload alone")
        setting = read_settings()[0]
        self.configure(setting.lines.replace("server.key", "key"))
        self.place(good_file, setting)
        shutil.copy(os.path.join(self.folder, "server.key"), os.path.join(self.folder, "key"))
        with self.start() as server:
            for kind in (folder, pipe, half):
                with self.subTest(file=kind.__name__):
                    start = len(server.lines)
                    self.place(kind, setting)
                    line = server.wait_for("Renewed TLS certificate not used: tls: ", start).string
                    self.assertIn(self.file, line)
                    Client(server.port)
            clear(self.file)
            shutil.copy(os.path.join(self.folder, "renewed.pem"), self.file)
            shutil.copy(os.path.join(self.folder, "renewed.key"), os.path.join(self.folder, "key"))
            server.wait_for("Using the renewed TLS certificate for new connections")


if __name__ == "__main__":
    OFFICIAL = sys.argv[1] == "--nats-server"
    SERVER = os.environ.get("NATS_SERVER") if OFFICIAL else sys.argv[1]
    if not SERVER:
        sys.exit(77)  # ctest: skipped
    SERVER = os.path.abspath(SERVER)
    CERTIFICATES = os.path.abspath(sys.argv[2])
    unittest.main(argv=sys.argv[:1], warnings="ignore")
