"""The cases, in the order of the table. A case is run(bench) -> rows. `bench` starts servers and puts load on them."""

import json
import subprocess

from results import Goal, Row
from servers import BenchError, Server, seconds_to_ready

CALIBRATION_CPU_SECONDS = 0.04  # a shorter run is too inaccurate
CALIBRATION_GROWTH = 4
IDLE_CONNECTIONS = 20_000
IDLE_CONNECTIONS_QUICK = 5_000
IDLE_FIRST = 1_000
OWN_DESCRIPTORS = 100  # of a server, in addition to its connections
IDLE_ROUNDS_MAX = 3
STUCK_MESSAGES = 400_000
STUCK_COUNTS = (1, 3)
EVENTS_CONNECTIONS = 20_000
RELAY_SIZES = {16: [], 128: [Goal("most", 1.6)], 4096: [Goal("most", 1)]}
RELAY_BYTES = 400_000_000  # in each run
RELAY_FRAMING_BYTES = 20


class Load:
    """A case of bench_load in a loop. Measures the server's CPU time for each piece of work."""

    def __init__(self, name, arguments, unit, explanation, goals, config="plain", first=20_000, work="deliveries",
                 latency_goals=None, full_only=False):
        """`work`: the name of the pieces in the result, "messages" or "deliveries". `latency_goals`: {percentile: goals}, each
        of which gets a row. `full_only`: not in --quick, unless it is named."""
        self.name = name
        self._arguments = arguments
        self._unit = unit
        self._explanation = explanation
        self._goals = goals
        self._config = config
        self._first = first
        self._work = work
        self._latency_goals = latency_goals or {}
        self.full_only = full_only

    def run(self, bench):
        with bench.both(self._config) as servers:
            counts = [self._calibrate(bench, server) for server in servers]
            runs = [[], []]
            for _ in range(bench.rounds):
                for index, server in enumerate(servers):
                    runs[index].append(bench.load(server, self._arguments, counts[index], self._config))
        scale = 1e6 if self._unit.startswith("us") else 1e9
        costs = [[scale * run["server_cpu_seconds"] / run[self._work] for run in each] for each in runs]
        rates = [[run[self._work] / run["seconds"] for run in each] for each in runs]
        yield Row(self.name, self._unit, self._explanation, self._goals, costs[0], costs[1], rates[0], rates[1])
        for key, goals in self._latency_goals.items():
            percentile = {"p50_us": "p50", "p99_us": "p99", "p999_us": "p99.9"}[key]
            yield Row(f"{self.name} {percentile}", "us", f"{percentile} of the round trips in these runs.", goals,
                      *[[run[key] for run in each] for each in runs])

    def _calibrate(self, bench, server):
        """Returns the number of messages that need the CPU time of a run. Also warms up the server."""
        count = self._first
        while True:
            run = bench.load(server, self._arguments, count, self._config)
            if run["server_cpu_seconds"] >= CALIBRATION_CPU_SECONDS:
                break
            count *= CALIBRATION_GROWTH
        by_cpu = bench.cpu_seconds[server.name] / run["server_cpu_seconds"]
        by_wall = bench.wall_seconds_max / run["seconds"]
        return max(1, int(count * min(by_cpu, by_wall)))


class Latency:
    name = "latency 100k/s 128 B"

    def run(self, bench):
        runs = [[], []]
        with bench.both("plain") as servers:
            for _ in range(bench.rounds):
                for index, server in enumerate(servers):
                    runs[index].append(bench.load(server, ["latency", "--rate", "100000"], bench.latency_messages, "plain"))
        for key, text, goal in (("p50_us", "p50", Goal("most", 45)), ("p99_us", "p99", Goal("most", 300)),
                                ("p999_us", "p99.9", Goal("share", 0.5))):
            yield Row(f"{self.name} {text}", "us", f"One way from the publisher's write to the subscriber's read, {text}; "
                      "100,000 messages/s in batches of 50 us.", [goal], *[[run[key] for run in each] for each in runs])


class Idle:
    name = "idle connection"

    def run(self, bench):
        wanted = IDLE_CONNECTIONS_QUICK if bench.quick else IDLE_CONNECTIONS
        count = min(wanted, bench.descriptors - OWN_DESCRIPTORS)
        if count <= IDLE_FIRST:
            raise BenchError(f"only {bench.descriptors} descriptors are allowed")
        values = [[], []]
        for _ in range(1 if bench.quick else min(bench.rounds, IDLE_ROUNDS_MAX)):
            for index, program in enumerate(bench.programs):
                with bench.start(program, "plain") as server:
                    values[index].append(self._bytes_each(bench, server, count) / 1000)
        yield Row(self.name, "kB RSS/conn", f"Growth of the server's memory from {IDLE_FIRST} to {count} logged-in connections "
                  "that do nothing, over their number.", [Goal("most", 1.5)], *values)

    @staticmethod
    def _bytes_each(bench, server, count):
        command = bench.load_command(server, ["idle", "--first", str(IDLE_FIRST)], count, "plain")
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            sizes = []
            for _ in range(2):
                line = holder.stdout.readline()
                if not line.startswith("ready "):
                    holder.stdin.close()
                    raise BenchError(f"bench_load idle ended before {server.name} had all connections")
                sizes.append(server.rss_bytes())
                holder.stdin.write("\n")
                holder.stdin.flush()
            holder.stdin.close()
            holder.stdout.read()
        return (sizes[1] - sizes[0]) / (count - IDLE_FIRST)


class Start:
    name = "start to ready"

    def run(self, bench):
        values = [[], []]
        for _ in range(bench.rounds):
            for index, program in enumerate(bench.programs):
                values[index].append(1000 * seconds_to_ready(program, bench.new_folder(), bench.settings("creds")))
        yield Row(self.name, "ms", "From before exec to the log line \"Server is ready\", operator mode with three accounts.",
                  [Goal("most", 20)], *values)


class Stuck:
    """Each round has a run without stuck subscribers, with which the others are compared."""

    name = "stuck subscribers"

    def run(self, bench):
        falls = {count: [[], []] for count in STUCK_COUNTS}
        rates = {count: [[], []] for count in STUCK_COUNTS}
        programs = bench.programs[1:] if bench.quick else bench.programs
        for _ in range(bench.rounds):
            for program in programs:
                self._round(bench, program, bench.programs.index(program), falls, rates)
        for count in STUCK_COUNTS:
            yield Row(f"stuck: {count} beside 10", "% rate lost", f"How much less often 10 subscribers get 256 B while {count} "
                      "more never read and are cut off in the end, against the same without these. Rate: deliveries/s to the "
                      "10." + (" With --quick without nats-server." if bench.quick else ""), [Goal("most", 5)],
                      *falls[count], *rates[count], shows_ratio=False)

    @staticmethod
    def _round(bench, program, index, falls, rates):
        with bench.start(program, "plain") as server:
            bench.load(server, ["stuck", "--stuck", "0"], STUCK_MESSAGES // 4, "plain")  # warms up
            measured = {}
            for count in (0, *STUCK_COUNTS):
                run = bench.load(server, ["stuck", "--stuck", str(count)], STUCK_MESSAGES, "plain")
                measured[count] = run["deliveries"] / run["seconds"]
        for count in STUCK_COUNTS:
            falls[count][index].append(100 * (1 - measured[count] / measured[0]))
            rates[count][index].append(measured[count])


class Events:
    """Only Midge: the events that the sink-file plugin has written after many logins."""

    name = "system events"

    def run(self, bench):
        file = bench.new_folder().with_suffix(".events")
        sink = "event_sinks: [{plugin: sink-file, path: %s, file_size_max: 0}]" % json.dumps(str(file))
        lost, rates = [], []
        for _ in range(bench.rounds):
            file.unlink(missing_ok=True)
            # The account $G makes no such events, so that the users belong to another account.
            with Server(bench.programs[1], bench.new_folder(), f"{bench.settings('creds')}\n{sink}") as server:
                run = bench.load(server, ["connect"], EVENTS_CONNECTIONS, "creds")
            with file.open(encoding="utf-8") as lines:
                written = sum(f".{kind}\"" in line for line in lines for kind in ("CONNECT", "DISCONNECT"))
            lost.append(2 * EVENTS_CONNECTIONS - written)
            rates.append(run["messages"] / run["seconds"])
        yield Row(f"{self.name}: lost", "events", f"{EVENTS_CONNECTIONS:,} logins with creds and ends as fast as they go: CONNECT "
                  "and DISCONNECT events that the sink has not written. Midge only.", [Goal("most", 0)], [], lost,
                  [], rates, shows_ratio=False)


class Relay:
    """Works without a server: the kernel's CPU time for the bytes of a message in and out again; and the additional time of
    Midge, measured in turns with it."""

    name = "relay floor"

    def run(self, bench):
        for size, goals in RELAY_SIZES.items():
            bytes_per_run = RELAY_BYTES // 4 if bench.quick else RELAY_BYTES
            count = bytes_per_run // (size + RELAY_FRAMING_BYTES)
            relay, midged = [], []
            with bench.start(bench.programs[1], "plain") as server:
                fan_arguments = ["fan", "--subscribers", "1", "--size", str(size)]
                bench.load(server, fan_arguments, count // 4, "plain")  # warms up
                for _ in range(bench.rounds):
                    relay.append(bench.relay(["relay", "--size", str(size), "--count", str(count)])["relay_nanos_per_message"])
                    run = bench.load(server, fan_arguments, count, "plain")
                    midged.append(1e9 * run["server_cpu_seconds"] / run["deliveries"])
            yield Row(f"{self.name} {size} B", "ns CPU/msg", "No server: a thread that reads 64 KiB from one socket and writes them "
                      "to another; shown as Midge's.", [], [], relay, shows_ratio=False)
            yield Row(f"fan 1->1 {size} B of it", "x relay", "Midge's CPU time for fan 1->1 over the relay's, of runs in turns.",
                      goals, [], [a / b for a, b in zip(midged, relay)], shows_ratio=False)


def fan(subscribers, size, goals, first):
    return Load(f"fan 1->{subscribers} {size} B", ["fan", "--subscribers", str(subscribers), "--size", str(size)],
                "ns CPU/delivery", f"One publisher, {subscribers} subscribers of one subject, {size} B each, all at full speed.",
                goals, first=first)


def pub(size):
    return Load(f"pub {size} B", ["pub", "--size", str(size)], "ns CPU/msg",
                f"One publisher of {size} B messages, nobody listens.", [Goal("cpu", 5), Goal("rate", 4)], first=200_000,
                work="messages")


def tls(name, arguments, what, work, first):
    return Load(f"TLS 1.3 {name}", arguments, "ns CPU/msg", f"{what} 128 B, over TLS 1.3 (ECDSA P-256, AES-128-GCM).",
                [Goal("cpu", 2)], config="tls", first=first, work=work)


def wild(subscriptions, text, goals, full_only=False):
    return Load(f"wildcards {text} x 10k", ["wild", "--subscriptions", str(subscriptions)], "ns CPU/delivery",
                f"{subscriptions:,} wildcard subscriptions on 4 connections, one publisher that goes round 10,000 subjects, 16 B.",
                goals, first=50_000, full_only=full_only)


def requests(in_flight, cpu_goal, first):
    return Load(f"request/reply {in_flight}", ["reqrep", "--in-flight", str(in_flight)], "us CPU/request",
                f"One requestor with {in_flight} in flight, one responder; a request is two messages through the server.",
                [Goal("cpu", cpu_goal)], first=first, work="messages",
                latency_goals={"p50_us": [Goal("share", 0.45)], "p99_us": [Goal("share", 1)]})


def connect(config, what, goal):
    return Load(f"connect {config}", ["connect"], "us CPU/conn",
                f"Log in {what}, PING, PONG, close; 8 at a time.", [Goal("cpu", goal)], config=config, first=500,
                work="messages")


CASES = [
    pub(16),
    pub(128),
    fan(1, 16, [Goal("cpu", 9)], 100_000),
    fan(1, 128, [Goal("cpu", 5.5)], 100_000),
    fan(1, 4096, [Goal("cpu", 1.9)], 20_000),
    fan(10, 128, [Goal("cpu", 8)], 20_000),
    fan(100, 128, [Goal("cpu", 8)], 4_000),
    tls("pub 128 B", ["pub", "--size", "128"], "One publisher, nobody listens,", "messages", 100_000),
    tls("fan 1->1 128 B", ["fan", "--subscribers", "1", "--size", "128"], "One publisher, one subscriber,", "deliveries", 50_000),
    Load("pairs 4->4 128 B", ["pairs", "--pairs", "4"], "ns CPU/delivery",
         "Four publishers, each with a subscriber of its own.", [Goal("cpu", 5)], first=50_000),
    Load("queue of 4 128 B", ["queue", "--members", "4"], "ns CPU/delivery", "One publisher, one queue group of four.",
         [Goal("cpu", 7)], first=100_000),
    wild(10_000, "10k", [Goal("cpu", 7)]),
    wild(100_000, "100k", [], full_only=True),
    wild(1_000_000, "1M", [], full_only=True),
    requests(1, 3.5, 5_000),
    requests(32, 2.6, 20_000),
    connect("plain", "without a password", 4),
    connect("user", "with user and password", 4),
    connect("creds", "with a JWT and a signed nonce", 3),
    Idle(),
    Start(),
    Latency(),
    Events(),
    Stuck(),
    Relay(),
]
