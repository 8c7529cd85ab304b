"""The outcome of each step, and the table at the end of a run."""
import dataclasses
import sys
import time


@dataclasses.dataclass
class Outcome:
    """Counts of tests, and a note about skipped parts with the reason."""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""

    @property
    def word(self):
        if self.failed:
            return "FAILED"
        return "passed" if self.passed else "skipped"


@dataclasses.dataclass
class Row:
    name: str
    outcome: Outcome
    seconds: float


class Report:
    def __init__(self, out=sys.stdout):
        self.rows = []
        self.out = out
        self.started = time.monotonic()

    def say(self, text):
        print(text, file=self.out, flush=True)

    def add(self, name, outcome, seconds):
        self.rows.append(Row(name, outcome, seconds))
        note = f" ({outcome.note})" if outcome.note else ""
        self.say(f"-- {name}: {outcome.word}, {clock(seconds)}{note}")

    def close(self):
        """Prints the table, with the sums as the last line. Returns True if nothing failed and something passed."""
        self.say("\n== result")
        lines = [("step", "result", "passed", "failed", "skipped", "time", "")]
        for row in self.rows:
            counts = (row.outcome.passed, row.outcome.failed, row.outcome.skipped)
            lines.append((row.name, row.outcome.word, *map(str, counts), clock(row.seconds), row.outcome.note))
        widths = [max(len(line[column]) for line in lines) for column in range(6)]
        for line in lines:
            left = [line[column].ljust(widths[column]) for column in range(2)]
            right = [line[column].rjust(widths[column]) for column in range(2, 6)]
            self.say("  ".join(left + right + [line[6]]).rstrip())
        passed, failed, skipped = (sum(getattr(row.outcome, what) for row in self.rows)
                                   for what in ("passed", "failed", "skipped"))
        self.say(f"took {clock(time.monotonic() - self.started)}")
        self.say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
        return failed == 0 and passed > 0


def clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
