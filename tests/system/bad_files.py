"""Files in all states that may occur on a disk, and a test case that starts a server which reads them without special
rights."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from programs import Program

NOBODY = 65534
HUGE = 1 << 30  # bytes, none of which uses disk space


# States of a file. Each function makes one, from the right content.
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


class FilesCase(unittest.TestCase):
    server = None  # the program under test
    official = False  # it is nats-server
    certificates = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="midge-files-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        os.chmod(self.folder, 0o777)
        for name in ("server.pem", "server.key", "ca.pem", "renewed.pem", "renewed.key"):
            shutil.copy(os.path.join(self.certificates, name), self.folder)
            os.chmod(os.path.join(self.folder, name), 0o644)
        self.file = os.path.join(self.folder, "tried")
        self.prefix = []
        if os.geteuid() == 0:  # who may read everything
            other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            if shutil.which("setpriv") and subprocess.run([*other, "test", "-x", self.server], check=False).returncode == 0:
                self.prefix = other

    def configure(self, lines):
        lines = lines.replace("{pki}", self.folder).replace("{file}", self.file)
        good_file(os.path.join(self.folder, "server.conf"), ('listen: "127.0.0.1:-1"\n' + lines).encode())

    def place(self, kind, setting):
        clear(self.file)
        kind(self.file, setting.good)

    def command(self):
        return [*self.prefix, self.server, "-c", "server.conf"]

    def start(self):
        server = Program(" ".join(self.command()), os.environ.copy(), self.folder)
        server.port = int(server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        server.wait_for("Server is ready")
        return server

    def kinds_of(self, setting):
        for kind in setting.kinds:
            if kind is unreadable and os.geteuid() == 0 and not self.prefix:
                continue
            if kind in (pipe, huge) and self.official:
                continue  # the server waits forever, or reads all of it
            yield kind

    def reload(self, server):
        """Returns the line with the outcome."""
        start = len(server.lines)
        server.signal(signal.SIGHUP)
        return server.wait_for("Failed to reload server configuration|Reloaded server configuration", start).string

    @classmethod
    def main(cls):
        """Runs a script whose arguments are a server, or `--nats-server`, and the folder of certificates."""
        cls.official = sys.argv[1] == "--nats-server"
        cls.server = os.environ.get("NATS_SERVER") if cls.official else sys.argv[1]
        if not cls.server:
            sys.exit(77)  # ctest: skipped
        cls.server = os.path.abspath(cls.server)
        cls.certificates = os.path.abspath(sys.argv[2])
        unittest.main(argv=sys.argv[:1], warnings="ignore")
