"""A package of an older version: the same files with a smaller version number, to test upgrades."""
import pathlib
import re
import subprocess
import tempfile

OLDER = "0.0.1-1"
COMMAND_SECONDS = 120


def make_older(package, folder):
    """Returns the path of the new package file in `folder`."""
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["dpkg-deb", "-R", package, work], check=True, timeout=COMMAND_SECONDS)
        control = pathlib.Path(work) / "DEBIAN/control"
        text = control.read_text(encoding="utf-8")
        version = re.search(r"^Version: (\S+)$", text, re.M).group(1)
        # The packages also depend on each other by version.
        control.write_text(text.replace(f"Version: {version}", f"Version: {OLDER}").replace(f"(= {version})", f"(= {OLDER})"),
                           encoding="utf-8")
        older = pathlib.Path(folder) / pathlib.Path(package).name.replace(version, OLDER)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", work, older], check=True, stdout=subprocess.DEVNULL,
                       timeout=COMMAND_SECONDS)
    return older
