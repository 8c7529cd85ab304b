"""`-t` of a server on every file of the configuration corpus: the verdict and the texts that are recorded there.

    config_corpus_test.py build/dev/bin/midged      a server
    config_corpus_test.py --nats-server             the one that NATS_SERVER names
    config_corpus_test.py --record                  has it write the verdicts that are missing
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import unittest

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "unit" / "config" / "corpus"
VARIABLES = {
    "MIDGE_TEST_NUMBER": "4999",
    "MIDGE_TEST_TEXT": "abc",
    "MIDGE_TEST_BLANK": "abc def",
    "MIDGE_TEST_QUOTED": '"abc_def"',
    "MIDGE_TEST_CYCLE": "$MIDGE_TEST_CYCLE",
    "MIDGE_TEST_MAP": "{user: a, password: b}",
}
PATIENCE = 60  # seconds
OFFICIAL_TRIES_MAX = 6
SERVER = None  # the program under test
OFFICIAL = False  # it is nats-server


def differences():
    """What the corpus' README says nats-server answers otherwise: the names of its table."""
    names = set()
    for row in re.findall(r"^\| ([a-z0-9_, ]+) \|", (CORPUS / "README.md").read_text(encoding="utf-8"), re.M):
        names.update(name.strip() for name in row.split(","))
    return names - {"file"}


def verdict(name):
    """In the words of the `.expected` files."""
    done = subprocess.run([SERVER, "-t", "-c", f"{name}.conf"], cwd=CORPUS, env={**os.environ, **VARIABLES},
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    # nats-server writes the end of the file as a byte 0.
    said = re.sub(r"^[\w-]+: ", "", done.stdout + done.stderr).strip().replace("\0", "")
    valid = re.fullmatch(r"configuration file .* is valid \((sha256:[0-9a-f]+)\)", said)
    if done.returncode not in (0, 1) or not said or (done.returncode == 0) != bool(valid):
        return f"exit code {done.returncode}: {said}"
    return f"valid {valid[1]}" if valid else said


def lines(text):
    """Sorted, since nats-server reports the entries of a block in no fixed order."""
    return sorted(text.strip().split("\n"))


class ConfigCorpus(unittest.TestCase):
    maxDiff = None

    def test_every_file_gives_the_recorded_verdict(self):
        names = sorted(file.stem for file in CORPUS.glob("*.conf"))
        self.assertGreater(len(names), 200)
        differing = differences()
        self.assertLessEqual(differing, set(names), "the README names files that do not exist")
        recorded = {name: lines((CORPUS / f"{name}.expected").read_text(encoding="utf-8")) for name in names}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            verdicts = dict(zip(names, pool.map(
                lambda name: self.settled_verdict(name, recorded[name], OFFICIAL and name in differing), names)))
        for name in names:
            with self.subTest(name):
                if OFFICIAL and name in differing:
                    self.assertNotEqual(verdicts[name], recorded[name], "no difference any more")
                else:
                    self.assertEqual(verdicts[name], recorded[name])

    @staticmethod
    def settled_verdict(name, recorded, differs):
        """nats-server goes through blocks in an order that changes: which of two duplicates it names, too."""
        for _ in range(OFFICIAL_TRIES_MAX if OFFICIAL else 1):
            said = lines(verdict(name))
            if (said == recorded) != differs:
                break
        return said


def record():
    for file in sorted(CORPUS.glob("*.conf")):
        expected = file.with_suffix(".expected")
        if not expected.exists():
            expected.write_text(verdict(file.stem) + "\n", encoding="utf-8")
            print(expected.name)


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
