"""Starts programs and waits for their output, but never for a fixed time."""
import os
import queue
import re
import signal
import subprocess
import threading
import time

PATIENCE = 60  # seconds, for a slow machine with a sanitizer; a test that passes never waits that long


def ending_signal(command):
    """Returns the signal that asks a program to end. Under Wine, programs support only Ctrl-C."""
    return signal.SIGINT if command.split()[0].endswith("-under-wine") else signal.SIGTERM


class Program:
    """A running program. Both outputs are one stream of lines. `with` ends it."""

    def __init__(self, command, env, cwd):
        self.command = command
        self.lines = []
        self._arrived = queue.Queue()
        self.process = subprocess.Popen(["/bin/sh", "-c", "exec " + command], env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._arrived.put(line.rstrip("\n"))
        self._arrived.put(None)

    def wait_for(self, pattern, start=0):
        """Returns the match of the first line from number `start` on; its .string is the whole line."""
        at, deadline = start, time.monotonic() + PATIENCE
        while True:
            while at < len(self.lines):
                found = re.search(pattern, self.lines[at])
                if found:
                    return found
                at += 1
            try:
                line = self._arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{self.command}: no line matches {pattern!r} in:\n" + "\n".join(self.lines))
            if line is None:
                raise AssertionError(f"{self.command}: ended before a line matched {pattern!r}:\n" + "\n".join(self.lines))
            self.lines.append(line)

    def rest(self):
        """Returns all lines after the end of the program."""
        self._reader.join(PATIENCE)
        while not self._arrived.empty():
            line = self._arrived.get()
            if line is not None:
                self.lines.append(line)
        return self.lines

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """Asks it to end. Returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(ending_signal(self.command))
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"{self.command}: does not end; it said:\n" + "\n".join(self.lines))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.stop()
        self.rest()
        report = [line for line in self.lines if "Sanitizer" in line or "runtime error" in line]
        if kind is None and (report or code not in (0, -signal.SIGTERM)):
            raise AssertionError(f"{self.command}: exit code {code}:\n" + "\n".join(self.lines))


def run(command, env, cwd):
    """Runs a program to its end. Returns its output, both streams."""
    done = subprocess.run(["/bin/sh", "-c", command], env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="replace", timeout=PATIENCE * 2)
    output = done.stdout + done.stderr
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit code {done.returncode}:\n{output}")
    return output


def environment(names_folder, home):
    """Returns the environment of a new user: an empty home, and the folder of NATS names first on PATH."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(("NATS", "NSC", "NKEYS", "XDG"))}
    env["HOME"] = home
    env["PATH"] = names_folder + os.pathsep + env.get("PATH", "/usr/bin:/bin")
    return env
