"""Every file that the server reads or writes, in every state that a disk may show: at start, at a reload and by itself.

Of midged and, to prove the tests right, of the nats-server that NATS_SERVER names."""
import os
import shutil
import struct
import subprocess
import unittest

import tokens
from bad_files import READ, FilesCase, clear, empty, folder, good_file, half, missing, pipe, unreadable
from client import Client
from programs import PATIENCE


class Setting:
    """A setting that names a file. `lines` name it by {file}, `good` is what it should have in it."""

    def __init__(self, name, lines, good, kinds=READ, token=None):
        self.name, self.lines, self.good, self.kinds = name, lines, good, kinds
        self.told = "tried|server.conf:2:1: error parsing operator JWT"  # which file it is
        self.login = f'{{"verbose":false,"protocol":1,"jwt":"{token}"}}' if token else '{"verbose":false,"protocol":1}'


def tls(cert="{pki}/server.pem", key="{pki}/server.key", more=""):
    return f'tls {{ cert_file: "{cert}", key_file: "{key}"{more} }}\n'


def read_settings():
    def content(name):
        with open(os.path.join(FilesCase.certificates, name), "rb") as file:
            return file.read()
    pem, key, ca = content("server.pem"), content("server.key"), content("ca.pem")
    here, plain = "{file}", "allow_non_tls: true\n"
    websocket = 'websocket {{ listen: "127.0.0.1:-1"\n{} }}\n'
    accounts = f'{tokens.SYSTEM_KEY}: "{tokens.SYSTEM}"\n{tokens.ACCOUNT_KEY}: "{tokens.ACCOUNT}"\n'
    preload = f"resolver_preload {{ {accounts} }}\n"
    include = b'max_payload: 1000\nserver_tags: [ "a"\n"b" ]\n'
    return [
        Setting("tls.cert_file", plain + tls(cert=here), pem),
        Setting("tls.key_file", plain + tls(key=here), key),
        Setting("tls.ca_file", plain + tls(more=f', ca_file: "{here}", verify: true'), ca),
        Setting("tls.certs", plain + f'tls {{ certs: [ {{ cert_file: "{here}", key_file: "{{pki}}/server.key" }} ] }}\n', pem),
        Setting("websocket.tls.cert_file", websocket.format(tls(cert=here)), pem),
        Setting("websocket.tls.key_file", websocket.format(tls(key=here)), key),
        Setting("operator", f'operator: "{here}"\nresolver: MEMORY\n{preload}', tokens.OPERATOR.encode(), token=tokens.USER),
        # An empty one is right.
        Setting("include", 'include "tried"\n', include, [kind for kind in READ if kind is not empty]),
        Setting("resolver_preload", f'operator: "{tokens.OPERATOR}"\nresolver: MEMORY\nresolver_preload {{ include "tried" }}\n',
                accounts.encode(), [kind for kind in READ if kind is not empty], tokens.USER),
    ]


def loaded_part(library):
    """A library without what follows its last loaded segment: half of one with debug information would load as well."""
    headers_at, = struct.unpack_from("<Q", library, 32)
    header_bytes, count = struct.unpack_from("<HH", library, 54)
    end = 0
    for at in range(headers_at, headers_at + count * header_bytes, header_bytes):
        kind, = struct.unpack_from("<I", library, at)
        offset, = struct.unpack_from("<Q", library, at + 8)
        size, = struct.unpack_from("<Q", library, at + 32)
        if kind == 1:  # PT_LOAD
            end = max(end, offset + size)
    return library[:end]


def plugin_settings():
    """Of Midge, where the plugins are as they are built and installed. What a running server has loaded stays loaded."""
    built = os.path.join(os.path.dirname(FilesCase.server), "..", "lib", "midge", "plugins", "resolver-memory.so")
    if FilesCase.official or not os.path.exists(built):
        return []
    with open(built, "rb") as file:
        good = loaded_part(file.read())
    preload = f'{{ {tokens.SYSTEM_KEY}: "{tokens.SYSTEM}", {tokens.ACCOUNT_KEY}: "{tokens.ACCOUNT}" }}'
    return [Setting("resolver", f'operator: "{tokens.OPERATOR}"\nresolver {{ plugin: "{{file}}", preload: {preload} }}\n', good,
                    (missing, folder, unreadable, pipe, empty, half, text), tokens.USER)]


def text(path, _):
    good_file(path, b"no program\n")


def written_settings():
    kinds = (folder, unreadable, pipe)
    return [Setting("pid_file", 'pid_file: "{file}"\n', b"", kinds), Setting("log_file", 'log_file: "{file}"\n', b"", kinds)]


class Files(FilesCase):
    def test_at_start_a_bad_file_is_named_and_the_exit_code_is_1(self):
        for setting in read_settings() + written_settings() + plugin_settings():
            self.configure(setting.lines)
            for kind in self.kinds_of(setting):
                with self.subTest(setting.name, file=kind.__name__):
                    self.place(kind, setting)
                    done = subprocess.run(self.command(), cwd=self.folder, capture_output=True, text=True, errors="replace",
                                          timeout=PATIENCE, check=False)
                    output = done.stdout + done.stderr
                    self.assertEqual(done.returncode, 1, output)
                    if not self.official:  # whose texts name no file if it is there
                        self.assertRegex(output, setting.told)

    def test_at_a_reload_the_server_goes_on_with_what_it_has(self):
        for setting in read_settings():
            self.configure(setting.lines)
            self.place(good_file, setting)
            with self.start() as server:
                client = Client(server.port, setting.login)
                for kind in self.kinds_of(setting):
                    with self.subTest(setting.name, file=kind.__name__):
                        self.place(kind, setting)
                        line = self.reload(server)
                        self.assertIn("Failed to reload", line)
                        if not self.official:
                            self.assertRegex(line, setting.told)
                        client.flush()
                        Client(server.port, setting.login)
                with self.subTest(setting.name, file="good again"):
                    self.place(good_file, setting)
                    self.assertIn("Reloaded", self.reload(server))
                    client.flush()

    def test_at_a_reload_a_pid_file_that_cannot_be_written_is_told(self):
        self.configure("")
        with self.start() as server:
            setting = written_settings()[0]
            for kind in self.kinds_of(setting):
                with self.subTest(file=kind.__name__):
                    self.configure(setting.lines)
                    self.place(kind, setting)
                    self.assertIn("Reloaded", self.reload(server))
                    server.wait_for(f"Failed to write pidfile: open {self.file}: ")
                    self.configure("")
                    self.assertIn("Reloaded", self.reload(server))

    def test_at_a_reload_a_log_file_that_cannot_be_opened_is_told_where_the_log_was(self):
        if self.official:
            self.skipTest("nats-server ends")
        self.configure("")
        with self.start() as server:
            setting = written_settings()[1]
            self.configure(setting.lines)
            for kind in self.kinds_of(setting):
                with self.subTest(file=kind.__name__):
                    self.place(kind, setting)
                    self.assertRegex(self.reload(server), f"Failed to reload .*error opening file: open {self.file}: ")
                    Client(server.port)

    def test_a_certificate_that_is_renewed_badly_is_not_used(self):
        if self.official:
            self.skipTest("nats-server reads certificates at a reload alone")
        setting = read_settings()[0]
        self.configure(setting.lines.replace("server.key", "key"))
        self.place(good_file, setting)
        shutil.copy(os.path.join(self.folder, "server.key"), os.path.join(self.folder, "key"))
        with self.start() as server:
            for kind in (folder, pipe, half):
                with self.subTest(file=kind.__name__):
                    start = len(server.lines)
                    self.place(kind, setting)
                    line = server.wait_for("Renewed TLS certificate not used: tls: ", start).string
                    self.assertIn(self.file, line)
                    Client(server.port)
            clear(self.file)
            shutil.copy(os.path.join(self.folder, "renewed.pem"), self.file)
            shutil.copy(os.path.join(self.folder, "renewed.key"), os.path.join(self.folder, "key"))
            server.wait_for("Using the renewed TLS certificate for new connections")


if __name__ == "__main__":
    FilesCase.main()
