"""`-t` of a server on every file of the configuration corpus: the verdict and the texts that are recorded there.

    config_corpus_test.py build/dev/bin/midged      a server
    config_corpus_test.py --nats-server             the one that NATS_SERVER names
    config_corpus_test.py --record                  has it write the verdicts that are missing
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "unit" / "config" / "corpus"
VARIABLES = {
    "MIDGE_TEST_NUMBER": "4999",
    "MIDGE_TEST_TEXT": "abc",
    "MIDGE_TEST_SUFFIX": "4e2secret",
    "MIDGE_TEST_BLANK": "abc def",
    "MIDGE_TEST_QUOTED": '"abc_def"',
    "MIDGE_TEST_CYCLE": "$MIDGE_TEST_CYCLE",
    "MIDGE_TEST_LIST": "[ 1 ]",
    "MIDGE_TEST_MAP": "{user: a, password: b}",
}
PATIENCE = 60  # seconds
OFFICIAL_TRIES_MAX = 6
SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server


def differences():
    """Returns the names in the table of the corpus' README: files for which nats-server gives another result."""
    names = set()
    for row in re.findall(r"^\| ([a-z0-9_, ]+) \|", (CORPUS / "README.md").read_text(encoding="utf-8"), re.M):
        names.update(name.strip() for name in row.split(","))
    return names - {"file"}


def parts(text):
    """Returns the configuration in a file of the corpus, and the result at its end; "" if there is none yet."""
    config, mark, recorded = text.partition("#>") if text.startswith("#>") else text.partition("\n#>")
    if not mark:
        return text, ""
    if mark.startswith("\n") and not recorded.startswith("|"):
        config += "\n"
    return config, "".join(line.partition(" ")[2] + "\n" for line in recorded.splitlines())


def copy_without_verdicts(folder):
    """Copies the corpus without results, as the server must read it."""
    shutil.copytree(CORPUS, folder, dirs_exist_ok=True)
    for file in folder.glob("*.conf"):
        file.write_bytes(parts(file.read_bytes().decode("utf-8"))[0].encode("utf-8"))


def verdict(name, folder):
    """Returns the result in the form of the corpus."""
    done = subprocess.run([SERVER, "-t", "-c", f"{name}.conf"], cwd=folder, env={**os.environ, **VARIABLES},
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    # nats-server prints the end of the file as a zero byte.
    said = re.sub(r"^[\w-]+: ", "", done.stdout + done.stderr).strip().replace("\0", "")
    said = re.sub(r" -- .*", "", said)  # Midge's explanations
    valid = re.fullmatch(r"configuration file .* is valid \((sha256:[0-9a-f]+)\)", said)
    if done.returncode not in (0, 1) or not said or (done.returncode == 0) != bool(valid):
        return f"exit code {done.returncode}: {said}"
    return f"valid {valid[1]}" if valid else said


def lines(text):
    """Sorts the lines, because nats-server reports the entries of a block in no fixed order."""
    return sorted(text.strip().split("\n"))


class ConfigCorpus(unittest.TestCase):
    maxDiff = None

    def test_every_file_gives_the_recorded_verdict(self):
        names = sorted(file.stem for file in CORPUS.glob("*.conf"))
        self.assertGreater(len(names), 200)
        differing = differences()
        self.assertLessEqual(differing, set(names), "the README names files that do not exist")
        recorded = {name: lines(parts((CORPUS / f"{name}.conf").read_bytes().decode("utf-8"))[1]) for name in names}
        with tempfile.TemporaryDirectory() as place, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            folder = pathlib.Path(place)
            copy_without_verdicts(folder)
            verdicts = dict(zip(names, pool.map(
                lambda name: self.settled_verdict(name, folder, recorded[name], OFFICIAL and name in differing), names)))
        for name in names:
            with self.subTest(name):
                if OFFICIAL and name in differing:
                    self.assertNotEqual(verdicts[name], recorded[name], "no difference any more")
                else:
                    self.assertEqual(verdicts[name], recorded[name])

    @staticmethod
    def settled_verdict(name, folder, recorded, differs):
        """nats-server reads blocks in a random order, so that it may report either of two duplicates."""
        for _ in range(OFFICIAL_TRIES_MAX if OFFICIAL else 1):
            said = lines(verdict(name, folder))
            if (said == recorded) != differs:
                break
        return said


def record():
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        copy_without_verdicts(folder)
        for file in sorted(CORPUS.glob("*.conf")):
            text = file.read_bytes().decode("utf-8")
            if not parts(text)[1]:
                first = "#>" if text.endswith("\n") else "\n#>|"
                file.write_bytes((text + first + " " + verdict(file.stem, folder).replace("\n", "\n#> ") + "\n").encode("utf-8"))
                print(file.name)


if __name__ == "__main__":
    OFFICIAL = sys.argv[1:] in (["--nats-server"], ["--record"])
    SERVER = os.environ.get("NATS_SERVER") if OFFICIAL else sys.argv[1]
    if not SERVER:
        sys.exit(77)  # ctest: skipped
    SERVER = os.path.abspath(SERVER)
    if sys.argv[1:] == ["--record"]:
        record()
    else:
        unittest.main(argv=sys.argv[:1])
