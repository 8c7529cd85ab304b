"""Random rules for broker_model.py, and how a server gets them: as a configuration with reloads, or as claims."""
import asyncio
import dataclasses
import itertools
import json
import signal
import time

from broker_model import Account, EVERYTHING, Import, Login, Permissions, Rules, UNLIMITED, User
from model_client import Link
from signed_tokens import ACCOUNT, Key, OPERATOR, USER

ACCOUNTS = ("A", "B", "C")
TOKENS = ("a", "b", "c")
# bcrypt hashes (cost 4) of passwords for random users.
HASHES = {"hashed-1": "$2b$04$abcdefghijklmnopqrstuu1/vDqLubb7jiMUES16XWk4gwEPL47O6",
          "hashed-2": "$2b$04$abcdefghijklmnopqrstuum.YwfpzZx8iNPSe1raKUtw9Bb9L3u0O"}
PASSWORDS = ("plain-1", "plain-2", "plain-3", *HASHES)
GUEST = "guest"  # the user without a name
RELOADED, NOT_RELOADED = "Reloaded server configuration", "Failed to reload"
SERVER_SETTINGS = """
listen: "127.0.0.1:-1"
max_pending: 1MB
max_payload: 128KB
authorization { timeout: 60 }
ping_interval: "1h"
"""


# --- random parts -------------------------------------------------------------------------------------------------------------
def random_subject(rng):
    """Returns a subject to publish to: used only in the account, exported, a service, or of another account."""
    first = rng.random()
    tail = ".".join(rng.choice(TOKENS) for _ in range(rng.randint(1, 2)))
    if first < 0.4:
        return rng.choice(TOKENS) + ("." + tail if rng.random() < 0.7 else "")
    return rng.choice(("x", "x", "svc", f"need_{rng.choice(ACCOUNTS)}", f"from_{rng.choice(ACCOUNTS)}")) + "." + tail


def with_wildcards(rng, subject):
    tokens = subject.split(".")
    if rng.random() < 0.4:
        tokens[rng.randrange(len(tokens))] = "*"
    if rng.random() < 0.4:
        tokens = tokens[:rng.randint(1, len(tokens))] + [">"]
    return ">" if rng.random() < 0.06 else ".".join(tokens)


def random_permissions(rng):
    """No entry ends in `*`, because the servers differ if a subscription has `>` in that place (docs/differences.md)."""
    def entries(at_most, ours):
        heads = TOKENS + ours
        return tuple(sorted({head + rng.choice((".>", ".>", "." + rng.choice(TOKENS), ""))
                             for head in rng.sample(heads, rng.randint(at_most // 2, at_most))}))
    both = ("x", "svc", "from_A", "need_A", "from_B", "need_B", "_R_")
    return Permissions(
        publish=(">",) if rng.random() < 0.6 else entries(8, both),
        publish_deny=() if rng.random() < 0.6 else entries(2, both),
        subscribe=(">",) if rng.random() < 0.6 else entries(8, both),
        subscribe_deny=() if rng.random() < 0.5 else entries(2, both))


def random_exchange(rng, accounts):
    """Returns the accounts with other exports and imports. All imports are exported, and none is exported again."""
    result = {name: dataclasses.replace(
        account, exports=tuple(kind for kind in (("stream", "x.>"), ("service", "svc.>")) if rng.random() < 0.7), imports=())
        for name, account in accounts.items()}
    for name, exporter in itertools.product(result, result):
        if name == exporter:
            continue
        imports = list(result[name].imports)
        for kind, _ in result[exporter].exports:
            if rng.random() < 0.5:
                continue
            subject, local = rng.choice(((">", ">"), ("a", "b"), ("b.c", "a"), ("*", "*")))
            head, there = ("from", "x") if kind == "stream" else ("need", "svc")
            imports.append(Import(kind, exporter, f"{there}.{subject}", f"{head}_{exporter}.{local}"))
        result[name] = dataclasses.replace(result[name], imports=tuple(imports))
    return result


class World:
    """The way in which one server gets its rules."""

    def __init__(self, folder, command, is_midge, seed):
        self.folder, self.command, self.is_midge = folder, command, is_midge
        # Possibly more event loops than processors, so that clients on different loops interact. nats-server has no such
        # setting.
        self.settings = SERVER_SETTINGS + (f"threads: {1 + seed // 2 % 4}\n" if is_midge else "")
        self.server, self.port = None, None

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    async def reload(self):
        lines = len(self.server.lines)
        self.server.signal(signal.SIGHUP)
        # The log reports when everything is in effect.
        await asyncio.get_running_loop().run_in_executor(None, self.server.wait_for, RELOADED + "|" + NOT_RELOADED, lines)
        if not any(RELOADED in line for line in self.server.lines[lines:]):
            raise AssertionError("the reload failed:\n" + "\n".join(self.server.lines[lines:]))


# --- a configuration ----------------------------------------------------------------------------------------------------------
def shown_permissions(permissions):
    def entries(allow, deny):
        return f"{{ allow: {json.dumps(allow)}, deny: {json.dumps(deny)} }}" if deny else f"{{ allow: {json.dumps(allow)} }}"
    return (f"publish: {entries(permissions.publish, permissions.publish_deny)}, "
            f"subscribe: {entries(permissions.subscribe, permissions.subscribe_deny)}")


def shown_account(name, account, users):
    def shown(user):
        permissions = f", permissions: {{ {shown_permissions(user.permissions)} }}" if user.permissions else ""
        return f'{{ user: {user.name}, password: "{HASHES.get(user.password, user.password)}"{permissions} }}'

    def imported(one):
        return f'{{ {one.kind}: {{ account: {one.account}, subject: "{one.subject}" }}, to: "{one.local}" }}'
    lines = [f"users: [ {', '.join(shown(user) for user in users)} ]",
             f"exports: [ {', '.join(f'{{ {kind}: {json.dumps(subject)} }}' for kind, subject in account.exports)} ]",
             f"imports: [ {', '.join(imported(one) for one in account.imports)} ]"]
    if account.subscriptions != UNLIMITED:
        lines.append(f"limits: {{ max_subscriptions: {account.subscriptions} }}")
    if account.defaults != EVERYTHING:
        lines.append(f"default_permissions: {{ {shown_permissions(account.defaults)} }}")
    return f"{name} {{\n  " + "\n  ".join(lines) + "\n}"


class ConfigWorld(World):
    """Accounts and users in a configuration, which reloads change."""
    name = "configuration"

    def first_rules(self, rng):
        users = {GUEST: User(GUEST, "A")}
        for number in range(8):
            users[f"u{number}"] = User(f"u{number}", rng.choice(ACCOUNTS), rng.choice(PASSWORDS),
                                       random_permissions(rng) if rng.random() < 0.5 else None)
        return Rules(random_exchange(rng, {name: Account() for name in ACCOUNTS}), users)

    def changed(self, rng, rules, present):
        """`present`: names of connected users, whose changes are more interesting."""
        accounts, users = dict(rules.accounts), dict(rules.users)
        for _ in range(rng.randint(0, 3)):
            candidates = [name for name in present if name in users] if rng.random() < 0.6 else []
            name = rng.choice(candidates or sorted(users))
            account = rng.choice(sorted(accounts))
            kind = rng.choice(("add", "remove", "move", "password", "permissions", "permissions", "subscriptions", "exchange",
                               "defaults"))
            if kind == "add":
                name = f"u{rng.randrange(10)}"
                users.setdefault(name, User(name, account, rng.choice(PASSWORDS)))
            elif kind == "remove" and name != GUEST and len(users) > 4:
                del users[name]
            elif kind == "move":
                users[name] = dataclasses.replace(users[name], account=account)
            elif kind == "password" and name != GUEST:
                users[name] = dataclasses.replace(users[name], password=rng.choice(PASSWORDS))
            elif kind == "permissions":
                users[name] = dataclasses.replace(users[name], permissions=rng.choice((None, random_permissions(rng))))
            elif kind == "subscriptions":
                limit = rng.choice((UNLIMITED, 3, 6))
                accounts[account] = dataclasses.replace(accounts[account], subscriptions=limit)
            elif kind == "defaults":
                defaults = rng.choice((EVERYTHING, random_permissions(rng)))
                accounts[account] = dataclasses.replace(accounts[account], defaults=defaults)
            elif kind == "exchange":
                accounts = random_exchange(rng, accounts)
        return Rules(accounts, users)

    def login(self, rng, rules):
        name = rng.choice(sorted(rules.users) + ["nobody"])
        right = rules.users[name].password if name in rules.users else ""
        return Login(name, "" if name == GUEST else right if rng.random() < 0.8 else "wrong")

    @staticmethod
    def connect_options(login, _nonce):
        return {} if login.name == GUEST else {"user": login.name, "pass": login.password}

    def config(self, rules):
        accounts = "\n".join(shown_account(name, account, [user for user in rules.users.values() if user.account == name])
                             for name, account in rules.accounts.items())
        return f"{self.settings}no_auth_user: {GUEST}\naccounts {{\n{accounts}\n}}\n"

    def start(self, rules, program):
        config = self.write("server.conf", self.config(rules))
        self.server = program(f"{self.command} -c {config}", self.folder)
        self.port = int(self.server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        self.server.wait_for("Server is ready")

    async def prepare(self, _rules):
        pass

    async def apply(self, _before, after):
        self.write("server.conf", self.config(after))
        await self.reload()


# --- an operator's claims -----------------------------------------------------------------------------------------------------
def permission_claims(permissions):
    return {"pub": {"allow": permissions.publish, "deny": permissions.publish_deny},
            "sub": {"allow": permissions.subscribe, "deny": permissions.subscribe_deny}}


class ClaimsWorld(World):
    """Accounts of an operator, in a directory of the server. Pushed claims change them."""
    name = "claims"
    users_max = 8

    def __init__(self, *arguments):
        super().__init__(*arguments)
        # Generation n of a token was issued n seconds after this time; all generations are in the past.
        self.epoch = int(time.time()) - 1_000_000
        self.pushes = 0
        self.keys = {"operator": Key(OPERATOR, "operator"), "SYS": Key(ACCOUNT, "SYS"), "sys": Key(USER, "sys")}
        for name in ACCOUNTS:
            self.keys[name], self.keys[name + "-signing"] = Key(ACCOUNT, name), Key(ACCOUNT, name + "-signing")
        self.system = None
        self.last_pushed = {}

    def first_rules(self, rng):
        self.users = [self.random_user(rng, f"u{number}", 0) for number in range(self.users_max)]
        return Rules(random_exchange(rng, {name: Account() for name in ACCOUNTS}), {})

    def random_user(self, rng, name, generation):
        if name not in self.keys:
            self.keys[name] = Key(USER, name)
        return User(name, rng.choice(ACCOUNTS), permissions=random_permissions(rng) if rng.random() < 0.5 else None,
                    generation=generation, by_signing_key=rng.random() < 0.4, bearer=rng.random() < 0.4)

    def changed(self, rng, rules, present):
        """Changes one account, or the exchange between accounts, and sometimes makes a user's next token."""
        name = rng.choice(ACCOUNTS)
        account = rules.accounts[name]
        kind = rng.choice(("revoke", "revoke", "pardon", "signing_key", "bearer", "defaults", "defaults", "connections",
                           "subscriptions", "payload", "exchange", "exchange", "nothing"))
        if kind == "exchange":
            return Rules(random_exchange(rng, rules.accounts), {})
        changes = {
            "revoke": lambda: {"revoked": tuple(sorted({**dict(account.revoked), **self.revocation(rng, present)}.items()))},
            "pardon": lambda: {"revoked": ()},
            "signing_key": lambda: {"signing_key": not account.signing_key},
            "bearer": lambda: {"bearer": not account.bearer},
            "defaults": lambda: {"defaults": rng.choice((EVERYTHING, random_permissions(rng)))},
            "connections": lambda: {"connections": rng.choice((UNLIMITED, UNLIMITED, 1, 2, 3))},
            "subscriptions": lambda: {"subscriptions": rng.choice((UNLIMITED, 3, 6))},
            "payload": lambda: {"payload": rng.choice((UNLIMITED, 1000))},
            "nothing": lambda: {}}[kind]()
        return Rules({**rules.accounts, name: dataclasses.replace(account, **changes)}, {})

    def revocation(self, rng, present):
        user = rng.choice([user for user in self.users if user.name in present] or self.users)
        if rng.random() < 0.2:
            return {"*": user.generation}
        return {user.name: user.generation}

    def login(self, rng, _rules):
        number = rng.randrange(len(self.users))
        if rng.random() < 0.3:
            self.users[number] = self.random_user(rng, self.users[number].name, self.users[number].generation + 1)
        user = self.users[number]
        return Login(user.name, token=user, forged=rng.random() < 0.1)

    def user_token(self, user, expires=None):
        issuer = self.keys[user.account + ("-signing" if user.by_signing_key else "")]
        claims = {"subs": UNLIMITED, "data": UNLIMITED, "payload": UNLIMITED}
        if user.by_signing_key:
            claims["issuer_account"] = self.keys[user.account].public
        if user.bearer:
            claims["bearer_token"] = True
        if user.permissions is not None:
            claims.update(permission_claims(user.permissions))
        standard = {"iat": self.epoch + user.generation, **({"exp": expires} if expires else {})}
        return issuer.token(self.keys[user.name].public, "user", claims, name=user.name, **standard)

    def connect_options(self, login, nonce, expires=None):
        options = {"jwt": self.user_token(login.token, expires)}
        if not login.token.bearer:
            options["sig"] = self.keys[login.name].signature(nonce)
        if login.forged:
            options["jwt"] = options["jwt"][:-8] + ("A" * 8 if not options["jwt"].endswith("A" * 8) else "B" * 8)
        return options

    def account_token(self, name, account, expires=None):
        def exported(kind, subject):
            return {"name": subject, "subject": subject, "type": kind}

        def imported(one):
            return {"name": one.local, "account": self.keys[one.account].public, "subject": one.subject, "type": one.kind,
                    "local_subject": one.local.replace("*", "$1") if one.kind == "stream" else one.local}
        revocations = {("*" if user == "*" else self.keys[user].public): self.epoch + generation
                       for user, generation in account.revoked}
        claims = {"limits": {"subs": account.subscriptions, "data": UNLIMITED, "payload": account.payload, "imports": UNLIMITED,
                             "exports": UNLIMITED, "wildcards": True, "conn": account.connections, "leaf": UNLIMITED,
                             "disallow_bearer": not account.bearer},
                  "exports": [exported(*one) for one in account.exports], "imports": [imported(one) for one in account.imports],
                  "revocations": revocations}
        if account.signing_key:
            claims["signing_keys"] = [self.keys[name + "-signing"].public]
        if account.defaults != EVERYTHING:
            claims["default_permissions"] = permission_claims(account.defaults)
        self.pushes += 1
        standard = {"iat": self.epoch + self.pushes, **({"exp": expires} if expires else {})}
        return self.keys["operator"].token(self.keys[name].public, "account", claims, name=name, **standard)

    def start(self, rules, program):
        operator = self.keys["operator"]
        system = operator.token(self.keys["SYS"].public, "account", {"limits": dict.fromkeys(
            ("subs", "data", "payload", "imports", "exports", "conn", "leaf"), UNLIMITED)}, name="SYS", iat=self.epoch)
        preload = "\n".join(f"  {self.keys[name].public}: {self.account_token(name, account)}"
                            for name, account in rules.accounts.items())
        config = self.write("server.conf", self.settings + f"""
operator: {operator.token(operator.public, "operator", {"system_account": self.keys["SYS"].public}, name="O", iat=self.epoch)}
system_account: {self.keys["SYS"].public}
resolver: {{ type: full, dir: "{self.folder}/jwt", timeout: "5s" }}
resolver_preload: {{
  {self.keys["SYS"].public}: {system}
{preload}
}}
""")
        self.server = program(f"{self.command} -c {config}", self.folder)
        self.port = int(self.server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        self.server.wait_for("Server is ready")

    async def prepare(self, _rules):
        """The connection that pushes claims."""
        token = self.keys["SYS"].token(self.keys["sys"].public, "user", {
            "subs": UNLIMITED, "data": UNLIMITED, "payload": UNLIMITED, "bearer_token": True}, name="sys", iat=self.epoch)
        self.system = await Link.open(self.port)
        await self.system.log_in({"jwt": token})
        self.system.send("SUB answers.* 1\r\n")

    async def push(self, name, token):
        subject = f"$SYS.REQ.ACCOUNT.{self.keys[name].public}.CLAIMS.UPDATE" if self.pushes % 2 else "$SYS.REQ.CLAIMS.UPDATE"
        answers = len(self.system.messages)
        self.system.send(f"PUB {subject} answers.{self.pushes} {len(token)}\r\n{token}\r\n")
        await self.system.until(lambda: len(self.system.messages) > answers, "an answer to a claims update")
        answer = json.loads(self.system.messages[answers][3])
        if answer.get("data", {}).get("code") != 200:
            raise AssertionError(f"claims update: {answer}")

    async def apply(self, before, after):
        for name, account in after.accounts.items():
            if account != before.accounts[name]:
                await self.push(name, self.account_token(name, account))
