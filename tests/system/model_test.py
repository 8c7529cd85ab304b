"""Several clients, reloads, claims updates, revocations, expiries, logins under way and slow readers at random, against the small
model of broker_model.py; of midged and of nats-server.

    model_test.py SERVER|--nats-server [--seed N] [--minutes M | --episodes E] [--steps K] [--without OPERATION,...]

An episode is a fresh server and a story of random steps. Even seeds have users of a configuration, which reloads change; odd ones
have an operator's claims, which are pushed. Episodes have the seeds N, N + 1, and so on. The same seed tells the same story: each
step draws from Random("seed.step"), and what is drawn depends on the model alone. Only the timing differs.

At the end of each step, when all who acted have a PONG, the model states which connections are open, how the others ended, and
which messages and error lines each has got.

To shrink a story by hand, given "seed 17 step 93" by a difference:
    --seed 17 --steps 94                        plays that episode alone, to that step;
    --seed 17 --steps 94 --without slow,burst   leaves those operations out. The others keep their draws, though they may act on
                                                other connections. Leave out what one can without losing the difference;
    --seed 17 --steps 94 --first 60             begins with step 60, which often suffices: a step makes what it needs, if it can;
    --trace                                     prints each operation as it is done.
"""
import argparse
import asyncio
import collections
import dataclasses
import os
import pathlib
import random
import sys
import tempfile
import time

import broker_model
from broker_model import Model, PAYLOAD_VIOLATION, SERVICE_REPLY, TOO_MANY_CONNECTIONS, TOO_MANY_SUBSCRIPTIONS, UNLIMITED
from model_client import Difference, Link
from model_worlds import ClaimsWorld, ConfigWorld, random_subject, with_wildcards
from programs import PATIENCE, Program

EPISODE_STEPS = 300
CONNECTIONS_MAX = 9
TOLD_OPERATIONS = 40
TOLD_LINES = 40
SERVER_PAYLOAD_MAX = 128 * 1024
REQUEST_DRAWS = 40
SLOW_SUBJECTS = ("slow", "a.slow", "b.slow", "c.slow")
EXPIRES_IN = 2  # seconds; times in tokens are whole seconds
REFUSED_SUBJECT = "$SYS.ACCOUNT.CLIENT.AUTH.ERR"
USER_EXPIRED = "-ERR 'User Authentication Expired'"
ACCOUNT_EXPIRED = "-ERR 'Account Authentication Expired'"
UNKNOWN_OPERATION = "-ERR 'Unknown Protocol Operation'"
# More than max_pending and the kernel's buffers of a connection.
STUCK_MESSAGES, STUCK_SIZE = 200, 60_000
WEIGHTS = {"connect": 18, "subscribe": 20, "unsubscribe": 8, "publish": 16, "burst": 9, "request": 8, "change": 10, "leave": 4,
           "half_close": 3, "nonsense": 2, "oversize": 2, "garbage": 2, "slow": 2, "stuck": 0.5, "user_expires": 0.7,
           "account_expires": 0.5, "reload": 1}


class Story:
    """An episode: the operations, and the comparison of the model with the server."""

    def __init__(self, world, seed, arguments):
        self.world, self.seed, self.arguments = world, seed, arguments
        self.without = set(arguments.without.split(","))
        self.told = collections.deque(maxlen=TOLD_OPERATIONS)
        self.links = {}  # by the number of the connection
        self.sizes = {}  # by the beginning of a payload
        self.sent = collections.Counter()
        self.counts = collections.Counter()
        self.step = 0
        self.rng = random.Random(str(seed))
        rules = world.first_rules(self.rng)
        self.model = Model(rules, world.is_midge)

    def tell(self, text):
        self.told.append(f"{self.step}: {text}")
        if self.arguments.trace:
            print(self.told[-1], flush=True)

    async def run(self, deadline):
        await self.world.prepare(self.model.rules)
        names, weights = list(WEIGHTS), list(WEIGHTS.values())
        for _ in range(CONNECTIONS_MAX):
            await self.connect()
        for self.step in range(self.arguments.steps):
            self.rng = random.Random(f"{self.seed}.{self.step}")
            operation = self.rng.choices(names, weights)[0]
            if operation not in self.without and self.step >= self.arguments.first:
                self.counts[operation] += 1
                await getattr(self, operation)()
            if deadline is not None and time.monotonic() > deadline:
                break

    def close(self):
        for link in self.links.values():
            link.close()

    # --- quiet points ---------------------------------------------------------------------------------------------------------
    async def settle(self, *actors, ended=()):
        """Waits for the barriers, and compares everything received. `ended`: links of connections that have ended, by
        number."""
        await asyncio.gather(*(self.links[one.number].barrier() for one in actors if one.number in self.links))
        alive = await asyncio.gather(*(link.barrier() for link in self.links.values()))
        for number, is_alive in zip(self.links, alive):
            if not is_alive:
                raise Difference(f"{self.model.connections[number]} was closed: {self.links[number].errors[-1:]}")
        received, errors = [], []
        for number, link in [*self.links.items(), *dict(ended).items()]:
            # Whether an account gets the event about its own refused client depends on the time of the refusal.
            received += [self.noted(number, *message) for message in link.messages if message[1] != REFUSED_SUBJECT]
            errors += [(number, error) for error in link.errors]
            link.messages, link.errors = [], []
        self.counts["deliveries"] += len(received)
        self.counts["refusals"] += len(errors)
        differences = self.model.quiet().differences(received, errors)
        if differences:
            raise Difference("\n".join(differences))

    def noted(self, number, sid, subject, reply, payload):
        """Converts a delivery to the form of the model."""
        begin, _, filler = payload.partition(" ")
        if self.sizes.get(begin) != len(payload) or filler.strip("x"):
            raise Difference(f"connection {number} got a payload that nobody sent, by {subject!r} for sid {sid}, "
                             f"of {len(payload)} bytes: {payload[:200]}")
        return number, sid, broker_model.known(subject), broker_model.known(reply), begin

    async def end(self, connection, texts):
        """Waits for the end of a connection that has left the model. Its last line must be one of `texts` (None: no line)."""
        link = self.links.pop(connection.number)
        await link.end()
        final = None
        if link.errors:
            # nats-server may repeat the line while it closes the connection, and refuse later commands.
            final = next((error for error in link.errors if error in texts), None if None in texts else link.errors[-1])
            link.errors = [error for error in link.errors if error != final]
        if final not in texts:
            raise Difference(f"{connection} ended with {final}, expected {texts}")
        self.counts["ended" if final is None or "Permissions" in final else final] += 1
        return connection.number, link

    # --- choices --------------------------------------------------------------------------------------------------------------
    def somebody(self):
        return self.rng.choice(list(self.model.connections.values())) if self.model.connections else None

    def some(self, most):
        there = list(self.model.connections.values())
        return self.rng.sample(there, min(len(there), self.rng.randint(1, most)))

    def payload(self, connection, size=None):
        begin = f"{connection.number}.{self.sent[connection.number]}"
        self.sent[connection.number] += 1
        limit = self.model.rules.accounts[connection.account].payload
        size = size or self.rng.choice((0, 10, 100, 900, 5000))
        if limit != UNLIMITED:
            size = min(size, limit)
        payload = begin if size <= len(begin) else f"{begin} ".ljust(size, "x")
        self.sizes[begin] = len(payload)
        return begin, payload

    def publication(self, connection, subject, reply=None, size=None):
        """Returns (the beginning of the payload, the bytes of the command)."""
        begin, payload = self.payload(connection, size)
        self.tell(f"{connection} PUB {subject} {reply or ''} {begin} ({len(payload)} bytes)")
        return begin, f"PUB {subject} {reply + ' ' if reply else ''}{len(payload)}\r\n{payload}\r\n"

    # --- logins ---------------------------------------------------------------------------------------------------------------
    async def log_in(self, login, receive_buffer=None, expires=None):
        """Returns the link, and whether the login was accepted."""
        link = await Link.open(self.world.port, receive_buffer)
        options = self.world.connect_options(login, (link.info or {}).get("nonce", ""), *([expires] if expires else []))
        return link, await link.log_in(options)

    async def enter(self, login, **how):
        """Logs in and compares the outcome with the model. Returns the connection if it was accepted."""
        verdict, number = self.model.verdict(login), self.model.number_login()
        link, is_in = await self.log_in(login, **how)
        until = time.monotonic() + PATIENCE
        while verdict is None and not is_in and link.errors == [TOO_MANY_CONNECTIONS] and time.monotonic() < until:
            link, is_in = await self.log_in(login, **how)  # a connection that has just ended may still be counted
        self.tell(f"login {number} {login}: {'in' if is_in else link.errors}")
        if is_in != (verdict is None) or not is_in and link.errors != [verdict]:
            raise Difference(f"login {number} {login}: expected {verdict or 'in'}, got {'in' if is_in else link.errors}")
        if not is_in:
            return None
        self.links[number] = link
        return self.model.enter(login, number)

    async def connect(self):
        login = self.world.login(self.rng, self.model.rules)
        if len(self.links) < CONNECTIONS_MAX:
            await self.enter(login)
            await self.settle()

    async def leave(self):
        one = self.somebody()
        if one:
            self.tell(f"{one} leaves")
            self.model.leave(one)
            self.links.pop(one.number).close()
            await self.settle()

    async def half_close(self):
        """Commands before the end of the connection count."""
        one = self.somebody()
        if one:
            link = self.links[one.number]
            one.mortal = True  # messages to it may be lost
            for _ in range(self.rng.randint(0, 5)):
                self.send_publication(one, random_subject(self.rng))
            self.tell(f"{one} closes its half")
            link.half_close()
            self.model.leave(one)
            refused = {error for error in self.model.expected.errors if error[0] == one.number}
            for error in refused:
                del self.model.expected.errors[error]
            self.model.expected.may_errors |= refused
            ended = await self.end(one, {None, *(text for _, text in refused)})
            await self.settle(ended=[ended])

    async def nonsense(self):
        one = self.somebody()
        if one:
            self.tell(f"{one} sends nonsense")
            self.links[one.number].send("NONSENSE\r\n")
            self.model.leave(one)
            await self.settle(ended=[await self.end(one, {UNKNOWN_OPERATION})])

    async def oversize(self):
        one = self.somebody()
        if one:
            limit = self.model.rules.accounts[one.account].payload
            size = (SERVER_PAYLOAD_MAX if limit == UNLIMITED else limit) + 1
            self.tell(f"{one} publishes {size} bytes, one too many")
            self.links[one.number].send(f"PUB a {size}\r\n")
            self.model.leave(one)
            await self.settle(ended=[await self.end(one, {PAYLOAD_VIOLATION})])

    async def garbage(self):
        link = await Link.open(self.world.port)
        data = self.rng.choice((self.rng.randbytes(200), b"SUB " + b"a" * 5000, b"CONNECT {" * 100 + b"\r\n",
                                b"PUB a 99999999999\r\n", b"\x16\x03\x01" + self.rng.randbytes(100), b"CONNECT {"))
        self.tell(f"somebody sends {data[:20]}... and closes its half")
        link.send(data)
        link.half_close()
        await link.end()
        await self.settle()

    # --- subscriptions --------------------------------------------------------------------------------------------------------
    async def subscribe(self):
        one = self.somebody()
        if one:
            for _ in range(self.rng.randint(1, 5)):
                sid = str(self.rng.randint(1, 8))
                pattern = with_wildcards(self.rng, random_subject(self.rng))
                queue = self.rng.choice(("q", "r")) if self.rng.random() < 0.3 else None
                self.tell(f"{one} SUB {pattern} {queue or ''} {sid}")
                self.links[one.number].send(f"SUB {pattern} {queue + ' ' if queue else ''}{sid}\r\n")
                self.model.subscribe(one, sid, pattern, queue)
            await self.settle()

    async def unsubscribe(self):
        one = self.somebody()
        if one and one.subscriptions:
            sub = one.subscriptions[self.rng.choice(sorted(one.subscriptions))]
            maximum = None
            if self.rng.random() < 0.6 and sub.exact and not sub.queue and sub.pattern.split(".")[0] in ("a", "b", "c"):
                maximum = max(1, sub.delivered + self.rng.randint(-1, 5))
            self.tell(f"{one} UNSUB {sub.sid} {maximum or ''}")
            self.links[one.number].send(f"UNSUB {sub.sid}{f' {maximum}' if maximum else ''}\r\n")
            self.model.unsubscribe(one, sub.sid, maximum)
            await self.settle()

    # --- messages -------------------------------------------------------------------------------------------------------------
    def send_publication(self, one, subject, reply=None, several=False, size=None):
        begin, command = self.publication(one, subject, reply, size)
        self.links[one.number].send(command)
        self.model.publish(one, subject, reply, begin, several)
        return begin

    async def publish(self):
        one = self.somebody()
        if one:
            for _ in range(self.rng.randint(1, 6)):
                reply = random_subject(self.rng) if self.rng.random() < 0.2 else None
                self.send_publication(one, random_subject(self.rng), reply)
            await self.settle(one)

    async def burst(self):
        """Several connections publish at the same time."""
        publishers = self.some(4)
        for _ in range(self.rng.randint(1, 60)):
            for one in publishers:
                self.send_publication(one, random_subject(self.rng), several=len(publishers) > 1)
            # A turn of the loop, without waiting: received data is read, so that no client is slow by accident.
            await asyncio.sleep(0)
        self.model.end_maxima()
        await self.settle(*publishers)

    async def request(self):
        """One connection sends a request, and a connection that certainly receives it answers."""
        if not self.model.connections:
            return
        reply = ".".join(self.rng.choices(("a", "b", "c"), k=2))
        draws = [(self.somebody(), random_subject(self.rng)) for _ in range(REQUEST_DRAWS)]
        one, subject = max(draws, key=lambda draw: self.interest(*draw, reply))
        begin = self.send_publication(one, subject, reply)
        certain = sorted((delivery for delivery in self.model.expected.must if delivery[3]), key=str)
        await self.links[one.number].barrier()
        await asyncio.gather(*(link.barrier() for link in self.links.values()))
        answered = set()
        for number, sid, name, known_reply, _ in certain:
            # A request to a service of another account gets only one answer, and the model does not know whose is first.
            if number not in self.model.connections or known_reply in answered:
                continue
            answered.add(known_reply)
            found = [m for m in self.links[number].messages if m[0] == sid and m[3].split(" ")[0] == begin and m[2]]
            if not found:
                raise Difference(f"connection {number} has not got the request {begin} as {name}")
            responder, actual = self.model.connections[number], found[0][2]
            answer, command = self.publication(responder, actual)
            self.links[number].send(command)
            self.counts["answers"] += 1
            self.counts["answers of services"] += actual != reply
            self.model.answer(responder, (one.account, reply), actual, answer)
            await self.links[number].barrier()
        await self.settle(one)

    def interest(self, one, subject, reply):
        """Returns a priority of the request: an answer from another account is best."""
        if not one.permissions.may_publish(subject):
            return 0
        routes = self.model.routes(self.model.rules, one.account, subject, reply)
        return max(1 + (answer == SERVICE_REPLY) for account, name, answer in routes
                   if answer == reply or self.model.deliveries(self.model.rules, account, name, answer, "0.0")[0])

    async def slow(self):
        """A connection stops reading for a while, and loses nothing."""
        found = await self.slow_reader(others_max=2)
        if found:
            reader, publisher, subject = found
            self.links[reader.number].stop_reading()
            for _ in range(self.rng.randint(1, 12)):
                self.send_publication(publisher, subject, size=30_000)
            await self.links[publisher.number].barrier()
            self.links[reader.number].go_on_reading()
        await self.settle()

    async def stuck(self):
        """A connection does not read at all, and is closed."""
        found = await self.slow_reader(others_max=0)  # other slow readers would be closed, too
        if found:
            reader, publisher, subject = found
            link = self.links[reader.number]
            link.stop_reading()
            reader.mortal = True
            self.tell(f"{reader} does not read")
            for _ in range(STUCK_MESSAGES):
                self.send_publication(publisher, subject, size=STUCK_SIZE)
            if not await self.links[publisher.number].barrier():
                raise Difference(f"{publisher} was closed while it published to who does not read")
            self.model.leave(reader)
            link.go_on_reading()
            number, link = await self.end(reader, {None})
            got = [int(m[3].split(" ")[0].split(".")[1]) for m in link.messages]
            if got != list(range(got[0], got[0] + len(got))) if got else False or len(got) >= STUCK_MESSAGES:
                raise Difference(f"who did not read got the numbers {got}")
            await self.settle(ended=[(number, link)])
        await self.settle()

    async def slow_reader(self, others_max):
        """Returns (a new connection with one subscription, a connection that may publish to it, the subject); None if there is
        none."""
        login, subject = self.world.login(self.rng, self.model.rules), self.rng.choice(SLOW_SUBJECTS)
        user = self.model.rules.user(login)
        if user is None or self.model.is_full(user.account) or not self.model.rules.permissions(user).may_subscribe(subject):
            return None
        publishers = [one for one in self.model.members(user.account) if one.permissions.may_publish(subject)]
        if not publishers or len(list(self.model.hearers(self.model.rules, user.account, subject))) > others_max:
            return None
        if self.model.rules.accounts[user.account].payload != UNLIMITED:
            return None
        reader = await self.enter(login, receive_buffer=32 * 1024)
        self.links[reader.number].send(f"SUB {subject} 1\r\n")
        self.model.subscribe(reader, "1", subject, None)
        await self.settle()
        return reader, self.rng.choice(publishers), subject

    # --- changes --------------------------------------------------------------------------------------------------------------
    async def change(self):
        """Applies new rules, while some connections log in and others publish."""
        model, before = self.model, self.model.rules
        after = self.world.changed(self.rng, before, sorted({one.user.name for one in model.connections.values()}))
        logins = [self.world.login(self.rng, self.rng.choice((before, after))) for _ in range(self.rng.choice((0, 0, 1, 3)))]
        traffic = {}
        for one in self.some(2) if self.rng.random() < 0.6 else []:
            commands = []
            for _ in range(self.rng.randint(1, 30)):
                subject = random_subject(self.rng)
                begin, command = self.publication(one, subject, size=10)
                model.publish_meanwhile(one, after, subject, begin)
                self.counts["messages under way"] += 1
                commands.append(command)
            traffic[one.number] = self.publish_slowly(self.links[one.number], commands)
        self.tell(f"the rules change: {self.told_change(before, after)}")
        under_way = [asyncio.create_task(self.log_in(login)) for login in logins]
        moving = [asyncio.create_task(one) for one in traffic.values()]
        await self.world.apply(before, after)
        came = await asyncio.gather(*under_way)
        await asyncio.gather(*moving)
        if len(logins) > 0:
            self.tell(f"logins under way: {[(login, is_in) for login, (_, is_in) in zip(logins, came)]}")
        closing = model.change(after)
        # A connection that ends while the server has unread bytes from it may lose its last line.
        ended = [await self.end(one, texts | ({None} if one.number in traffic else set())) for one, texts in closing.items()]
        for _, link in ended:
            link.errors = []  # errors about its subscriptions, which may be checked before it is closed
        stayed = set()  # accounts: if two connections opened at the same time, it is not known which one is newer
        for login, (link, is_in) in zip(logins, came):
            await self.judge_login_under_way(before, login, link, is_in, stayed)
        self.end_uncertain_maxima()
        await self.settle(ended=ended)

    async def reload(self):
        """The configuration of an operator's world is unchanged: its claims are older than the pushed ones, which stay
        valid."""
        if isinstance(self.world, ClaimsWorld):
            self.tell("the server reloads")
            full = [] if self.world.is_midge else self.model.full()
            await self.world.reload()
            for one in full:
                self.model.leave(one)
            await self.settle(ended=[await self.end(one, {TOO_MANY_SUBSCRIPTIONS}) for one in full])

    @staticmethod
    async def publish_slowly(link, commands):
        for command in commands:
            link.send(command)
            if not await link.barrier():
                return

    @staticmethod
    def told_change(before, after):
        def shown(account):
            """Returns the settings that differ from the usual ones."""
            fields = dataclasses.fields(account)
            return {one.name: getattr(account, one.name) for one in fields if getattr(account, one.name) != one.default}
        texts = [f"account {name}: {shown(account)}" for name, account in after.accounts.items()
                 if before.accounts.get(name) != account]
        texts += [f"{user}" for name, user in after.users.items() if before.users.get(name) != user]
        return "; ".join(texts + [f"without {name}" for name in before.users if name not in after.users]) or "not at all"

    async def judge_login_under_way(self, before, login, link, is_in, stayed):
        """The old or the new rules may decide about it, but no connection stays that the new rules refuse. `stayed`: accounts
        with such a connection."""
        then, now, number = before.user(login), self.model.rules.user(login), self.model.number_login()
        self.counts["logins under way"] += 1
        limited = any(user and rules.accounts[user.account].connections != UNLIMITED
                      for user, rules in ((then, before), (now, self.model.rules)))
        if not self.model.is_midge:
            # A client that connects to nats-server during a reload may be accepted with a wrong password, or get an account
            # from before the reload and be closed at the next one.
            link.close()
            return
        if is_in and then is None and now is None:
            raise Difference(f"{login} came in while the rules changed, though neither let it in")
        if now is None:
            await link.end()
            return
        certain = then is not None and then.account == now.account and not limited
        if not is_in and certain:
            raise Difference(f"{login} was refused ({link.errors}) while the rules changed, though both let it in")
        if certain and is_in and now.account not in stayed and len(self.links) < CONNECTIONS_MAX:
            stayed.add(now.account)
            link.messages, link.errors = [], []
            self.links[number] = link
            self.model.enter(login, number)
        else:
            link.close()

    def end_uncertain_maxima(self):
        """The rest of a maximum is unknown after messages that may or may not have been delivered."""
        for one in self.model.connections.values():
            for sub in list(one.subscriptions.values()):
                if sub.maximum is not None and not sub.exact:
                    self.links[one.number].send(f"UNSUB {sub.sid}\r\n")
                    self.model.unsubscribe(one, sub.sid)

    # --- expiries -------------------------------------------------------------------------------------------------------------
    async def user_expires(self):
        """A connection whose token ends soon receives messages until then."""
        login = self.world.login(self.rng, self.model.rules)
        if not isinstance(self.world, ClaimsWorld) or self.model.verdict(login) is not None:
            return
        expires = int(time.time()) + EXPIRES_IN
        one = await self.enter(login, expires=expires)
        one.mortal = True
        for sid, pattern in enumerate(("a.>", "x.>", "c"), 1):
            if one.permissions.may_subscribe(pattern) and self.model.rules.accounts[one.account].subscriptions == UNLIMITED:
                self.links[one.number].send(f"SUB {pattern} {sid}\r\n")
                self.model.subscribe(one, str(sid), pattern, None)
        await self.links[one.number].barrier()
        for other in self.some(3):
            if other is not one:
                for _ in range(20):
                    self.send_publication(other, random_subject(self.rng))
        self.model.leave(one)
        self.model.end_maxima()
        number, link = await self.end(one, {USER_EXPIRED})
        self.tell(f"{one} has expired")
        if link.closed_at < expires:
            raise Difference(f"{one} expired {expires - link.closed_at:.3f} s too early")
        await self.settle(*self.model.connections.values(), ended=[(number, link)])

    async def account_expires(self):
        """The claims of an account end soon: all connections are closed and none is accepted until there are new claims."""
        if not isinstance(self.world, ClaimsWorld):
            return
        name = self.rng.choice(sorted(self.model.rules.accounts))
        account, members = self.model.rules.accounts[name], self.model.members(name)
        full = [] if self.world.is_midge else [one for one in members if one in self.model.full()]
        expires = int(time.time()) + EXPIRES_IN
        self.tell(f"account {name} expires")
        await self.world.push(name, self.world.account_token(name, account, expires))
        ended = []
        for one in members:
            self.model.leave(one)
            ended.append(await self.end(one, {TOO_MANY_SUBSCRIPTIONS if one in full else ACCOUNT_EXPIRED}))
            if one not in full and ended[-1][1].closed_at < expires:
                raise Difference(f"{one} of an account that expires was closed {expires - ended[-1][1].closed_at:.3f} s too early")
        while time.time() < expires + 1:
            await self.settle()  # the time also passes for the others
        login = self.world.login(self.rng, self.model.rules)
        if login.token.account == name:
            _, is_in = await self.log_in(login)
            if is_in:
                raise Difference(f"{login} came in though its account has expired")
        await self.world.push(name, self.world.account_token(name, account))
        await self.settle(ended=ended)


def log_tail(lines):
    """Returns the last lines, and the whole report of a sanitizer."""
    report = next((number for number, line in enumerate(lines) if "Sanitizer" in line or "runtime error" in line), len(lines))
    return lines[min(report, max(0, len(lines) - TOLD_LINES)):]


def play(command, is_midge, seed, arguments, deadline):
    """Plays an episode. Returns how often each kind of step happened."""
    with tempfile.TemporaryDirectory(prefix="midge-model-") as folder:
        world = (ConfigWorld, ClaimsWorld)[seed % 2](pathlib.Path(folder), command, is_midge, seed)
        story = Story(world, seed, arguments)
        world.start(story.model.rules, lambda line, cwd: Program(line, os.environ.copy(), cwd))
        try:
            with world.server:
                asyncio.run(run(story, deadline))
        except (Difference, AssertionError, OSError) as failure:
            tail = "\n".join(log_tail(world.server.rest()))
            raise Difference(f"seed {seed} ({world.name}) step {story.step}\n--- the last operations\n" + "\n".join(story.told)
                             + f"\n--- the difference\n{failure}\n--- the server's log\n{tail}") from failure
    return story.counts


async def run(story, deadline):
    try:
        await story.run(deadline)
    finally:
        story.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", nargs="?", help="the program under test")
    parser.add_argument("unused", nargs="?", help="the folder of certificates that all tests of servers are given")
    parser.add_argument("--nats-server", action="store_true", help="test the one that NATS_SERVER names")
    parser.add_argument("--seed", type=int, default=None, help="default: by chance")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--episodes", type=int, default=1)
    parser.add_argument("--steps", type=int, default=EPISODE_STEPS, help="of an episode")
    parser.add_argument("--first", type=int, default=0, help="the step to begin with")
    parser.add_argument("--without", default="", help="operations to leave out: " + ", ".join(WEIGHTS))
    parser.add_argument("--trace", action="store_true")
    arguments = parser.parse_args()
    server = os.environ.get("NATS_SERVER") if arguments.nats_server else arguments.server
    if not server:
        return 77  # ctest: skipped
    seed = random.randrange(1_000_000) if arguments.seed is None else arguments.seed
    deadline = time.monotonic() + arguments.minutes * 60 if arguments.minutes else None
    number, total = 0, collections.Counter()
    while time.monotonic() < deadline if deadline else number < arguments.episodes:
        started = time.monotonic()
        print(f"seed {seed + number}", end="", flush=True)
        try:
            counts = play(os.path.abspath(server), not arguments.nats_server, seed + number, arguments, deadline)
        except Difference as difference:
            print(f"\nDIFFERENCE: {difference}")
            return 1
        print(f": {time.monotonic() - started:.0f} s", flush=True)
        number, total = number + 1, total + counts
    print(dict(total))
    return 0


if __name__ == "__main__":
    sys.exit(main())
