#!/usr/bin/env python3
"""Installs, uses, upgrades and removes Midge on a Windows of its own, under Wine.

usage: installer_test.py --client MIDGE --work FOLDER --make COMMAND...
MIDGE is this system's midge; COMMAND makes an installer when -DVERSION=... -DOUT=... -P SCRIPT is added to it (SCRIPT is the
last of COMMAND). Ends with 77 where there is no MIDGE or no Wine.
"""
import argparse
import errno
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

from wine import PATIENCE, WINE, Wine, wait_until

SKIPPED = 77
FOLDER = "C:\\Program Files\\Midge"
DATA = "C:\\ProgramData\\Midge"
MIDGED = FOLDER + "\\bin\\midged.exe"
UNINSTALL_KEY = "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Midge"
SERVICES_KEY = "HKLM\\SYSTEM\\CurrentControlSet\\Services"
OLDER, NEWER = "0.0.1", "0.1.0"
OTHER_USER = 65534
STREET = "Große Straße 李"


def expect(truth, what):
    if not truth:
        raise AssertionError(what)


def expect_in(part, text):
    expect(part in text, f"{part!r} is not in:\n{text}")


def free_port():
    """Returns a port below those that this system assigns, so that no other program gets it while the service is stopped."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as any_socket:
            try:
                any_socket.bind(("127.0.0.1", port))
                return port
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise


class AccountServer:
    """Serves the JWT of each account in a folder, like an account server."""

    def __init__(self, folder):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.rsplit("/", 1)[-1]
                file = folder / f"{name}.jwt"
                found = re.fullmatch("[A-Z2-7]*", name) and file.exists()
                body = file.read_bytes() if found else b""
                self.send_response(200 if found or not name else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class InstallerTest:
    def __init__(self, wine, client, work, make):
        self.wine = wine
        self.client = client
        self.work = work
        self.make = make
        self.port = free_port()
        self.config = wine.path(DATA + "\\midged.conf")
        self.log = wine.path(DATA + "\\midged.log")

    # ---- helpers

    def installer(self, version):
        out = self.work / f"midge-{version}.exe"
        command, script = self.make[:-1], self.make[-1]
        subprocess.run([*command, f"-DVERSION={version}", f"-DOUT={out}", "-P", script], check=True, timeout=300)
        return out

    def service(self, action, *more, code=0):
        return self.wine.run(MIDGED, "--service", action, *more, code=code)

    def signal(self, name, code=0):
        return self.wine.run(MIDGED, "--signal", name, code=code)

    def log_text(self):
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def edit(self, pattern, text):
        before = self.config.read_text(encoding="utf-8")
        after = re.sub(pattern, lambda _: text, before, count=1, flags=re.M)
        expect(before != after, f"{pattern} is not in:\n{before}")
        self.config.write_text(after, encoding="utf-8")

    def reload(self, code=0):
        """Returns the log lines about a reload, after its end. The answer to who asked for it must fit the exit code `code`."""
        at = len(self.log_text())
        answer = self.signal("reload", code=code)
        expect_in('signal "reload"' if code else "reloaded its configuration", answer)
        over = re.compile("Reloaded server configuration|Failed to reload server configuration")
        wait_until(lambda: self.service("status") and over.search(self.log_text()[at:]), "the end of a reload")
        return self.log_text()[at:]

    def reloaded(self):
        said = self.reload()
        expect_in("Reloaded server configuration", said)
        return said

    def info(self):
        """Returns the INFO of the server."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            line = connection.makefile("rb").readline()
        return json.loads(line.removeprefix(b"INFO "))

    def midge(self, *words):
        creds = self.wine.path(DATA + "\\keys\\creds\\midge\\APP\\app.creds")
        return [self.client, "-s", f"nats://127.0.0.1:{self.port}", "--creds", str(creds), *words]

    def round_trip(self):
        """Sends a request through the service with this system's client."""
        with subprocess.Popen(self.midge("reply", "question", "answer"), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as responder:
            def answered():
                done = subprocess.run(self.midge("--timeout", "1s", "request", "question", ""), capture_output=True,
                                      text=True, timeout=PATIENCE, check=False)
                if responder.poll() is not None:
                    raise AssertionError(f"the responder ended: {responder.stdout.read()}\nthe request: {done.stdout}{done.stderr}")
                return "answer" in done.stdout
            try:
                wait_until(answered, "an answer")
            finally:
                responder.terminate()

    def files(self, folder):
        return sorted(path.relative_to(folder) for path in folder.rglob("*"))

    # ---- the test, step by step

    def a_wrong_option_is_refused(self):
        setup = self.installer(OLDER)
        self.wine.run(setup, "/S", "/PORT=many", code=2)
        self.wine.run(setup, "/S", "/START=never", code=2)
        expect(not self.wine.path(FOLDER).exists(), "something was installed")

    def a_folder_of_somebody_else_is_not_used(self):
        """Under Wine, files of another user of this system have no particular owner."""
        if os.geteuid() != 0:
            print("   skipped: only root can give files away")
            return
        setup = self.work / f"midge-{OLDER}.exe"
        data = self.wine.path(DATA)
        data.mkdir()
        planted = data / "midged.conf"
        planted.write_text("listen: 4222\n", encoding="utf-8")
        for theirs in (planted, data):
            os.chown(theirs, OTHER_USER, -1)
            self.wine.run(setup, "/S", f"/PORT={self.port}", code=3)
            os.chown(theirs, os.geteuid(), -1)
        expect(not self.wine.path(FOLDER + "\\bin").exists(), "something was installed")
        expect(planted.read_text(encoding="utf-8") == "listen: 4222\n" and self.files(data) == [pathlib.Path("midged.conf")],
               "the folder was changed")
        shutil.rmtree(data)

    def a_first_installation_runs_the_service(self):
        self.wine.run(self.work / f"midge-{OLDER}.exe", "/S", f"/PORT={self.port}", "/NATSNAMES", "/PATH")
        expect_in('Service "midged": running, process ', self.service("status"))
        expect(self.wine.registry(UNINSTALL_KEY, "DisplayVersion") == OLDER, "version in the registry")
        expect_in(FOLDER + "\\bin", self.wine.registry(
            "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment", "Path"))
        expect_in(DATA + "\\midged.conf", self.wine.registry(SERVICES_KEY + "\\midged", "ImagePath"))
        expect_in("Loaded resolver plugin resolver-dir", self.log_text())
        expect(self.info()["auth_required"], "anybody gets in")
        self.round_trip()

    def a_reload_tells_how_it_ended(self):
        self.edit("^log_size_limit", "max_payload: 4096\nlog_size_limit")
        expect_in(" would change: max_payload\n", self.signal("diff"))
        expect_in("Reloaded: max_payload = 4096", self.reloaded())
        expect(self.info()["max_payload"] == 4096, "max_payload is not in force")
        self.edit("^max_payload: 4096", "max_payload: \"C:\\Users\"")
        said = self.reload(code=1)
        expect_in("Failed to reload server configuration", said)
        expect_in("line 13: 'Invalid escape character 'U'", said)
        self.edit("^max_payload: .*\n", "")
        self.reloaded()
        self.round_trip()

    def the_service_manager_reopens_the_log(self):
        older = self.log.with_name("older.log")
        self.log.rename(older)
        self.signal("reopen")
        wait_until(lambda: self.service("status") and self.log.exists(), "a new log")

    def resolvers_are_swapped(self):
        keys = self.wine.path(DATA + "\\keys\\midge\\accounts")
        resolver = self.wine.path(DATA + "\\resolver.conf")
        full = resolver.read_text(encoding="utf-8")
        app = (keys / "APP/APP.jwt").read_bytes()
        (jwt_file,) = [file for file in self.wine.path(DATA + "\\jwt").glob("A*.jwt") if file.read_bytes() == app]
        head = re.sub(r"^resolver\b.*?^}\n", "", full, flags=re.M | re.S)
        expect(head != full, full)
        system = re.search(r"^system_account: (\w+)", full, re.M).group(1)

        resolver.write_text(re.sub(r"(?m)^resolver_preload: {\n", lambda found: found.group(0) +
                                   f"  {jwt_file.stem}: {jwt_file.read_text().strip()}\n", head) + "resolver: MEMORY\n",
                            encoding="utf-8")
        expect_in("Loaded resolver plugin resolver-memory", self.reloaded())
        self.round_trip()

        served = self.work / "served"
        served.mkdir()
        shutil.copy(jwt_file, served)
        shutil.copy(keys / "SYS/SYS.jwt", served / f"{system}.jwt")
        server = AccountServer(served)
        bare = re.sub(r"(?ms)^resolver_preload: \{.*?^\}\n", "", head)  # only writable resolvers accept it
        resolver.write_text(bare + f'resolver: URL("http://127.0.0.1:{server.port}/jwt/v1/accounts/")\n', encoding="utf-8")
        expect_in("Loaded resolver plugin resolver-url", self.reloaded())
        self.service("stop")
        self.service("start")  # without earlier state
        self.round_trip()

        resolver.write_text(full, encoding="utf-8")
        expect_in("Loaded resolver plugin resolver-dir", self.reloaded())
        self.round_trip()

    def a_broken_plugin_is_refused(self):
        plugin = self.wine.path(FOLDER + "\\lib\\midge\\plugins\\resolver-broken.dll")
        plugin.write_text("no plugin", encoding="utf-8")
        resolver = self.wine.path(DATA + "\\resolver.conf")
        full = resolver.read_text(encoding="utf-8")
        resolver.write_text(re.sub(r"(?ms)^resolver\b.*?^\}\n", 'resolver: { plugin: "resolver-broken" }\n', full), encoding="utf-8")
        said = self.reload(code=1)
        expect_in("Failed to reload server configuration", said)
        expect_in("resolver-broken.dll", said)
        resolver.write_text(full, encoding="utf-8")
        plugin.unlink()
        self.reloaded()

    def a_port_that_is_taken_is_told(self):
        expect_in('Service "midged" is stopped', self.service("stop"))
        expect_in('service "midged" does not run', self.signal("reload", code=1))
        with socket.create_server(("127.0.0.1", self.port)):
            at = len(self.log_text())
            expect_in("could not start; the Event Log says why", self.service("start", code=1))
            expect_in("it could not start", self.service("status", code=3))
            expect_in(f"127.0.0.1:{self.port}", self.log_text()[at:].split("[FTL]")[1])
        self.edit("^listen", "lissten")
        expect_in("configuration is not right; the Event Log says what", self.service("start", code=1))
        self.edit("^lissten", "listen")
        self.service("start")
        self.round_trip()

    def windows_itself_starts_and_stops_it(self):
        self.wine.run("net", "stop", "midged")
        expect_in('Service "midged": stopped', self.service("status", code=3))
        self.wine.run("net", "start", "midged")  # Wine's does not wait until the service runs, unlike that of Windows
        wait_until(lambda: "running" in self.service("status", code=None), "the service")
        self.round_trip()

    def lame_duck_mode_tells_clients_and_ends(self):
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            lines = connection.makefile("rb")
            expect(b'"ldm":true' not in lines.readline(), "already")
            self.signal("ldm=midged")
            expect(self.service("status").startswith('Service "midged": stop pending'), "not stopping")
        wait_until(lambda: "stopped" in self.service("status", code=None), "the end")
        expect_in("lame duck", self.log_text().lower())
        self.service("start")

    def an_upgrade_keeps_what_is_there(self):
        self.edit("^log_size_limit", "max_payload: 5000\nlog_size_limit")
        before = {name: (self.wine.path(DATA) / name).read_bytes()
                  for name in self.files(self.wine.path(DATA)) if (self.wine.path(DATA) / name).is_file() and name.suffix != ".log"}
        with subprocess.Popen(self.midge("sub", "during"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as connected:
            self.wine.run(self.installer(NEWER), "/S")
            connected.terminate()
        expect(self.wine.registry(UNINSTALL_KEY, "DisplayVersion") == NEWER, "version in the registry")
        expect_in("running", self.service("status"))
        expect(self.info()["max_payload"] == 5000, "another configuration")
        for name, text in before.items():
            expect((self.wine.path(DATA) / name).read_bytes() == text, f"{name} is another now")
        self.round_trip()

    def a_failed_start_fails_the_upgrade(self):
        self.edit("^listen", "lissten")
        self.wine.run(self.work / f"midge-{NEWER}.exe", "/S", code=4)
        said = self.wine.path(DATA + "\\install.log").read_bytes().decode("utf-16le", "replace")
        expect_in("lissten", said)
        self.edit("^lissten", "listen")
        self.wine.run(self.work / f"midge-{NEWER}.exe", "/S")
        self.service("start")

    def a_second_service_by_sc_as_documented(self):
        """Uses the commands of nats-server's documentation, with blanks and characters beyond ASCII in the paths."""
        folder = self.wine.path(f"C:\\{STREET}")
        folder.mkdir()
        port = free_port()
        (folder / "grün.conf").write_text(
            f'listen: "127.0.0.1:{port}"\nlog_file: "hier-äöü.log"\ninclude "stück.conf"\n', encoding="utf-8")
        (folder / "stück.conf").write_text('server_name: "Grüße"\n', encoding="utf-8")
        program = FOLDER + "\\bin\\nats-server.exe"
        self.wine.run("sc", "create", "nats-server", "binpath=", f'"{program}" -c "C:\\{STREET}\\grün.conf"')
        self.wine.run("sc", "start", "nats-server")
        wait_until(lambda: "running" in self.wine.run(program, "--service", "status"), "a second service")
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            expect_in("Grüße", connection.makefile("rb").readline().decode())
        self.wine.run(program, "--signal", "reload")
        self.wine.run(program, "--signal", "stop")
        expect_in("Server Exiting", (folder / "hier-äöü.log").read_text(encoding="utf-8"))
        expect_in("running", self.service("status"))
        self.wine.run("sc", "delete", "nats-server")

    def uninstall(self, *options):
        """The uninstaller continues in a copy of itself. Its last step removes Midge from the list of programs."""
        self.wine.run(FOLDER + "\\Uninstall.exe", "/S", *options)
        wait_until(lambda: self.wine.registry(UNINSTALL_KEY, "DisplayVersion") is None, "the end of the removal")

    def removal_asks_before_data(self):
        own = self.wine.path(FOLDER + "\\lib\\midge\\plugins\\resolver-own.dll")
        own.write_text("somebody's own", encoding="utf-8")
        self.uninstall()
        left = [path for path in self.files(self.wine.path(FOLDER)) if path.suffix]
        expect([path.name for path in left] == ["resolver-own.dll"], f"left behind: {left}")
        shutil.rmtree(self.wine.path(FOLDER))
        expect(self.config.exists(), "the configuration is gone")
        expect(self.wine.registry(SERVICES_KEY + "\\midged", "ImagePath") is None, "the service is still there")
        expect(self.wine.registry(UNINSTALL_KEY, "DisplayVersion") is None, "still in the list of programs")
        expect(self.wine.registry(SERVICES_KEY + "\\EventLog\\Application\\midged", "EventMessageFile") is None, "event source")
        expect("Midge" not in self.wine.registry(
            "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment", "Path"), "still on the PATH")

    def data_is_used_again_and_goes_when_asked(self):
        self.wine.run(self.work / f"midge-{NEWER}.exe", "/S", "/START=manual")
        self.service("status", code=3)
        self.service("start")
        self.round_trip()
        self.uninstall("/PURGE")
        expect(not self.wine.path(FOLDER).exists(), f"left behind: {self.files(self.wine.path(FOLDER))}")
        expect(not self.wine.path(DATA).exists(), f"left behind: {self.files(self.wine.path(DATA))}")

    def run(self):
        for step in (self.a_wrong_option_is_refused, self.a_folder_of_somebody_else_is_not_used,
                     self.a_first_installation_runs_the_service,
                     self.a_reload_tells_how_it_ended, self.the_service_manager_reopens_the_log, self.resolvers_are_swapped,
                     self.a_broken_plugin_is_refused, self.a_port_that_is_taken_is_told, self.windows_itself_starts_and_stops_it,
                     self.lame_duck_mode_tells_clients_and_ends, self.an_upgrade_keeps_what_is_there,
                     self.a_failed_start_fails_the_upgrade, self.a_second_service_by_sc_as_documented,
                     self.removal_asks_before_data, self.data_is_used_again_and_goes_when_asked):
            print("--", step.__name__.replace("_", " "), flush=True)
            step()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--client", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--make", required=True, nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    for program in (arguments.client, WINE):
        if not pathlib.Path(program).exists():
            print(f"skipped: there is no {program}")
            return SKIPPED
    arguments.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        work = pathlib.Path(folder)
        wine = Wine(work / "wine")
        test = InstallerTest(wine, arguments.client, work, arguments.make)
        try:
            test.run()
        except BaseException:
            said = wine.path(DATA + "\\install.log")
            if said.exists():
                print("-- install.log\n" + said.read_bytes().decode("utf-16le", "replace"))
            print("-- midged.log\n" + test.log_text())
            raise
        finally:
            wine.end()
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
