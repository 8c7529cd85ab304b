#!/usr/bin/env python3
"""A callout service written with the npm packages of NATS (node/callout.mjs) against a server.

  callout_test.py --server bin/midged --nsc bin/midge-nsc --npm-folder DIR

Ends with 0 when all went well, 1 when not, 77 without Node.js.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from configurations import Nsc
from run import SKIPPED, install_npm_clients
from server import Server, environment_without_nats

PATIENCE_SECONDS = 120
PASSWORD = "a password of the test"


class Keys:
    """Accounts, users and keys made by nsc, and the places of their secrets."""

    def __init__(self, nsc, folder):
        self.folder = pathlib.Path(folder)
        self.nsc = Nsc(nsc, self.folder / "nsc")

    def seed(self, public_key):
        stored = self.folder / "nsc" / "data" / "nats" / "nsc" / "keys" / "keys"
        return (stored / public_key[0] / public_key[1:3] / f"{public_key}.nk").read_text().strip()

    def claims(self, *what):
        return json.loads(self.nsc.output("describe", *what, "--json"))


def in_the_configuration(keys, sealed):
    """Settings, and the environment of the service, for accounts in the configuration."""
    keys.nsc("add", "operator", "-n", "ISSUERS")
    keys.nsc("add", "account", "-n", "ISSUER")
    keys.nsc("add", "user", "-n", "any")
    keys.nsc("edit", "authcallout", "--auth-user", keys.claims("user", "any")["sub"], "--curve", "generate")
    account = keys.claims("account", "ISSUER")
    curve = account["nats"]["authorization"]["xkey"]
    settings = f"""
accounts {{ AUTH {{ users [ {{ user: auth, password: "{PASSWORD}" }} ] }}, APP {{ }} }}
authorization {{ timeout: 30, auth_callout {{
    issuer: {account["sub"]}, account: AUTH, auth_users: [ auth ] {f", xkey: {curve}" if sealed else ""}
}} }}
"""
    return settings, {
        "CALLOUT_SEED": keys.seed(account["sub"]), "CALLOUT_USER_SEED": keys.seed(account["sub"]), "CALLOUT_AUDIENCE": "APP",
        "CALLOUT_CURVE": keys.seed(curve) if sealed else "",
        "CALLOUT_SERVICE_USER": "auth", "CALLOUT_SERVICE_PASSWORD": PASSWORD,
    }


def in_account_jwts(keys, sealed):
    """The same for operator mode: guests have a JWT that anybody may have."""
    keys.nsc("add", "operator", "-n", "FOREIGN", "--sys")
    keys.nsc("add", "account", "-n", "APP")
    keys.nsc("add", "account", "-n", "AUTH")
    keys.nsc("add", "user", "-n", "service", "-a", "AUTH")
    keys.nsc("add", "user", "-n", "guest", "-a", "AUTH", "--deny-pubsub", ">")
    app = keys.claims("account", "APP")["sub"]
    keys.nsc("edit", "authcallout", "-a", "AUTH", "--auth-user", keys.claims("user", "service", "-a", "AUTH")["sub"],
             "--allowed-account", app, *(["--curve", "generate"] if sealed else []))
    auth = keys.claims("account", "AUTH")
    settings = keys.folder / "resolver.conf"
    keys.nsc("generate", "config", "--mem-resolver", "--config-file", str(settings))
    return settings.read_text() + "\nauthorization { timeout: 30 }\n", {
        "CALLOUT_SEED": keys.seed(auth["sub"]), "CALLOUT_USER_SEED": keys.seed(app),
        "CALLOUT_CURVE": keys.seed(auth["nats"]["authorization"]["xkey"]) if sealed else "",
        "CALLOUT_SERVICE_CREDS": keys.nsc.creds("AUTH", "service", keys.folder),
        "CALLOUT_GUEST_CREDS": keys.nsc.creds("AUTH", "guest", keys.folder),
    }


def run(arguments, name, configure, sealed):
    with tempfile.TemporaryDirectory(prefix="midge-callout-") as folder:
        settings, environment = configure(Keys(arguments.nsc, folder), sealed)
        with Server(arguments.server, folder, settings) as server:
            done = subprocess.run(
                ["node", str(pathlib.Path(arguments.npm_folder) / "callout.mjs")], timeout=PATIENCE_SECONDS,
                env=environment_without_nats() | environment | {"CALLOUT_URL": server.url.removeprefix("nats://")},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            print(f"--- {name}\n{done.stdout}", end="")
            if done.returncode != 0:
                print(f"--- log of the server\n{server.log()}")
            return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for option in ("--server", "--nsc", "--npm-folder"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    reason = install_npm_clients(arguments.npm_folder)
    if reason:
        print(f"SKIPPED: {reason}")
        return SKIPPED
    results = [run(arguments, f"{place}, {'sealed' if sealed else 'readable'} requests", configure, sealed)
               for place, configure in (("configuration", in_the_configuration), ("account JWTs", in_account_jwts))
               for sealed in (False, True)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
