"""Measurements, goals, and the table that shows both."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Goal:
    """`kind`: "cpu" (nats-server's value is at least `bound` times Midge's), "rate" (Midge's rate is at least `bound` times
    nats-server's), "most" (Midge's value is at most `bound`), "share" (Midge's value is at most `bound` of nats-server's)."""

    kind: str
    bound: float

    def text(self):
        return {"cpu": f">={self.bound:g}x", "rate": f"rate>={self.bound:g}x", "most": f"<={self.bound:g}",
                "share": f"<={self.bound:g} of it"}[self.kind]

    def is_met(self, row):
        """Returns None if it was not measured."""
        measured = {"cpu": row.ratio(), "rate": row.rate_ratio(), "most": median(row.midged),
                    "share": None if row.ratio() is None else 1 / row.ratio()}[self.kind]
        if measured is None:
            return None
        return measured >= self.bound if self.kind in ("cpu", "rate") else measured <= self.bound


@dataclasses.dataclass
class Row:
    """One line of the table. `nats` and `midged` have a value for each round, lower is better; rates are per second."""

    case: str
    unit: str
    explanation: str
    goals: list
    nats: list
    midged: list
    nats_rates: list = dataclasses.field(default_factory=list)
    midged_rates: list = dataclasses.field(default_factory=list)
    shows_ratio: bool = True

    def ratio(self):
        if not self.shows_ratio or not self.nats or not self.midged or median(self.midged) <= 0:
            return None
        return median(self.nats) / median(self.midged)

    def rate_ratio(self):
        if not self.nats_rates or not self.midged_rates:
            return None
        return median(self.midged_rates) / median(self.nats_rates)

    def spread(self):
        """Returns the least and the greatest ratio of the rounds; of Midge's values if the row has no ratio."""
        if not self.shows_ratio or not self.nats:
            return (min(self.midged), max(self.midged)) if self.midged else None
        ratios = [a / b for a, b in zip(self.nats, self.midged) if b > 0]
        return (min(ratios), max(ratios)) if ratios else None

    def verdict(self):
        """Returns "ok" or "miss", or "" if there is no goal or no value."""
        met = [goal.is_met(self) for goal in self.goals]
        if not met or None in met:
            return ""
        return "ok" if all(met) else "miss"

    def as_json(self):
        return {"case": self.case, "unit": self.unit, "nats_server": self.nats, "midged": self.midged,
                "nats_server_rates": self.nats_rates, "midged_rates": self.midged_rates, "ratio": self.ratio(),
                "rate_ratio": self.rate_ratio(), "goals": [goal.text() for goal in self.goals],
                "verdict": self.verdict(), "explanation": self.explanation}


def median(values):
    return statistics.median(values) if values else None


class Table:
    """Prints rows as they come."""

    COLUMNS = (("case", 26, "<"), ("unit", 16, "<"), ("nats-server", 11, ">"), ("midged", 9, ">"), ("ratio", 7, ">"),
               ("goal", 16, ">"), ("", 4, "<"), ("rate", 7, ">"), ("spread", 15, ">"))
    COLOURS = {"ok": "\033[32m", "miss": "\033[31m"}
    PLAIN = "\033[0m"

    def __init__(self, out, explain):
        self._out = out
        self._explain = explain
        self._coloured = out.isatty()
        self._write([name for name, _, _ in self.COLUMNS])

    def add(self, row):
        goal = ", ".join(goal.text() for goal in row.goals)
        self._write([row.case, row.unit, number(median(row.nats)), number(median(row.midged)), times(row.ratio()), goal,
                     row.verdict(), times(row.rate_ratio()), span(row.spread())])
        if self._explain:
            self._out.write(f"    {row.explanation}\n")
        self._out.flush()

    def fail(self, case, reason):
        self._out.write(f"{case}: failed: {reason}\n")
        self._out.flush()

    def _write(self, cells):
        texts = []
        for cell, (_, width, side) in zip(cells, self.COLUMNS):
            text = f"{cell:{side}{width}}"
            if self._coloured and cell in self.COLOURS:
                text = self.COLOURS[cell] + text + self.PLAIN
            texts.append(text)
        self._out.write(" ".join(texts).rstrip() + "\n")


def number(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def times(value):
    return "-" if value is None else f"{value:.2f}x"


def span(bounds):
    return "-" if bounds is None else f"{number(bounds[0])}..{number(bounds[1])}"
