#!/usr/bin/env python3
"""Installs, uses, upgrades and removes the .deb packages on a Debian system of their own, under its real systemd.

usage: package_test.py --packages FOLDER --work FOLDER [--cache FOLDER]
FOLDER of --packages is what scripts/package.sh made. Ends with 77 where no such system can be booted (see machine.why_not).
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

import machine as machines
from older import OLDER, make_older

SKIPPED = 77
CONFIG = "/etc/midge/midged.conf"
SECURITY_TIMES_TEN_MAX = 20


def expect(truth, what):
    if not truth:
        raise AssertionError(what)


class PackageTest:
    def __init__(self, machine, packages, archive):
        self.machine = machine
        self.archive = archive
        self.current = sorted(path for path in packages.glob("midge-*.deb"))
        expect(len(self.current) == 4, f"midge-plugins, -server, -tools and -dev in {packages}, found {self.current}")
        self.files = []  # files of the installed packages
        self.uid = None

    def put_packages(self):
        """Copies the packages to /srv/new and /srv/old in the machine."""
        for name in ("new", "old"):
            self.machine.path(f"/srv/{name}").mkdir()
        for package in self.current:
            shutil.copy(package, self.machine.path("/srv/new"))
            make_older(package, self.machine.path("/srv/old"))
        shutil.copy(self.archive, self.machine.path("/srv/midge.tar.gz"))

    # ---- helpers

    def run(self, command, **more):
        return self.machine.run(command, **more)

    def out(self, command):
        return self.run(command).stdout.strip()

    def property(self, name):
        return self.out(f"systemctl show midged --value --property {name}")

    def install(self, folder):
        self.run(f"apt-get install -q -y --no-install-recommends /srv/{folder}/*.deb")

    def journal(self):
        return self.out("journalctl --unit midged --output cat --no-pager")

    def info(self):
        """Returns the INFO of the server."""
        line = self.out("exec 3<>/dev/tcp/127.0.0.1/4222 && head -n 1 <&3")
        return json.loads(line.removeprefix("INFO "))

    def round_trip(self, flags=""):
        """Sends a message through the server, with the tool in the package."""
        with self.machine.start(f"midge {flags} reply question answer"):
            self.machine.wait_until(
                lambda: "answer" in self.run(f"midge {flags} --timeout 1s request question ''", check=False).stdout, "an answer")

    @staticmethod
    def lines_until_ready(server, ready="Server is ready"):
        log = ""
        while ready not in log:
            line = server.line()
            expect(line, f"the server ended:\n{log}")
            log += line
        return log

    def edit(self, pattern, text):
        path = self.machine.path(CONFIG)
        before = path.read_text(encoding="utf-8")
        after = re.sub(pattern, text, before, flags=re.M)
        expect(before != after, f"{pattern} is not in {CONFIG}")
        path.write_text(after, encoding="utf-8")

    # ---- the test, step by step

    def the_packages_are_without_errors_for_lintian(self):
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", *self.current], capture_output=True, text=True,
                              timeout=machines.COMMAND_SECONDS, check=False)
        expect(done.returncode == 0, done.stdout + done.stderr)

    def a_first_installation_runs_the_service_as_its_user(self):
        self.install("old")
        expect(self.out("systemctl is-active midged") == "active", self.journal())
        expect(self.out("systemctl is-enabled midged") == "enabled", "not enabled")
        pid = self.property("MainPID")
        expect(self.out(f"ps -o user= -p {pid} 2>/dev/null || stat -c %U /proc/{pid}") == "midge", "not the user midge")
        expect(self.out(f"readlink /proc/{pid}/exe") == "/usr/bin/midged", "another program")
        expect(self.out(f"stat -c '%U:%G %a' {CONFIG}") == "root:midge 640", f"rights of {CONFIG}")
        expect(self.out("stat -c '%U:%G %a' /var/lib/midge /var/log/midge") == "midge:midge 750\nmidge:midge 750", "rights of folders")
        expect("127.0.0.1:4222" in self.journal(), "listens elsewhere")
        self.uid = self.out("id -u midge")
        self.files = self.out("cat /var/lib/dpkg/info/midge-*.list").splitlines()
        self.round_trip()

    def the_unit_is_clean_and_tight(self):
        unit = "/usr/lib/systemd/system/midged.service"
        done = self.run(f"systemd-analyze verify {unit} 2>&1")
        expect(done.stdout.strip() == "", done.stdout)
        self.run(f"systemd-analyze security --no-pager --threshold={SECURITY_TIMES_TEN_MAX} midged")

    def manual_pages_and_completion_are_there(self):
        for page in ("midged.8", "midged.conf.5", "midge.1", "midge-nsc.1", "midge-account-server.1"):
            name, _, section = page.rpartition(".")
            done = self.run(f"MANWIDTH=100 man --warnings {section} {name}")
            expect(done.stderr == "", done.stderr)
            expect(len(done.stdout) > 1000, f"{page} is short")
        load = "source /usr/share/bash-completion/bash_completion; _completion_loader midged;"
        expect(self.out(f"{load} complete -p midged") == "complete -F _midged midged", "no completion in bash")

    def a_reload_applies_and_a_wrong_one_changes_nothing(self):
        pid = self.property("MainPID")
        self.edit(r"^#max_payload: .*", "max_payload: 2MB")
        self.run("systemctl reload midged")
        self.machine.wait_until(lambda: self.info()["max_payload"] == 2 * 1024 * 1024, "the new max_payload")
        self.edit(r"^max_payload: 2MB", "max_payload: nonsense")
        expect(self.run("systemctl reload midged", check=False).returncode != 0, "a wrong configuration was accepted")
        expect(re.search(rf"{CONFIG}:\d+", self.journal()), f"no line of {CONFIG} in the journal")
        expect(self.property("MainPID") == pid and self.info()["max_payload"] == 2 * 1024 * 1024, "something changed")
        self.edit(r"^max_payload: nonsense", "max_payload: 2MB")
        self.run("systemctl reload midged")

    def a_log_file_of_its_own_is_opened_anew_after_rotation(self):
        self.edit(r"^#log_file: .*", 'log_file: "/var/log/midge/midged.log"')
        self.run("systemctl restart midged && mv /var/log/midge/midged.log /var/log/midge/midged.log.1")
        self.run("systemctl kill -s USR1 midged")
        self.machine.wait_until(lambda: self.machine.path("/var/log/midge/midged.log").exists(), "a new log file")
        self.edit(r"^log_file: .*", '#log_file: "/var/log/midge/midged.log"')
        self.run("systemctl restart midged")

    def a_service_that_hangs_is_restarted(self):
        self.run("mkdir -p /run/systemd/system/midged.service.d && "
                 "printf '[Service]\\nWatchdogSec=2\\n' > /run/systemd/system/midged.service.d/fast.conf && "
                 "systemctl daemon-reload && systemctl restart midged")
        pid = self.property("MainPID")
        self.run(f"kill -STOP {pid}")
        self.machine.wait_until(lambda: self.property("MainPID") not in (pid, "0") and self.property("SubState") == "running",
                                "a new process")
        expect("Watchdog timeout" in self.journal(), "it was not the watchdog")
        self.run("rm -r /run/systemd/system/midged.service.d && systemctl daemon-reload && systemctl restart midged")

    def a_port_below_1024_needs_the_drop_in_of_the_docs(self):
        self.edit(r'^listen: .*', 'listen: "127.0.0.1:80"')
        expect(self.run("systemctl restart midged", check=False).returncode != 0, "it started without the right")
        self.run("mkdir -p /run/systemd/system/midged.service.d && printf '[Service]\\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\\n"
                 "AmbientCapabilities=CAP_NET_BIND_SERVICE\\nPrivateUsers=no\\n' > /run/systemd/system/midged.service.d/port.conf && "
                 "systemctl daemon-reload && systemctl restart midged && rm -r /run/systemd/system/midged.service.d")
        self.edit(r'^listen: .*', 'listen: "127.0.0.1:4222"')
        self.run("systemctl daemon-reload && systemctl restart midged")

    def a_port_that_is_taken_fails_the_start_with_the_reason(self):
        self.run("systemctl stop midged")
        with self.machine.start(f"midged -c {CONFIG}") as other:
            self.lines_until_ready(other)
            expect(self.run("systemctl start midged", check=False).returncode != 0, "it started")
            expect("address already in use" in self.journal(), "no reason in the journal")
            self.run("systemctl stop midged")
        self.run("systemctl start midged")

    def a_plugin_built_with_the_package_serves_accounts(self):
        self.run("cp -r /usr/share/doc/midge-dev/examples/resolver-example /srv/example && cd /srv/example && "
                 "cmake -S . -B build && cmake --build build && cmake --install build --prefix /usr")
        expect(self.out("nm -D --defined-only /usr/lib/midge/plugins/resolver-example.so").split()[2:] == ["midge_resolver_v2"],
               "exports more than its entry")
        expect("-I" in self.out("pkg-config --cflags midge-plugin"), "pkg-config does not know midge-plugin")
        self.run("test -s $(pkg-config --variable=exports_map midge-plugin)")
        self.run('cd /etc/midge && N="midge-nsc --all-dirs /srv/nsc" && $N add operator -n T && $N add account -n SYS && '
                 "$N add account -n APP && $N add user -a APP -n app && $N generate creds -a APP -n app -o /srv/app.creds && "
                 "cp /srv/nsc/T/T.jwt operator.jwt && for a in SYS APP; do "
                 'echo "$($N describe account -n $a -F sub | tr -d \'"\')|$(cat /srv/nsc/T/accounts/$a/$a.jwt)"; done > accounts.txt && '
                 "chgrp midge operator.jwt accounts.txt && chmod 640 operator.jwt accounts.txt")
        account = self.out("head -c 56 /etc/midge/accounts.txt")
        config = self.machine.path(CONFIG)
        before = config.read_text(encoding="utf-8")
        config.write_text(f'{before}\noperator: "/etc/midge/operator.jwt"\nsystem_account: {account}\n'
                          'resolver: { plugin: "resolver-example", file: "/etc/midge/accounts.txt" }\n', encoding="utf-8")
        self.run("systemctl restart midged")
        expect("resolver-example" in self.journal(), "the plugin is not in the journal")
        self.round_trip("--creds /srv/app.creds")
        config.write_text(before, encoding="utf-8")
        self.run("rm /usr/lib/midge/plugins/resolver-example.so /etc/midge/accounts.txt /etc/midge/operator.jwt && "
                 "systemctl restart midged")

    def the_account_server_stores_with_a_plugin_of_the_packages(self):
        # The address needs no name service, which the machine does not have.
        with self.machine.start("midge-account-server -hp 0.0.0.0:0 -dir /tmp/store -operator /srv/nsc/T/T.jwt") as server:
            self.lines_until_ready(server, "resolver: URL(http://")

    def an_upgrade_keeps_configuration_and_data_and_restarts(self):
        pid = self.property("MainPID")
        self.run("echo data > /var/lib/midge/kept")
        config = self.machine.path(CONFIG).read_text(encoding="utf-8")
        self.install("new")
        versions = set(self.out("dpkg-query -W -f '${Version}\\n' 'midge-*'").split())
        expect(len(versions) == 1 and OLDER not in versions, f"versions {versions}")
        expect(self.machine.path(CONFIG).read_text(encoding="utf-8") == config, "the configuration changed")
        expect(self.out("cat /var/lib/midge/kept") == "data", "the data changed")
        expect(self.property("MainPID") not in (pid, "0"), "the old program runs on")
        expect(self.info()["max_payload"] == 2 * 1024 * 1024, "the configuration is not in force")

    def an_upgrade_leaves_a_disabled_service_disabled(self):
        self.run("systemctl disable --now midged && apt-get install -q -y --reinstall /srv/new/*.deb")
        expect(self.out("systemctl is-enabled midged || true") == "disabled", "enabled again")
        self.run("systemctl enable --now midged")

    def stopping_closes_in_an_orderly_way(self):
        with self.machine.start("midge sub nothing") as subscriber:
            subscriber.line()
            self.run("systemctl stop midged")
        expect(self.property("Result") == "success" and self.property("ExecMainStatus") == "0", self.journal())
        self.run("systemctl start midged")

    def the_archive_runs_where_it_is_unpacked(self):
        self.run("systemctl stop midged && mkdir /opt/elsewhere && tar -C /opt/elsewhere --strip-components 1 -xf /srv/midge.tar.gz")
        expect(self.out("/opt/elsewhere/lib/midge/nats-names/nats-server -v").startswith("nats-server: v"), "no nats-server")
        self.run("cmake -S /srv/example -B /srv/example/elsewhere -DCMAKE_PREFIX_PATH=/opt/elsewhere && "
                 "grep -q '^MidgePlugin_DIR.*=/opt/elsewhere/' /srv/example/elsewhere/CMakeCache.txt")
        self.run("echo 'event_sinks: [ { plugin: sink-file, path: /tmp/events } ]' >> /opt/elsewhere/etc/midge/midged.conf")
        with self.machine.start("/opt/elsewhere/bin/midged -c /opt/elsewhere/etc/midge/midged.conf") as server:
            log = self.lines_until_ready(server)
            expect("/opt/elsewhere/lib/midge/plugins/sink-file.so" in log, log)
            self.round_trip()
        self.run("rm -r /opt/elsewhere")

    def removing_keeps_configuration_and_data(self):
        self.run("systemctl start midged && apt-get remove -q -y 'midge-*'")
        expect(self.run("systemctl is-active midged", check=False).returncode != 0, "it runs on")
        expect("max_payload: 2MB" in self.out(f"cat {CONFIG}") and self.out("cat /var/lib/midge/kept") == "data", "something is gone")

    def purging_leaves_nothing(self):
        self.run("apt-get purge -q -y 'midge-*'")
        left = [name for name in self.files if re.search("midge|nats", name) and self.machine.path(name).exists()]
        expect(not left, f"left: {left}")
        # Lists of installed packages belong to dpkg and apt. Any other file would be a leftover.
        found = self.out(f"find / /run -xdev \\( -iname '*midge*' -o -uid {self.uid} -o -gid {self.uid} \\) "
                         "-not -path '/srv/*' -not -path '/var/cache/*' -not -path '/var/log/*/*.journal'")
        expect(not found, f"left: {found}")
        expect(self.run("getent passwd midge || getent group midge", check=False).returncode != 0, "the user is left")
        expect(self.out("systemctl list-unit-files 'midged*' --no-legend || true") == "", "systemd knows the unit")


def remove(folder):
    """Uses rm, which stays on the folder's file system, whatever is mounted."""
    subprocess.run(["rm", "-rf", "--one-file-system", folder], check=True, timeout=machines.COMMAND_SECONDS)


def story(test):
    """Returns the steps in the order of the source; each continues from the state after the previous one."""
    return [getattr(test, name) for name, member in vars(PackageTest).items()
            if callable(member) and name.startswith(("a_", "an_", "the_", "manual_", "stopping_", "removing_", "purging_"))]


def arguments_of_user():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache/midge-packaging")
    return parser.parse_args()


def main():
    arguments = arguments_of_user()
    if reason := machines.why_not():
        print(f"skipped: {reason}")
        return SKIPPED
    archives = list(arguments.packages.glob("midge-*.tar.gz"))
    expect(len(archives) == 1, f"one archive in {arguments.packages}, found {archives}")
    remove(arguments.work)
    with machines.Machine(arguments.work / "root", arguments.cache) as machine:
        test = PackageTest(machine, arguments.packages, archives[0])
        start = time.monotonic()
        # A failure of this machine or its mirror is no failure of the packages.
        try:
            machine.make()
            machine.update()
        except machines.MachineError as failure:
            print(f"skipped: no Debian system: {failure}")
            return SKIPPED
        test.put_packages()
        machine.fetch_dependencies(["/srv/old/" + path.name for path in machine.path("/srv/old").iterdir()])
        try:
            machine.boot()
        except machines.MachineError as failure:
            print(f"skipped: the Debian system does not boot here: {failure}")
            return SKIPPED
        print(f"a machine is up ({time.monotonic() - start:.0f} s)", flush=True)
        for step in story(test):
            start = time.monotonic()
            try:
                step()
            except (AssertionError, machines.MachineError) as failure:
                print(f"FAILED {step.__name__}: {failure}")
                print(machine.run("journalctl --unit midged --no-pager | tail -n 60; systemctl status midged", check=False).stdout)
                return 1
            print(f"ok {step.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
    remove(arguments.work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
