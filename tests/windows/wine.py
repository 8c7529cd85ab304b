"""A separate Windows installation in a folder, with Wine."""
import os
import pathlib
import re
import subprocess
import tempfile
import time

RUNNER = pathlib.Path(__file__).resolve().parents[2] / "cmake/windows/run-with-wine.sh"
WINE = "/usr/lib/wine/wine64"
PATIENCE = 120  # seconds, for a slow machine; a test that passes never waits that long


class Wine:
    def __init__(self, folder):
        self.prefix = pathlib.Path(folder)
        self.environment = {**os.environ, "MIDGE_WINEPREFIX": str(self.prefix), "LC_ALL": "C.UTF-8"}
        self.run("cmd", "/c", "exit 0")
        # Immediately after its first boot, Wine loses services that are created.
        self.end_server()
        # Wine's service control manager and its services end with the last program of a user.
        self.user = subprocess.Popen([RUNNER, "cmd"], env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)

    def run(self, *words, code=0):
        """Runs a program to its end. Returns its output, both streams. `code` None: any exit code is allowed."""
        done = self.attempt(*words)
        if code is not None and done.returncode != code:
            raise AssertionError(f"{' '.join(map(str, words))}: exit code {done.returncode}, expected {code}:\n{done.stdout}")
        return done.stdout

    def attempt(self, *words):
        # To a file, because the output would end only with Wine's services if this program has started them.
        with tempfile.TemporaryFile() as output:
            try:
                done = subprocess.run([RUNNER, *map(str, words)], env=self.environment, stdin=subprocess.DEVNULL, stdout=output,
                                      stderr=subprocess.STDOUT, timeout=PATIENCE, check=False)
            except subprocess.TimeoutExpired:
                print("-- what runs\n" + running(), flush=True)
                raise
            output.seek(0)
            done.stdout = output.read().decode(errors="replace").replace("\r\n", "\n")
        return done

    def path(self, windows_path):
        """Returns the path of C:\... in this system."""
        drive, rest = windows_path.split(":", 1)
        assert drive == "C", windows_path
        return self.prefix.joinpath("drive_c", *rest.strip("\\").split("\\"))

    def registry(self, key, name):
        """Returns the text of a value; None if there is none."""
        done = self.attempt("reg", "query", key, "/v", name, "/reg:64")
        found = re.search(rf"^\s+{re.escape(name)}\s+REG_\w+\s+(.*)$", done.stdout, re.M)
        return found.group(1).strip() if done.returncode == 0 and found else None

    def end(self):
        self.user.communicate()
        self.end_server()

    def end_server(self):
        subprocess.run(["/usr/lib/wine/wineserver64", "-k"], env={**self.environment, "WINEPREFIX": str(self.prefix)}, check=False)


def running():
    """Returns the programs of this system that belong to Wine, and what they wait for."""
    lines = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            state = re.search(r"^State:\s+(.*)$", (process / "status").read_text(), re.M).group(1)
            waits = (process / "wchan").read_text()
        except OSError:
            continue  # it has ended
        if re.search(r"wine|\.exe|flock", words):
            lines.append(f"{process.name} {state} {waits} {words[:200]}")
    return "\n".join(lines)


def wait_until(true, what):
    """Asks repeatedly until the condition is true. `true` runs a program or reads the network, so that this does not spin."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
