"""The package of a version before: the same files under an older number, so that there is something to upgrade from."""
import pathlib
import re
import subprocess
import tempfile

OLDER = "0.0.1-1"
COMMAND_SECONDS = 120


def make_older(package, folder):
    """The path of the new package file in `folder`."""
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["dpkg-deb", "-R", package, work], check=True, timeout=COMMAND_SECONDS)
        control = pathlib.Path(work) / "DEBIAN/control"
        text = control.read_text(encoding="utf-8")
        version = re.search(r"^Version: (\S+)$", text, re.M).group(1)
        # Our packages depend on each other by version, too.
        control.write_text(text.replace(f"Version: {version}", f"Version: {OLDER}").replace(f"(= {version})", f"(= {OLDER})"),
                           encoding="utf-8")
        older = pathlib.Path(folder) / pathlib.Path(package).name.replace(version, OLDER)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", work, older], check=True, stdout=subprocess.DEVNULL,
                       timeout=COMMAND_SECONDS)
    return older
