"""A server under everything at once: 1,000 connections that come and go, reloads, claims updates, and clients that are stuck,
slow, flooding or sending garbage, beside good ones that must lose nothing.

    soak_test.py build/dev/bin --minutes 30 [--connections 1000]
    soak_test.py build/dev/bin --minutes 30 --configured [--accounts 10000]

With --configured the users are those of the configuration, some with bcrypt; each reload takes a tenth of the accounts out
or puts them back, and adds or takes users of the others. Who is in the configuration must get in, nobody else.
Prints the server's memory as it goes; fails if a good client missed a message, a login had the wrong verdict, the server
did not end well, or its memory grew.
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

from programs import Program

GOOD_PAIRS = 25
RELOAD_SECONDS = 10
CLAIMS_SECONDS = 1
SAMPLES_MAX = 200
GROWTH_MAX = 1.15  # mean of the last third divided by that of the middle third
PATIENCE = 60
FLOOD_BYTES_PER_SECOND = 2_000_000


class Failed(Exception):
    pass


class OperatorWorld:
    """An operator, its accounts and their bearer users, made by nsc; and the server's configuration."""

    def __init__(self, programs, folder):
        self.nsc_program = programs / "midge-nsc"
        self.folder = folder
        self.environment = {**os.environ, "HOME": str(folder)}
        self.nsc("add", "operator", "-n", "SOAK")
        self.nsc("add", "account", "-n", "SYS")
        self.nsc("add", "account", "-n", "APP")
        for account in ("SYS", "APP"):
            self.nsc("add", "user", "-n", account.lower(), "-a", account, "--bearer")
        self.keys = {name: self.describe("account", "-n", name)["sub"] for name in ("SYS", "APP")}
        self.users = {name: self.jwt(f"accounts/{name}/users/{name.lower()}.jwt") for name in ("SYS", "APP")}
        # The same limits in turn: connections never exceed them, but all claims are new.
        self.claims = []
        for limit in (100000, 100001, 100002, 100003):
            self.nsc("edit", "account", "-n", "APP", "--conns", str(limit), "--payload", str(limit * 10))
            self.claims.append(self.jwt("accounts/APP/APP.jwt"))

    def nsc(self, *arguments):
        done = subprocess.run([self.nsc_program, *arguments], env=self.environment, cwd=self.folder, capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"nsc {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def describe(self, kind, *arguments):
        return json.loads(self.nsc("describe", kind, *arguments, "--json"))

    def jwt(self, path):
        return (self.folder / ".nsc/nats/SOAK" / path).read_text().strip()

    def credentials(self, account):
        return {"jwt": self.users[account]}

    @staticmethod
    def may_enter(account, round_number):
        return account in ("APP", "SYS") and round_number >= 0

    def somebody(self):
        return "APP"

    def write_config(self, round_number):
        return write_config(self.folder, round_number, f"""
operator: "{self.folder}/.nsc/nats/SOAK/SOAK.jwt"
system_account: {self.keys["SYS"]}
resolver: {{ type: full, dir: "{self.folder}/jwt" }}
resolver_preload: {{ {self.keys["APP"]}: {self.claims[0]}
  {self.keys["SYS"]}: {self.jwt("accounts/SYS/SYS.jwt")} }}
""")


class ConfiguredWorld:
    """Accounts of the configuration, each with a user of the same name. Reloads remove and add a part of them."""
    PASSWORD = "soak"
    BCRYPT = "$2b$05$uZ3wWsP48hhziZueu6F80eUwBDgXCWFTQ6VQc/8dW5Zdq1IXGG9CK"
    OF_EACH = 10  # of this number of accounts, one is removed and added, and one has a second user that is

    def __init__(self, folder, accounts):
        self.folder = folder
        self.accounts = accounts

    def credentials(self, account):
        return {"user": account, "pass": self.PASSWORD}

    def may_enter(self, account, round_number):
        kind = int(account[1:].rstrip("b")) % self.OF_EACH if account != "APP" else 0
        return not (account.endswith("b") or kind == 1) or round_number % 2 == 0

    def somebody(self):
        number = random.randrange(self.accounts)
        return f"A{number}b" if number % self.OF_EACH == 2 and random.random() < 0.5 else f"A{number}"

    def write_config(self, round_number):
        # All clients connect at the beginning, and some wait for hashes.
        lines = ["authorization { timeout: 60 }", "accounts {", f'APP {{ users: [{{ user: APP, password: "{self.BCRYPT}" }}] }}']
        for number in range(self.accounts):
            name = f"A{number}"
            users = [user for user in (name, name + "b" if number % self.OF_EACH == 2 else "")
                     if user and self.may_enter(user, round_number)]
            secret = self.BCRYPT if number % self.OF_EACH == 3 else self.PASSWORD
            if users:
                lines.append(f"{name} {{ users: [" + ", ".join(f'{{ user: {user}, password: "{secret}" }}' for user in users) + "] }")
        return write_config(self.folder, round_number, "\n".join([*lines, "}", ""]))


def write_config(folder, round_number, text):
    """Writes a configuration with settings that change in turn at reloads."""
    text += f"""
listen: "127.0.0.1:-1"
max_pending: 4MB
write_deadline: "2s"
ping_interval: "{20 + round_number % 2}s"
max_payload: {1048576 + round_number % 2}
server_tags: ["round-{round_number % 3}"]
"""
    path = folder / "server.conf"
    new = folder / "server.conf.new"
    new.write_text(text)
    new.replace(path)
    return path


class Client:
    """A client that writes the protocol itself, as the user of an account."""

    def __init__(self, soak, account="APP"):
        self.soak = soak
        self.account = account

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.soak.port)
        await self.reader.readline()
        connect = {"verbose": False, "protocol": 1, **self.soak.world.credentials(self.account)}
        rounds = self.soak.rounds_now()
        self.send(f"CONNECT {json.dumps(connect)}\r\nPING\r\n".encode())
        try:
            await self.until(b"PONG")
        except ConnectionError as error:
            rounds |= self.soak.rounds_now()
            if "Authorization" in str(error) and all(self.soak.world.may_enter(self.account, each) for each in rounds):
                raise Failed(f"{self.account} was refused in round {rounds}") from error
            raise
        rounds |= self.soak.rounds_now()
        if not any(self.soak.world.may_enter(self.account, each) for each in rounds):
            raise Failed(f"{self.account} got in in round {rounds}")
        return self

    async def __aexit__(self, *_):
        self.writer.close()

    def send(self, data):
        self.writer.write(data)

    async def until(self, start):
        """Returns the next line with this beginning; answers PINGs."""
        while True:
            line = await self.reader.readline()
            if not line.endswith(b"\r\n"):
                raise ConnectionError(f"closed while {start} was awaited")
            if line == b"PING\r\n":
                self.send(b"PONG\r\n")
            if line.startswith(start):
                return line
            if line.startswith(b"-ERR"):
                raise ConnectionError(line.decode())

    async def message(self):
        line = await self.until(b"MSG ")
        return (await self.reader.readexactly(int(line.split()[-1]) + 2))[:-2]


class Soak:
    def __init__(self, programs, folder, arguments):
        self.world = ConfiguredWorld(folder, arguments.accounts) if arguments.configured else OperatorWorld(programs, folder)
        self.round = 0  # the last one that the server was told to load
        self.rounds_under_way = {0}
        self.connections = arguments.connections
        self.seconds = arguments.minutes * 60
        self.counts = {"connects": 0, "reloads": 0, "claims": 0, "good": 0, "floods": 0, "garbage": 0, "closed": 0}
        self.ending = asyncio.Event()
        self.samples = []
        config = self.world.write_config(0)
        options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=16"
        self.server = Program(f"{programs}/midged -c {config}", {**os.environ, "ASAN_OPTIONS": options.strip(":")}, folder)
        self.process = self.server.process
        self.port = int(self.server.wait_for(r"Listening for client connections on 127\.0\.0\.1:(\d+)")[1])
        self.server.wait_for("Server is ready")

    def rounds_now(self):
        """Returns the rounds whose settings may be in effect, or were a moment ago."""
        return self.rounds_under_way | {self.round}

    async def pause(self, seconds):
        try:
            await asyncio.wait_for(self.ending.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    # --- clients -------------------------------------------------------------------------------------------------------------
    async def good(self, number):
        """Publishes numbers and must receive each of them, in order, on another connection."""
        async with Client(self) as subscriber, Client(self) as publisher:
            subscriber.send(f"SUB good.{number} 1\r\nPING\r\n".encode())
            await subscriber.until(b"PONG")
            done = asyncio.Event()
            sent = 0

            async def publish():
                nonlocal sent
                answers = asyncio.create_task(self.answer_pings(publisher))
                while not self.ending.is_set():
                    text = str(sent).encode()
                    publisher.send(b"PUB good.%d %d\r\n%s\r\n" % (number, len(text), text))
                    sent += 1
                    await self.pause(0.1)
                publisher.send(b"PUB good.%d 3\r\nend\r\n" % number)
                await done.wait()
                answers.cancel()

            publishing = asyncio.create_task(publish())
            expected = 0
            while (got := await subscriber.message()) != b"end":
                if int(got) != expected:
                    raise Failed(f"good client {number}: got {got.decode()}, expected {expected}")
                expected += 1
            if expected != sent:
                raise Failed(f"good client {number}: got {expected} of {sent}")
            self.counts["good"] += expected
            done.set()
            await publishing

    @staticmethod
    async def answer_pings(client):
        while (line := await client.reader.readline()):
            if line == b"PING\r\n":
                client.send(b"PONG\r\n")
            elif line.startswith(b"-ERR"):
                raise Failed(f"a good publisher: {line.decode()}")

    async def come_and_go(self, number):
        while not self.ending.is_set():
            try:
                async with Client(self, self.world.somebody()) as client:
                    self.counts["connects"] += 1
                    client.send(f"SUB churn.{number} 1\r\nSUB churn.* 2\r\nPUB churn.{number} 5\r\nhello\r\nPING\r\n".encode())
                    await client.until(b"PONG")
                    left = random.uniform(1, 20)
                    while left > 0 and not self.ending.is_set():
                        await self.pause(min(left, 3))
                        left -= 3
                        client.send(b"PING\r\n")
                        await asyncio.wait_for(client.until(b"PONG"), PATIENCE)
                    if number % 3 == 0:
                        client.writer.transport.abort()
            except (ConnectionError, OSError):
                self.counts["closed"] += 1

    async def stuck(self):
        while not self.ending.is_set():
            try:
                async with Client(self) as client:
                    client.send(b"SUB flood.> 1\r\n")
                    await client.writer.drain()
                    client.writer.transport.pause_reading()
                    await self.pause(15)
            except (ConnectionError, OSError):
                self.counts["closed"] += 1

    async def slow(self):
        while not self.ending.is_set():
            try:
                async with Client(self) as client:
                    client.send(b"SUB flood.> 1\r\n")
                    while not self.ending.is_set() and await client.reader.read(2000):
                        await self.pause(0.2)
            except (ConnectionError, OSError):
                self.counts["closed"] += 1

    async def flood(self):
        message = b"PUB flood.x 1000\r\n" + b"x" * 1000 + b"\r\n"
        while not self.ending.is_set():
            try:
                async with Client(self) as client:
                    answers = asyncio.create_task(self.answer_pings(client))
                    while not self.ending.is_set() and not answers.done():
                        client.send(message * (FLOOD_BYTES_PER_SECOND // 10 // 1000))
                        self.counts["floods"] += 1
                        await client.writer.drain()
                        await self.pause(0.1)
                    answers.cancel()
            except (ConnectionError, OSError):
                self.counts["closed"] += 1

    async def garbage(self):
        while not self.ending.is_set():
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(random.choice((os.urandom(200), b"SUB " + b"a" * 5000, b"CONNECT {" * 100 + b"\r\n",
                                            b"PUB a 99999999999\r\n", b"\x16\x03\x01" + os.urandom(100))))
                self.counts["garbage"] += 1
                while await asyncio.wait_for(reader.read(4096), PATIENCE):
                    pass
                writer.close()
            except (ConnectionError, OSError):
                pass
            await self.pause(0.2)

    # --- changes of the server
    # ----------------------------------------------------------------------------------------------------
    async def reload(self):
        number = 0
        while not self.ending.is_set():
            await self.pause(RELOAD_SECONDS)
            if self.ending.is_set():
                return
            number += 1
            self.world.write_config(number)
            self.rounds_under_way.add(number)
            self.round = number
            lines = len(self.server.lines)
            self.process.send_signal(signal.SIGHUP)
            await asyncio.to_thread(self.server.wait_for, "Reloaded server configuration", lines)
            self.rounds_under_way = {number}
            self.counts["reloads"] += 1

    async def update_claims(self):
        async with Client(self, "SYS") as client:
            client.send(b"SUB answer 1\r\n")
            subject = f"$SYS.REQ.ACCOUNT.{self.world.keys['APP']}.CLAIMS.UPDATE"
            number = 0
            while not self.ending.is_set():
                token = self.world.claims[number % len(self.world.claims)].encode()
                client.send(f"PUB {subject} answer {len(token)}\r\n".encode() + token + b"\r\n")
                answer = json.loads(await asyncio.wait_for(client.message(), PATIENCE))
                if answer.get("data", {}).get("code") != 200:
                    raise Failed(f"claims update: {answer}")
                self.counts["claims"] += 1
                number += 1
                await self.pause(CLAIMS_SECONDS)

    async def watch(self):
        start = time.monotonic()
        interval = max(self.seconds / SAMPLES_MAX, 0.5)
        while not self.ending.is_set():
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
            megabytes = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
            self.samples.append(megabytes)
            if len(self.samples) % 10 == 1:
                print(f"{time.monotonic() - start:7.0f} s {megabytes:8.1f} MB  {self.counts}", flush=True)
            await self.pause(interval)

    async def run(self):
        work = [self.good(number) for number in range(GOOD_PAIRS)]
        work += [self.come_and_go(number) for number in range(self.connections)]
        work += [self.stuck(), self.slow(), self.flood(), self.garbage(), self.garbage(), self.reload(), self.watch()]
        if isinstance(self.world, OperatorWorld):
            work.append(self.update_claims())
        tasks = [asyncio.create_task(one) for one in work]
        ended_early, _ = await asyncio.wait(tasks, timeout=self.seconds, return_when=asyncio.FIRST_COMPLETED)
        self.ending.set()
        results = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 2 * PATIENCE)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise errors[0]
        if ended_early:
            raise Failed("a client ended before its time")

    def stop(self):
        code = self.server.stop()
        if code != 0:
            raise Failed(f"the server ended with {code}")

    def check_memory(self):
        third = len(self.samples) // 3
        if third < 10:
            return "too short for a verdict on memory"
        middle = sum(self.samples[third:2 * third]) / third
        last = sum(self.samples[-third:]) / third
        verdict = f"memory: {middle:.1f} MB in the middle third, {last:.1f} MB in the last, at most {max(self.samples):.1f} MB"
        if last > middle * GROWTH_MAX:
            raise Failed(verdict)
        return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("programs", type=pathlib.Path, help="folder with midged and midge-nsc")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--configured", action="store_true", help="accounts and users of the configuration, without an operator")
    parser.add_argument("--accounts", type=int, default=10_000, help="how many, with --configured")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="midge-soak-") as folder:
        soak = None
        try:
            soak = Soak(arguments.programs.resolve(), pathlib.Path(folder), arguments)
            try:
                asyncio.run(soak.run())
            finally:
                soak.stop()
            print(soak.counts)
            print(soak.check_memory())
        except (Failed, AssertionError) as failure:
            print(f"FAILED: {failure}")
            if soak is not None:
                print("\n".join(soak.server.rest()[-200:]))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
