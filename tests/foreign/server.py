"""Starts a NATS server program on a free port, and restarts it on that port."""

import json
import os
import pathlib
import signal
import subprocess
import time

START_SECONDS = 60
STOP_SECONDS = 60
POLL_SECONDS = 0.02


class ServerError(Exception):
    pass


class Server:
    """One server process at a time. Supports every server that has nats-server's flag -c and its settings host, port and
    ports_file_dir."""

    def __init__(self, program, folder, settings, certificates=None):
        """`settings`: configuration text without port and log. `certificates`: folder of the tests' certificates, for TLS on
        both listeners."""
        self._program = str(program)
        self._folder = pathlib.Path(folder)
        self._settings = settings
        self._tls = certificates and (
            f"tls {{ cert_file: {json.dumps(certificates + '/server.pem')}, "
            f"key_file: {json.dumps(certificates + '/server.key')}, timeout: 30 }}"
        )
        self._port = None
        self._websocket_port = None
        self._process = None
        self._starts = 0

    @property
    def url(self):
        return f"{'tls' if self._tls else 'nats'}://127.0.0.1:{self._port}"

    @property
    def websocket_url(self):
        return f"{'wss' if self._tls else 'ws'}://127.0.0.1:{self._websocket_port}"

    @property
    def log_path(self):
        return self._folder / "server.log"

    def start(self):
        self._starts += 1
        ports_folder = self._folder / f"ports-{self._starts}"
        ports_folder.mkdir()
        config = self._folder / "server.conf"
        config.write_text(
            f"{self._settings}\n"
            "host: 127.0.0.1\n"
            f"port: {-1 if self._port is None else self._port}\n"
            f"ports_file_dir: {json.dumps(str(ports_folder))}\n"
            f"{self._tls or ''}\n"
            f"websocket {{ listen: \"127.0.0.1:{self._websocket_port or -1}\", compression: true\n"
            f"{self._tls or 'no_tls: true'} }}\n"
        )
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._port, self._websocket_port = self._wait_for_ports(ports_folder)

    def _wait_for_ports(self, ports_folder):
        """Waits for <program>_<pid>.ports, which the server writes when it listens."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerError(f"the server ended with {self._process.returncode}:\n{self.log()}")
            for path in ports_folder.glob("*.ports"):
                try:
                    ports = json.loads(path.read_text())
                except (json.JSONDecodeError, FileNotFoundError):
                    continue  # still being written
                return [int(ports[kind][0].rsplit(":", 1)[1]) for kind in ("nats", "websocket")]
            time.sleep(POLL_SECONDS)
        raise ServerError(f"no ports file within {START_SECONDS} s:\n{self.log()}")

    def stop(self):
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise ServerError(f"the server did not end within {STOP_SECONDS} s of SIGTERM")
        finally:
            self._process = None

    def restart(self):
        self.stop()
        self.start()

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self._process is not None and self._process.poll() is None:
            self.stop()


def environment_without_nats():
    """Returns this process's environment without settings that clients would use."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NATS_")}
