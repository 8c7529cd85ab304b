"""A Debian system in a folder, booted with systemd in separate namespaces, so that packages change only this system."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
COMMAND_SECONDS = 300
PREPARE_SECONDS = 1500
BOOT_SECONDS = 60
POLL_SECONDS = 0.05
BASE_AGE_DAYS_MAX = 14
# Packages that are installed first: usual ones of users, and a compiler for plugins.
BASE_PACKAGES = ("bash-completion", "ca-certificates", "cmake", "g++", "libpoco-dev", "make", "man-db", "pkg-config",
                 "systemd-sysv")


class MachineError(Exception):
    pass


def host_release():
    """Returns the code name of this machine's Debian release, because packages that are built here need its libraries."""
    text = pathlib.Path("/etc/os-release").read_text(encoding="utf-8")
    return re.search(r'^VERSION_CODENAME="?(\w+)', text, re.M).group(1)


def host_mirror():
    """Returns this machine's mirror of Debian packages in a list of one, or an empty list if apt has none."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)", "Created-By: Packages"],
        capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
    return re.findall(r"^(\S+) Debian Debian$", done.stdout, re.M)[:1]


def why_not():
    """Returns the reason why this machine cannot boot another one, or ""."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "needs Linux and root"
    for program in ("debootstrap", "unshare", "nsenter", "chroot", "dpkg-deb", "lintian"):
        if shutil.which(program) is None:
            return f"needs {program}"
    tried = subprocess.run(["unshare", "--pid", "--fork", "--mount", "--net", "--ipc", "--uts", "--cgroup", "sh", "-c",
                            "mount -t cgroup2 cgroup2 /mnt && ls /mnt/cgroup.procs"],
                           capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
    return f"namespaces and control groups: {tried.stderr.strip()}" if tried.returncode != 0 else ""


class Running:
    """A program in a machine, stopped at the end of a `with`. Its output is read line by line."""

    def __init__(self, machine, command):
        self._machine = machine
        self._process = machine.popen(f"echo $$; exec {command}")
        self._pid = self.line().strip()  # the number within the machine

    def line(self):
        return self._process.stdout.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._machine.run(f"kill {self._pid}", check=False)
        self._process.wait(COMMAND_SECONDS)


class Machine:
    """`folder` becomes its root. Used in `with`, which switches it off at the end."""

    def __init__(self, folder, cache):
        self.root = pathlib.Path(folder)
        self._cache = pathlib.Path(cache)
        self._init = None  # boot.sh
        self._pid = None  # of systemd, as seen by this machine

    # ---- before it is booted

    def make(self):
        """Installs a system with BASE_PACKAGES, from an archive in `cache` if that is not too old."""
        key = hashlib.sha256(" ".join(BASE_PACKAGES).encode()).hexdigest()[:12]
        archive = self._cache / f"{host_release()}-{key}.tar"
        if not archive.exists() or time.time() - archive.stat().st_mtime > BASE_AGE_DAYS_MAX * 86400:
            self._debootstrap(archive)
        self.root.mkdir(parents=True)
        self._outside(["tar", "-C", self.root, "--numeric-owner", "-xpf", archive])

    def _debootstrap(self, archive):
        base = archive.with_suffix(".new")
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir(parents=True)
        self._outside(["debootstrap", "--variant=minbase", host_release(), base, *host_mirror()])
        (base / "etc/dpkg/dpkg.cfg.d/fast").write_text("force-unsafe-io\n")
        self._outside(["chroot", base, "apt-get", "update", "-q"])
        self._outside(["chroot", base, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y",
                       "--no-install-recommends", *BASE_PACKAGES])
        self._outside(["chroot", base, "apt-get", "clean"])
        part = archive.with_suffix(".part")
        self._outside(["tar", "-C", base, "--numeric-owner", "-cf", part, "."])
        part.rename(archive)
        shutil.rmtree(base)

    def update(self):
        """Updates the package lists."""
        self._outside(["chroot", self.root, "apt-get", "update", "-q"])

    def fetch_dependencies(self, packages):
        """Downloads the dependencies of the package files (paths in the machine), because the booted machine has no network."""
        self._outside(["chroot", self.root, "apt-get", "install", "-q", "-y", "--no-install-recommends", "--download-only", *packages])

    @staticmethod
    def _outside(command):
        try:
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=PREPARE_SECONDS, check=False,
                                  env={**os.environ, "LC_ALL": "C.UTF-8"})
        except subprocess.TimeoutExpired as slow:
            raise MachineError(f"{' '.join(map(str, command))}: took over {PREPARE_SECONDS} s") from slow
        if done.returncode != 0:
            raise MachineError(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")

    # ---- booted

    def boot(self):
        self._init = subprocess.Popen(["bash", HERE / "boot.sh", self.root], stdin=subprocess.DEVNULL)
        self._pid = self.wait_until(self._first_process, "systemd is the first process", BOOT_SECONDS)
        # The state is "starting" until the system is up. "degraded" means that another service has failed, which does not
        # matter.
        self.wait_until(lambda: self.run("systemctl is-system-running", check=False).stdout.strip() in ("running", "degraded"),
                        "the system is up", BOOT_SECONDS)

    def _first_process(self):
        """Returns the process with number 1 in the machine, which has become systemd."""
        if self._init.poll() is not None:
            raise MachineError(f"the machine ended with {self._init.returncode} while it was booted")
        try:
            pids = pathlib.Path(f"/proc/{self._init.pid}/task/{self._init.pid}/children").read_text().split()
            names = [pathlib.Path(f"/proc/{pid}/comm").read_text().strip() for pid in pids]
        except OSError:
            return None
        return int(pids[0]) if names == ["systemd"] else None

    def run(self, command, check=True, stdin=""):
        """Returns the result of `command` in a shell, as root in the machine. Raises MachineError if it fails and `check` is
        True."""
        done = subprocess.run(
            ["nsenter", "--target", str(self._pid), "--all", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
             "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "MANPAGER=cat", "SYSTEMD_PAGER=cat", "bash", "-c", command],
            input=stdin, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
        if check and done.returncode != 0:
            raise MachineError(f"{command}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def start(self, command):
        """Starts a program in the machine that keeps running."""
        return Running(self, command)

    def popen(self, command):
        return subprocess.Popen(["nsenter", "--target", str(self._pid), "--all", "bash", "-c", command],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def path(self, inside):
        return self.root / inside.lstrip("/")

    @staticmethod
    def wait_until(condition, what, seconds=BOOT_SECONDS):
        """Waits until `condition` is true, and returns its value."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := condition():
                return found
            time.sleep(POLL_SECONDS)
        raise MachineError(f"not within {seconds} s: {what}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._init is not None:
            self._init.kill()  # --kill-child: systemd and all its processes end with it
            self._init.wait()
