"""Command line programs under test: programs that run to their end, and programs that run until they are stopped."""

import queue
import subprocess
import threading

RUN_SECONDS = 60
LINE_SECONDS = 30


class Output:
    def __init__(self, done):
        self.code = done.returncode
        self.stdout = done.stdout
        self.stderr = done.stderr

    def __repr__(self):
        return f"code {self.code}\nstdout: {self.stdout!r}\nstderr: {self.stderr!r}"


def run(command, environment, stdin=""):
    return Output(subprocess.run(
        [str(word) for word in command], env=environment, input=stdin, text=True,
        capture_output=True, timeout=RUN_SECONDS,
    ))


class Running:
    """A program whose lines are read as they are printed. Used in `with`, which stops it at the end."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(
            [str(word) for word in command], env=environment, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        self.stdout = self._follow(self.process.stdout)
        self.stderr = self._follow(self.process.stderr)

    def _follow(self, pipe):
        lines = queue.Queue()

        def read():
            for line in pipe:
                lines.put(line.rstrip("\n"))
            lines.put(None)

        threading.Thread(target=read, daemon=True).start()
        return lines

    @staticmethod
    def next_line(lines):
        """Returns the next line, or None at the end of the output."""
        try:
            return lines.get(timeout=LINE_SECONDS)
        except queue.Empty:
            raise AssertionError(f"no further line within {LINE_SECONDS} s") from None

    def wait_for(self, lines, part):
        """Reads until a line contains `part`, and returns that line."""
        seen = []
        while True:
            line = self.next_line(lines)
            if line is None:
                raise AssertionError(f"the output ended without {part!r}, after {seen}")
            if part in line:
                return line
            seen.append(line)

    def take(self, lines, count):
        return [self.next_line(lines) for _ in range(count)]

    def rest(self, lines):
        """Returns all lines up to the end of the program."""
        out = []
        while (line := self.next_line(lines)) is not None:
            out.append(line)
        return out

    def end_code(self):
        return self.process.wait(RUN_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
