"""Server configurations that the client suites run on, each with who may log in.

A configuration is a function of a Nsc (or None) and a folder; it gives the server's settings and
the environment by which the suites know their users:
  FOREIGN_CREDS | FOREIGN_USER, FOREIGN_PASSWORD      may do everything
  FOREIGN_LIMITED_...                                 may publish and subscribe to allowed.> only
  FOREIGN_WRONG_...                                   nobody the server knows
  FOREIGN_MAX_PAYLOAD                                 the server's limit in bytes
  FOREIGN_CA                                          connect by TLS, trusting these certificates
What is missing in the environment is not tested.
"""

import os
import pathlib
import subprocess

from server import environment_without_nats

MAX_PAYLOAD = 65536
LIMITS = f"max_payload: {MAX_PAYLOAD}\n"


class Nsc:
    """Runs an nsc program with its own stores."""

    def __init__(self, program, folder):
        self._program = str(program)
        self._home = pathlib.Path(folder)
        self._home.mkdir(parents=True)

    def __call__(self, *arguments):
        self.output(*arguments)

    def output(self, *arguments):
        environment = environment_without_nats() | {
            "HOME": str(self._home),
            "XDG_CONFIG_HOME": str(self._home / "config"),
            "XDG_DATA_HOME": str(self._home / "data"),
        }
        done = subprocess.run(
            [self._program, *arguments], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"nsc {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def creds(self, account, user, folder):
        path = pathlib.Path(folder) / f"{account}-{user}.creds"
        self("generate", "creds", "-a", account, "-n", user, "-o", str(path))
        return str(path)


def operator_memory(nsc_program, folder):
    """Operator mode, with the accounts preloaded into the memory resolver."""
    folder = pathlib.Path(folder)
    nsc = Nsc(nsc_program, folder / "nsc")
    nsc("add", "operator", "-n", "FOREIGN")
    nsc("add", "account", "-n", "SYS")
    nsc("add", "user", "-n", "sys", "-a", "SYS")
    nsc("add", "account", "-n", "APP")
    nsc("add", "user", "-n", "app", "-a", "APP")
    nsc("add", "user", "-n", "limited", "-a", "APP",
        "--allow-pubsub", "allowed.>", "--allow-sub", "_INBOX.>")
    generated = folder / "operator.conf"
    nsc("generate", "config", "--mem-resolver", "--sys-account", "SYS",
        "--config-file", str(generated))

    stranger = Nsc(nsc_program, folder / "stranger")
    stranger("add", "operator", "-n", "OTHER")
    stranger("add", "account", "-n", "APP")
    stranger("add", "user", "-n", "app", "-a", "APP")
    return generated.read_text() + LIMITS, {
        "FOREIGN_CREDS": nsc.creds("APP", "app", folder),
        "FOREIGN_LIMITED_CREDS": nsc.creds("APP", "limited", folder),
        "FOREIGN_SYSTEM_CREDS": nsc.creds("SYS", "sys", folder),
        "FOREIGN_WRONG_CREDS": stranger.creds("APP", "app", folder / "stranger"),
        "FOREIGN_MAX_PAYLOAD": str(MAX_PAYLOAD),
    }


def users(_nsc_program, _folder):
    """Users and passwords in the configuration."""
    settings = LIMITS + """
authorization {
    users: [
        {user: app, password: app-secret}
        {user: limited, password: limited-secret, permissions: {
            publish: {allow: ["allowed.>"]}
            subscribe: {allow: ["allowed.>", "_INBOX.>"]}
        }}
    ]
}
"""
    return settings, {
        "FOREIGN_USER": "app", "FOREIGN_PASSWORD": "app-secret",
        "FOREIGN_LIMITED_USER": "limited", "FOREIGN_LIMITED_PASSWORD": "limited-secret",
        "FOREIGN_WRONG_USER": "app", "FOREIGN_WRONG_PASSWORD": "guess",
        "FOREIGN_MAX_PAYLOAD": str(MAX_PAYLOAD),
    }


def open_to_all(_nsc_program, _folder):
    """No authentication."""
    return LIMITS, {"FOREIGN_MAX_PAYLOAD": str(MAX_PAYLOAD)}


# `tls` is `users` with TLS; the code that runs it adds the certificates.
CONFIGURATIONS = {"operator": operator_memory, "users": users, "open": open_to_all, "tls": users}
NEEDS_NSC = {"operator"}
NEEDS_CERTIFICATES = {"tls"}
