"""What a broker does, as far as model_test.py asks: who may be in, who may say and hear what, and who gets which message.

Pure: no input, no output, no time. Run by itself it checks its own subject matching.
"""
import collections
import dataclasses

VIOLATION = "-ERR 'Authorization Violation'"
REVOKED = "-ERR 'User Authentication Revoked'"
TOO_MANY_SUBSCRIPTIONS = "-ERR 'maximum subscriptions exceeded'"
TOO_MANY_CONNECTIONS = "-ERR 'maximum account active connections exceeded'"
PAYLOAD_VIOLATION = "-ERR 'Maximum Payload Violation'"
UNLIMITED = -1
SERVICE_REPLY = "_R_"  # stands for the generated reply subject of a request to another account


# --- subjects -----------------------------------------------------------------------------------------------------------------
def matches(pattern, subject):
    """Whether `pattern` matches every subject that `subject` matches, which may itself be a pattern."""
    tokens = subject.split(".")
    for number, token in enumerate(pattern.split(".")):
        if token == ">":
            return len(tokens) > number
        if len(tokens) <= number or tokens[number] == ">" or token not in ("*", tokens[number]):
            return False
    return len(tokens) == len(pattern.split("."))


def translate(subject, source, target):
    """Returns `subject`, which matches `source`, as its name under `target`. Both are literal, or both end in one wildcard."""
    if source[-1] not in "*>":
        return target
    return target[:-1] + subject[len(source) - 1:]


def known(subject):
    """Returns a subject in the form that expectations use."""
    return SERVICE_REPLY if subject and subject.startswith(SERVICE_REPLY + ".") else subject


@dataclasses.dataclass(frozen=True)
class Permissions:
    publish: tuple = (">",)
    publish_deny: tuple = ()
    subscribe: tuple = (">",)
    subscribe_deny: tuple = ()

    def may_publish(self, subject):
        return any(matches(p, subject) for p in self.publish) and not any(matches(p, subject) for p in self.publish_deny)

    def may_subscribe(self, pattern):
        return any(matches(p, pattern) for p in self.subscribe) and not any(matches(p, pattern) for p in self.subscribe_deny)

    def may_hear(self, subject):
        return not any(matches(p, subject) for p in self.subscribe_deny)


EVERYTHING = Permissions()


@dataclasses.dataclass(frozen=True)
class Import:
    """For a stream, `subject` of the other account is received as `local`; for a service, a request to `local` goes to
    `subject`."""
    kind: str
    account: str
    subject: str
    local: str


@dataclasses.dataclass(frozen=True)
class Account:
    exports: tuple = ()  # (kind, subject)
    imports: tuple = ()
    connections: int = UNLIMITED
    subscriptions: int = UNLIMITED  # of a connection
    payload: int = UNLIMITED
    defaults: Permissions = EVERYTHING  # for users without their own permissions
    revoked: tuple = ()  # (user or "*", generation): revokes tokens of that generation and older ones
    signing_key: bool = True
    bearer: bool = True


@dataclasses.dataclass(frozen=True)
class User:
    """A user of a configuration; or a token in an operator's world, which its holder keeps when the rules change."""
    name: str
    account: str
    password: str = ""
    permissions: Permissions | None = None
    generation: int = 0
    by_signing_key: bool = False
    bearer: bool = False


@dataclasses.dataclass(frozen=True)
class Login:
    """The credentials of a client: a name and a password, or a token whose signature may be forged."""
    name: str
    password: str = ""
    token: User | None = None
    forged: bool = False


@dataclasses.dataclass(frozen=True)
class Rules:
    accounts: dict
    users: dict  # by name

    def user(self, login):
        """Returns the user; None if the login is refused. Does not check the number of connections."""
        user = login.token or self.users.get(login.name)
        account = self.accounts.get(user.account) if user else None
        if account is None or login.forged:
            return None
        if login.token is None:
            return user if user.password == login.password else None
        refused = (self.is_revoked(user) or user.by_signing_key and not account.signing_key or user.bearer and not account.bearer)
        return None if refused else user

    def is_revoked(self, user):
        return any(name in ("*", user.name) and user.generation <= until for name, until in self.accounts[user.account].revoked)

    def permissions(self, user):
        return self.accounts[user.account].defaults if user.permissions is None else user.permissions

    def active_imports(self, account, kind):
        """Returns the imports whose whole subject the other account exports."""
        for one in self.accounts[account].imports:
            exporter = self.accounts.get(one.account)
            if one.kind == kind and exporter and any(k == kind and matches(s, one.subject) for k, s in exporter.exports):
                yield one


# --- connections --------------------------------------------------------------------------------------------------------------
@dataclasses.dataclass
class Subscription:
    sid: str
    pattern: str
    queue: str | None = None
    maximum: int | None = None
    delivered: int = 0
    exact: bool = True  # `delivered` is exact: every message that was possible has also been delivered


class Connection:
    def __init__(self, number, login, user, permissions):
        self.number = number  # in the order of logins, never reused
        self.login, self.user, self.permissions = login, user, permissions
        self.mortal = False  # its token ends soon, so that it may be closed at any time
        self.subscriptions = {}

    @property
    def account(self):
        return self.user.account

    def __repr__(self):
        return f"c{self.number}({self.user.name}@{self.account})"


class Expected:
    """The expected deliveries and errors between two quiet points. A delivery is (connection, sid, subject, reply, payload)."""

    def __init__(self):
        self.must = collections.Counter()
        self.may = set()
        self.one_of = []  # sets of possible deliveries to the members of a queue group
        self.at_most_one = []
        self.counts = {}  # (connection, sid): number of deliveries, any of which may be missing
        self.errors = collections.Counter()  # (connection, text)
        self.may_errors = set()

    def differences(self, received, errors):
        """`received`: deliveries in the order of each connection; `errors`: (connection, text)."""
        left = collections.Counter(received)
        found = []
        for group in self.one_of:
            got = sum(left[delivery] for delivery in group)
            if got != 1:
                found.append(f"{got} instead of 1 of the queue group's deliveries {sorted(group, key=str)}")
        for group in self.at_most_one:
            got = sum(left[delivery] for delivery in group)
            if got > 1:
                found.append(f"{got} instead of at most 1 of the queue group's deliveries {sorted(group, key=str)}")
        for (connection, sid), count in self.counts.items():
            got = sum(number for delivery, number in left.items() if delivery[:2] == (connection, sid) and delivery in self.may)
            if got != count:
                found.append(f"connection {connection} sid {sid}: {got} deliveries instead of {count}")
        grouped = set().union(*self.one_of, *self.at_most_one)
        for delivery, number in self.must.items():
            if left[delivery] != number:
                found.append(f"{left[delivery]} instead of {number} times {delivery}")
        for delivery, number in left.items():
            if number and not self.must[delivery] and delivery not in grouped and (delivery not in self.may or number > 1):
                found.append(f"must not arrive, or not {number} times: {delivery}")
        found += self.disorder(received)
        errors_left = collections.Counter(errors)
        errors_left.subtract(self.errors)
        found += [f"error line {'not expected' if number > 0 else 'missing'}, {abs(number)} times: {error}"
                  for error, number in errors_left.items() if number < 0 or number > 0 and error not in self.may_errors]
        return found

    @staticmethod
    def disorder(received):
        """Payloads begin with publisher.number. Each subscription must get the numbers of a publisher in order."""
        last = {}
        for connection, sid, _, _, payload in received:
            publisher, number = payload.split(".")
            key = (connection, sid, publisher)
            if last.get(key, -1) >= int(number):
                yield f"connection {connection} sid {sid}: {payload} after number {last[key]}"
            last[key] = int(number)


class Model:
    def __init__(self, rules, is_midge):
        self.rules = rules
        self.is_midge = is_midge
        self.connections = {}  # by number
        self.expected = Expected()
        self.logins = 0

    def quiet(self):
        """Returns the expectations up to now, and starts with new, empty ones."""
        expected, self.expected = self.expected, Expected()
        return expected

    def members(self, account):
        return [one for one in self.connections.values() if one.account == account]

    # --- what clients do ------------------------------------------------------------------------------------------------------
    def is_full(self, account):
        limit = self.rules.accounts[account].connections
        return limit != UNLIMITED and len(self.members(account)) >= limit

    def verdict(self, login):
        """Returns None if the client is accepted, or the error line."""
        user = self.rules.user(login)
        if user is None:
            return VIOLATION
        return TOO_MANY_CONNECTIONS if self.is_full(user.account) else None

    def number_login(self):
        self.logins += 1
        return self.logins

    def enter(self, login, number):
        user = self.rules.user(login)
        self.connections[number] = Connection(number, login, user, self.rules.permissions(user))
        return self.connections[number]

    def leave(self, connection):
        del self.connections[connection.number]

    def error(self, connection, text):
        self.expected.errors[connection.number, text] += 1

    def subscribe(self, connection, sid, pattern, queue):
        if not connection.permissions.may_subscribe(pattern):
            using = f' using queue "{queue}"' if queue else ""
            self.error(connection, f"-ERR 'Permissions Violation for Subscription to \"{pattern}\"{using}'")
            return
        limit = self.rules.accounts[connection.account].subscriptions
        if limit != UNLIMITED and len(connection.subscriptions) >= limit:
            self.error(connection, TOO_MANY_SUBSCRIPTIONS)
            return
        # A sid in use keeps its subscription.
        connection.subscriptions.setdefault(sid, Subscription(sid, pattern, queue))

    def unsubscribe(self, connection, sid, maximum=None):
        one = connection.subscriptions.get(sid)
        if one is None:
            return
        if maximum is None or maximum <= one.delivered:
            del connection.subscriptions[sid]
        else:
            one.maximum = maximum

    # --- messages -------------------------------------------------------------------------------------------------------------
    def hearers(self, rules, account, subject):
        """Returns (connection, subscription, delivered subject) for all subscriptions that match and may receive it."""
        for connection in list(self.connections.values()):
            user = connection.user if rules is self.rules else rules.user(connection.login) or connection.user
            if connection.account not in rules.accounts or user.account not in rules.accounts:
                continue
            permissions = rules.permissions(user)
            names = [subject] if connection.account == account else []
            names += [translate(subject, one.subject, one.local) for one in rules.active_imports(connection.account, "stream")
                      if one.account == account and matches(one.subject, subject)]
            for one in list(connection.subscriptions.values()):
                for name in names:
                    if matches(one.pattern, name) and permissions.may_hear(name):
                        yield connection, one, name

    def deliveries(self, rules, account, subject, reply, payload):
        """Returns (plain deliveries, {queue: deliveries}), each delivery after its subscription and connection."""
        plain, groups = [], collections.defaultdict(list)
        for connection, one, name in self.hearers(rules, account, subject):
            found = (connection, one, (connection.number, one.sid, known(name), reply, payload))
            (groups[one.queue] if one.queue else plain).append(found)
        return plain, groups

    def routes(self, rules, account, subject, reply):
        """Returns the destinations of a message: (account, subject, reply), the importers' services after the account
        itself."""
        yield account, subject, reply
        for one in rules.active_imports(account, "service"):
            if matches(one.local, subject):
                yield one.account, translate(subject, one.local, one.subject), reply and SERVICE_REPLY

    def publish(self, connection, subject, reply, payload, several=False):
        """`several`: others publish at the same time, so that the messages before a maximum are not known."""
        if not connection.permissions.may_publish(subject):
            self.error(connection, f"-ERR 'Permissions Violation for Publish to \"{subject}\"'")
            return
        for account, name, answer in self.routes(self.rules, connection.account, subject, reply):
            self.deliver(account, name, answer, payload, several)

    def deliver(self, account, subject, reply, payload, several=False):
        plain, groups = self.deliveries(self.rules, account, subject, reply, payload)
        for connection, one, delivery in plain:
            self.deliver_plain(connection, one, delivery, several)
        for found in groups.values():
            if any(connection.mortal for connection, _, _ in found):
                self.expected.at_most_one.append({delivery for _, _, delivery in found})
            else:
                self.expected.one_of.append({delivery for _, _, delivery in found})

    def deliver_plain(self, connection, one, delivery, several):
        if connection.mortal:
            self.expected.may.add(delivery)
            one.exact = False
            return
        if one.maximum is None:
            self.expected.must[delivery] += 1
            one.delivered += 1
            return
        key = (connection.number, one.sid)
        if several:
            self.expected.may.add(delivery)
            if one.delivered < one.maximum:
                self.expected.counts[key] = self.expected.counts.get(key, 0) + 1
                one.delivered += 1
            return
        self.expected.must[delivery] += 1
        one.delivered += 1
        if one.delivered == one.maximum:
            del connection.subscriptions[one.sid]

    def end_maxima(self):
        """Called after several have published: subscriptions that have reached their maximum end."""
        for connection in self.connections.values():
            for one in list(connection.subscriptions.values()):
                if one.maximum is not None and one.delivered >= one.maximum:
                    del connection.subscriptions[one.sid]

    def answer(self, connection, asked, actual_reply, payload):
        """An answer to a request (account, reply): to the reply itself, or to the subject that the server has generated for
        it."""
        account, reply = asked
        if actual_reply == reply:
            self.publish(connection, reply, None, payload)
            return
        if not connection.permissions.may_publish(actual_reply):
            self.error(connection, f"-ERR 'Permissions Violation for Publish to \"{actual_reply}\"'")
            return
        self.deliver(connection.account, actual_reply, None, payload)
        self.deliver(account, reply, None, payload)

    def publish_meanwhile(self, connection, after, subject, payload):
        """A message during the change of the rules to `after`: it is handled by the old rules, by the new ones, or partly by
        both."""
        survives = connection.number in self.survivors(after)
        if not connection.permissions.may_publish(subject) or not survives:
            self.expected.may_errors.add((connection.number, f"-ERR 'Permissions Violation for Publish to \"{subject}\"'"))
        for rules in (self.rules, after):
            if connection.account not in rules.accounts:
                continue
            for account, name, answer in self.routes(rules, connection.account, subject, None):
                plain, groups = self.deliveries(rules, account, name, answer, payload)
                for _, one, delivery in plain + [found for group in groups.values() for found in group]:
                    self.expected.may.add(delivery)
                    one.exact = False
                self.expected.at_most_one += [{delivery for _, _, delivery in group} for group in groups.values()]
        for receiver, one, delivery in self.certain(connection, after, subject, payload):
            if one.maximum is None and not one.queue and not receiver.mortal:
                self.expected.must[delivery] += 1

    def survivors(self, after):
        """Returns the numbers of the connections that a change to `after` does not affect."""
        closing = self.closing(after)
        return {one.number for one in self.connections.values() if not one.mortal and one not in closing
                and after.permissions(after.user(one.login)) == one.permissions}

    def certain(self, connection, after, subject, payload):
        """Returns the deliveries within the account that the change cannot affect."""
        keep = self.survivors(after)
        if connection.number in keep and connection.permissions.may_publish(subject):
            for found in self.deliveries(self.rules, connection.account, subject, None, payload)[0]:
                if found[0].number in keep and found[2][2] == subject and found[0].account == connection.account:
                    yield found

    # --- changes --------------------------------------------------------------------------------------------------------------
    def fate(self, connection, after):
        """Returns the last lines, one of which a connection gets when the rules become `after` (None: no line); empty if it
        stays."""
        user = after.user(connection.login)
        texts = set()
        if connection.login.token:
            texts = self.fate_of_token(connection, after)
        elif user is None or user.account != connection.account:
            there = after.users.get(connection.login.name)
            if there is None or there.account not in after.accounts or there.account != connection.account:
                texts.add(None)
            if there is not None and there.password != connection.login.password:
                texts.add(VIOLATION)
        # If there are several reasons, any of them may be reported first.
        if connection.account in after.accounts and self.is_over_subscriptions(connection, after):
            texts.add(TOO_MANY_SUBSCRIPTIONS)
        return texts

    @staticmethod
    def fate_of_token(connection, after):
        account, user = after.accounts[connection.account], connection.user
        texts = set()
        if after.is_revoked(user):
            texts.add(REVOKED)
        if user.by_signing_key and not account.signing_key:
            texts.add(None)
        if user.bearer and not account.bearer:
            texts.add(VIOLATION)
        return texts

    def is_over_subscriptions(self, connection, after):
        limit, number = after.accounts[connection.account].subscriptions, len(connection.subscriptions)
        if limit == UNLIMITED:
            return False
        if connection.login.token is None:
            return number >= limit
        if self.is_midge:
            return number > limit  # docs/differences.md: a connection that exactly reaches the limit stays
        return number >= limit and after.accounts[connection.account] != self.rules.accounts[connection.account]

    def closing(self, after):
        """Returns {connection: its last lines} of those that must be closed when the rules become `after`."""
        closing = {one: texts for one in self.connections.values() if (texts := self.fate(one, after))}
        for account, rules in after.accounts.items():
            if rules.connections != UNLIMITED and any(one.login.token for one in self.members(account)):
                for one in sorted(self.members(account), key=lambda one: one.number)[rules.connections:]:
                    closing.setdefault(one, set()).add(TOO_MANY_CONNECTIONS)
        return closing

    def full(self):
        """Returns the connections that exactly reach their limit of subscriptions, which nats-server closes at any reload
        (docs/differences.md)."""
        limits = {name: account.subscriptions for name, account in self.rules.accounts.items()}
        return [one for one in self.connections.values() if 0 <= limits[one.account] <= len(one.subscriptions)]

    def change(self, after):
        """Applies the rules. Returns the result of `closing`, and removes these connections."""
        closing = self.closing(after)
        for one in closing:
            self.leave(one)
        for one in self.connections.values():
            one.user = after.user(one.login)
            one.permissions = after.permissions(one.user)
            for subscription in list(one.subscriptions.values()):
                if not one.permissions.may_subscribe(subscription.pattern):
                    using = f' using queue "{subscription.queue}"' if subscription.queue else ""
                    self.error(one, "-ERR 'Permissions Violation for Subscription to "
                                    f"\"{subscription.pattern}\"{using} (sid \"{subscription.sid}\")'")
                    del one.subscriptions[subscription.sid]
        self.rules = after
        return closing


def check():
    for pattern, subject, expected in (
            ("a", "a", True), ("a", "b", False), ("a", "a.b", False), ("a.b", "a", False), ("*", "a", True), ("*", "a.b", False),
            (">", "a", True), (">", "a.b.c", True), ("a.>", "a", False), ("a.>", "a.b", True), ("a.>", "a.b.c", True),
            ("a.>", "b.a", False), ("*.b", "a.b", True), ("*.b", "a.c", False), ("*.*", "a.b", True), ("*.>", "a.b.c", True),
            ("a.*.c", "a.b.c", True), ("a.*.c", "a.b.d", False), (">", ">", True), ("*", ">", False), ("a.*", "a.>", False),
            ("a.>", "a.*", True), ("a.>", ">", False), ("a.*", "a.*", True), ("a.b", "a.*", False), ("*.b", "a.>", False)):
        assert matches(pattern, subject) == expected, (pattern, subject)
    assert translate("x.a.b", "x.>", "from.x.>") == "from.x.a.b"
    assert translate("x.a", "x.*", "y.*") == "y.a" and translate("x", "x", "y") == "y"
    narrow = Permissions(subscribe=("a.>",), subscribe_deny=("a.b", "a.c.>"))
    assert narrow.may_subscribe("a.*") and narrow.may_subscribe("a.>") and not narrow.may_subscribe(">")
    assert not narrow.may_subscribe("a.b") and not narrow.may_subscribe("a.c.*") and not narrow.may_hear("a.c.d")


if __name__ == "__main__":
    check()
