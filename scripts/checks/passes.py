"""Remembers what passed, by the content of everything that it depends on, so that it need not run again.

A pass is an empty file below MIDGE_CHECKS_CACHE (by default ~/.cache/midge/passes), named by a digest. Two runs of a step get the
same digest when the files of the tree that can change its verdict, and all installed packages, are the same.
"""
import hashlib
import os
import pathlib
import subprocess
import time

AGE_DAYS_MAX = 30


def cache_folder():
    home = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    return pathlib.Path(os.environ.get("MIDGE_CHECKS_CACHE") or home / "midge" / "passes")


def files_of(root):
    """Returns the files of the tree below `root`, without generated ones. Also works for an unpacked archive, which is not a
    checkout."""
    if (root / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                                capture_output=True, text=True, check=True)
        return [path for path in listed.stdout.split("\0") if path and (root / path).is_file()]
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return [path.as_posix() for path in paths if path.parts[0] != "build"]


class Passes:
    def __init__(self, root, enabled=True):
        self.root = root
        self.folder = cache_folder()
        self.enabled = enabled
        self.files = sorted(files_of(root))
        self._digests = {}
        packages = subprocess.run(["dpkg-query", "--show"], capture_output=True, check=False).stdout
        self._machine = hashlib.sha256(packages + pathlib.Path("/etc/os-release").read_bytes()).hexdigest()

    def _digest_of(self, path):
        if path not in self._digests:
            self._digests[path] = hashlib.sha256((self.root / path).read_bytes()).hexdigest()
        return self._digests[path]

    def matching(self, patterns):
        """Returns the files below these folders, with these names, or matching these patterns with a *."""
        return [path for path in self.files
                if any(path == p or path.startswith(p + "/") or ("*" in p and pathlib.PurePath(path).match(p))
                       for p in patterns)]

    def digest(self, name, paths):
        total = hashlib.sha256(f"{name}\n{self._machine}\n".encode())
        for path in sorted(paths):
            total.update(f"{path} {self._digest_of(path)}\n".encode())
        return total.hexdigest()

    def passed_on(self, digest):
        """Returns the day of the pass as text, or None."""
        file = self.folder / digest
        if not self.enabled or not file.exists():
            return None
        changed = file.stat().st_mtime
        if time.time() - changed > AGE_DAYS_MAX * 86400:
            file.unlink()
            return None
        return time.strftime("%Y-%m-%d", time.localtime(changed))

    def record(self, digest):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / digest).touch()
