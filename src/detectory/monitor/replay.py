"""What would have been otherwise: rows that were answered once, answered again by two versions.

Comes in: entities with what both say, when, and how many rows each stands for. Goes out: alerts added, lost
and moved to another name, a day and in all, with examples. Never: which of them are right; only a label
knows that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from detectory.monitor.comparison import Predictions, shared

SHOWN = 10  # examples of each kind


@dataclass(slots=True)
class Day:
    """Rows of one day, each weighted by how many it stands for."""

    rows: float = 0
    alerts: float = 0
    added: float = 0
    lost: float = 0
    moved: float = 0


@dataclass(frozen=True, slots=True)
class Example:
    """One entity of which the versions say something else, and by how much the log-odds went up."""

    entity: str
    before: str
    after: str
    change: float


@dataclass(slots=True)
class Replay:
    """The tally of a replay; ``unanswered`` entities the candidate could not take.

    ``labelled`` counts entities by what became of their alert and whether that alert is known to be false.

    >>> Replay().total()
    Day(rows=0, alerts=0, added=0, lost=0, moved=0)
    """

    days: defaultdict[str, Day] = field(default_factory=lambda: defaultdict(Day))
    examples: dict[str, dict[str, Example]] = field(
        default_factory=lambda: {"added": {}, "lost": {}, "moved": {}}
    )
    labelled: Counter[tuple[str, bool]] = field(default_factory=Counter)
    unanswered: int = 0

    def add(
        self,
        champion: Predictions,
        candidate: Predictions,
        *,
        entities: Sequence[str],
        days: Sequence[str],
        weights: Sequence[float],
        false: Sequence[bool | None] | None = None,
    ) -> None:
        """Add what both say of some rows; the champion's entities have a name, a day and a weight each.

        ``false`` says of each whether an alert would be false; None is not known.
        """
        mine, theirs = shared(champion, candidate)
        self.unanswered += len(champion.row) - len(mine)
        for at, other in zip(mine.tolist(), theirs.tolist(), strict=True):
            before, after = bool(champion.alert[at]), bool(candidate.alert[other])
            day, weight = self.days[days[at]], weights[at]
            day.rows += weight
            day.alerts += weight * before
            kind = _kind(before, after, is_renamed=bool(champion.label[at] != candidate.label[other]))
            if not kind:
                continue
            setattr(day, kind, getattr(day, kind) + weight)
            if false and (is_false := false[at]) is not None:
                self.labelled[kind, is_false] += 1
            if len(self.examples[kind]) < SHOWN:
                change = float(candidate.level[other]) - float(champion.level[at])
                labels = str(champion.label[at]), str(candidate.label[other])
                self.examples[kind].setdefault(entities[at], Example(entities[at], *labels, round(change, 3)))

    def total(self) -> Day:
        """All days together."""
        days = [asdict(day) for day in self.days.values()]
        return Day(**{name: sum(day[name] for day in days) for name in asdict(Day())})

    def false_share(self, kind: str) -> float | None:
        """The share of labelled alerts of a kind that are false; None without a label."""
        false, true = self.labelled[kind, True], self.labelled[kind, False]
        return false / (false + true) if false + true else None

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "total": asdict(self.total()),
            "days": {name: asdict(day) for name, day in sorted(self.days.items())},
            "examples": {
                kind: [asdict(one) for one in found.values()] for kind, found in self.examples.items()
            },
            "labelled": {
                kind: {"true": self.labelled[kind, False], "false": self.labelled[kind, True]}
                for kind in self.examples
            },
            "unanswered": self.unanswered,
        }


@dataclass(frozen=True, slots=True)
class FalseAlerts:
    """How many false alerts a day more there may be: all of the lost were false, or all of the added are.

    ``expected`` is what the labels of such alerts say; None where there are none. ``budget`` is how many in
    all a day of so many rows bears.
    """

    at_least: float
    at_most: float
    expected: float | None
    budget: float

    @classmethod
    def of(cls, replay: Replay, *, rows_a_day: float, rate: float) -> FalseAlerts:
        """From a replay, and the false positive ``rate`` of the budget.

        >>> replay = Replay()
        >>> replay.days["2026-11-21"] = Day(rows=1_000, added=10, lost=5)
        >>> replay.labelled.update({("added", True): 1, ("added", False): 4, ("lost", True): 2})
        >>> FalseAlerts.of(replay, rows_a_day=100, rate=0.01)
        FalseAlerts(at_least=-0.5, at_most=1.0, expected=-0.3, budget=1.0)
        """
        total = replay.total()
        a_row = rows_a_day / total.rows if total.rows else 0.0
        lost, added = total.lost * a_row, total.added * a_row
        expected = _sum(_times(added, replay.false_share("added")), _times(-lost, replay.false_share("lost")))
        return cls(-lost, added, expected, rate * rows_a_day)


def _kind(before: bool, after: bool, *, is_renamed: bool) -> str:
    """What became of an alert; nothing where both say the same."""
    if before != after:
        return "added" if after else "lost"
    return "moved" if before and is_renamed else ""


def _times(count: float, share: float | None) -> float | None:
    """A share of so many; of none it is none, whether it is known or not."""
    if not count:
        return 0.0
    return None if share is None else count * share


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else round(first + second, 6)
