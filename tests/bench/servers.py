"""The two compared programs: how to find, configure, start and watch them."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

START_SECONDS = 20
STOP_SECONDS = 20
READY_LINE = b"Server is ready"
PORT_LINE = re.compile(rb"Listening for client connections on .*:(\d+)$")
USER, PASSWORD = "bench", "bench-password"


class BenchError(Exception):
    """An error that prevents a case, or all of them, from measuring anything."""


class Program:
    """A server program. `settings`: its own configuration text; `run_by`: a command that runs the program."""

    def __init__(self, name, path, settings="", run_by=()):
        self.name = name
        self.path = str(path)
        self.settings = settings
        self.run_by = run_by

    def version(self):
        done = subprocess.run([self.path, "--version"], capture_output=True, text=True, check=False)
        return (done.stdout or done.stderr).strip()


def find_nats_server():
    """Returns the official server, from NATS_SERVER or PATH. Refuses Midge, which has that name in bin/nats-names/."""
    path = os.environ.get("NATS_SERVER") or shutil.which("nats-server")
    if not path or not os.access(path, os.X_OK):
        where = f"NATS_SERVER is '{path}', which is no program" if path else "it is not on PATH"
        raise BenchError(f"no nats-server to compare with: {where}; set NATS_SERVER to the official program")
    if pathlib.Path(path).resolve().name == "midged":
        raise BenchError(f"{path} is Midge under another name; set NATS_SERVER to the official program")
    return path


class Operator:
    """An operator with three accounts, whose configuration both servers load, and a user's credentials."""

    def __init__(self, nsc, folder):
        self._nsc = str(nsc)
        self._folder = pathlib.Path(folder) / "nsc"
        self._folder.mkdir()
        self.creds = str(pathlib.Path(folder) / "user.creds")
        self._run("add", "operator", "-n", "BENCH")
        for account in ("SYS", "APP", "OTHER"):
            self._run("add", "account", "-n", account)
            self._run("add", "user", "-a", account, "-n", "user")
        self._run("generate", "creds", "-a", "APP", "-n", "user", "-o", self.creds)
        self.settings = self._run("generate", "config", "--mem-resolver", "--sys-account", "SYS")

    def _run(self, *arguments):
        done = subprocess.run([self._nsc, "-H", str(self._folder), *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BenchError(f"midge-nsc {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout


class Server:
    """A running server process on a free port, on loopback only."""

    def __init__(self, program, folder, settings, start_seconds=START_SECONDS):
        self.name = program.name
        self.port = None
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "server.conf"
        config.write_text(f"{settings}\n{program.settings}\nhost: 127.0.0.1\nport: -1\n", encoding="utf-8")
        self._process = subprocess.Popen([*program.run_by, program.path, "-c", str(config)], cwd=folder,
                                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._lines = []
        self._ready_or_ended = threading.Event()
        self._reader = threading.Thread(target=self._read_log)
        self._reader.start()
        in_time = self._ready_or_ended.wait(start_seconds)
        if not in_time or self.port is None or self._process.poll() is not None:
            self.stop()
            why = f"ended with {self._process.returncode}" if in_time else f"was not ready within {start_seconds} s"
            raise BenchError(f"{self.name} {why}:\n{self.log()}")

    @property
    def pid(self):
        return self._process.pid

    def _read_log(self):
        """Reads until the server ends, because a pipe that nobody reads would block the server."""
        for line in self._process.stdout:
            self._lines.append(line)
            listening = PORT_LINE.search(line.rstrip())
            if listening:
                self.port = int(listening.group(1))
            if READY_LINE in line:
                self._ready_or_ended.set()
        self._ready_or_ended.set()

    def rss_bytes(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024

    def log(self):
        return b"".join(self._lines).decode("utf-8", errors="replace")

    def stop(self):
        end_process(self._process)
        self._reader.join()
        self._process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def end_process(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def seconds_to_ready(program, folder, settings):
    """Returns the time from just before the program is executed to its log line that it is ready."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    config = folder / "server.conf"
    config.write_text(f"{settings}\n{program.settings}\nhost: 127.0.0.1\nport: -1\n", encoding="utf-8")
    begin = time.monotonic()
    process = subprocess.Popen([program.path, "-c", str(config)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for line in process.stderr:
            if READY_LINE in line:
                return time.monotonic() - begin
        raise BenchError(f"{program.name} ended before it was ready")
    finally:
        end_process(process)
        process.stderr.close()
