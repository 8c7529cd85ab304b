"""The broker as a library: installs the component `core` of this build, builds examples/embedded-broker with it like a user of
the library, and talks to it."""
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["MIDGE_BUILD"])
SECONDS = 90


def cached(name):
    """Returns a setting of this build."""
    found = re.search(rf"(?m)^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(encoding="utf-8"))
    return found.group(1) if found else ""


class Embedding(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="midge-embedding-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.prefix = self.folder / "prefix"

    def run_it(self, *command):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=SECONDS, check=False)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")

    def build_example(self):
        self.run_it("cmake", "--install", BUILD, "--component", "core", "--prefix", self.prefix)
        sanitizers = cached("MIDGE_SANITIZE")  # programs need the sanitizers of the library
        flags = [cached("CMAKE_CXX_FLAGS"), f"-fsanitize={sanitizers}" if sanitizers else ""]
        self.run_it("cmake", "-S", ROOT / "examples/embedded-broker", "-B", self.folder / "build", "-G", "Ninja",
                    f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={cached('CMAKE_CXX_COMPILER')}",
                    f"-DCMAKE_CXX_FLAGS={' '.join(flags).strip()}")
        self.run_it("cmake", "--build", self.folder / "build")
        return self.folder / "build/embedded-broker"

    def test_a_program_of_twelve_lines_is_a_server(self):
        program = self.build_example()
        with subprocess.Popen([program, "-1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            try:
                port = int(server.stdout.readline().rsplit(":", 1)[1])
                with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as client:
                    client.sendall(b'CONNECT {"verbose":false}\r\nSUB a 1\r\nPUB a 5\r\nhello\r\nPING\r\n')
                    answer = b""
                    while not answer.endswith(b"PONG\r\n"):
                        part = client.recv(4096)
                        self.assertTrue(part, answer)
                        answer += part
                self.assertTrue(answer.startswith(b"INFO {"), answer)
                self.assertIn(b"MSG a 1 5\r\nhello\r\n", answer)
            finally:
                server.communicate("\n", timeout=SECONDS)
        self.assertEqual(server.returncode, 0)

    def test_the_package_can_be_moved(self):
        self.run_it("cmake", "--install", BUILD, "--component", "core", "--prefix", self.prefix)
        files = [path for path in self.prefix.rglob("*.cmake")]
        self.assertGreaterEqual(len(files), 3)
        for path in files:
            text = path.read_text(encoding="utf-8")
            for place in (self.prefix, ROOT):
                self.assertFalse(str(place) in text, f"{place} in {path}")


if __name__ == "__main__":
    unittest.main()
