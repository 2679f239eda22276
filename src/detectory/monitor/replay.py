"""What would have been otherwise: rows that were answered once, answered again by two versions.

Comes in: entities with what both say, when, and how many rows each stands for. Goes out: alerts added, lost
and moved to another name, a day and in all, with examples. Never: which of them are right; only a label
knows that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from detectory.monitor.comparison import Said, shared

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

    >>> Replay().total()
    Day(rows=0, alerts=0, added=0, lost=0, moved=0)
    """

    days: defaultdict[str, Day] = field(default_factory=lambda: defaultdict(Day))
    examples: dict[str, dict[str, Example]] = field(
        default_factory=lambda: {"added": {}, "lost": {}, "moved": {}}
    )
    unanswered: int = 0

    def add(
        self,
        champion: Said,
        candidate: Said,
        *,
        entities: Sequence[str],
        days: Sequence[str],
        weights: Sequence[float],
    ) -> None:
        """Add what both say of some rows; the champion's entities have a name, a day and a weight each."""
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
            if len(self.examples[kind]) < SHOWN:
                change = float(candidate.level[other]) - float(champion.level[at])
                labels = str(champion.label[at]), str(candidate.label[other])
                self.examples[kind].setdefault(entities[at], Example(entities[at], *labels, round(change, 3)))

    def total(self) -> Day:
        """All days together."""
        days = [asdict(day) for day in self.days.values()]
        return Day(**{name: sum(day[name] for day in days) for name in asdict(Day())})

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "total": asdict(self.total()),
            "days": {name: asdict(day) for name, day in sorted(self.days.items())},
            "examples": {
                kind: [asdict(one) for one in found.values()] for kind, found in self.examples.items()
            },
            "unanswered": self.unanswered,
        }


@dataclass(frozen=True, slots=True)
class FalseAlerts:
    """How many false alerts a day more there may be: all of the lost were false, or all of the added are.

    ``budget`` is how many in all a day of so many rows bears.
    """

    at_least: float
    at_most: float
    budget: float

    @classmethod
    def of(cls, total: Day, *, rows_a_day: float, rate: float) -> FalseAlerts:
        """From a replay, and the false positive ``rate`` of the budget.

        >>> FalseAlerts.of(Day(rows=1_000, added=10, lost=5), rows_a_day=100, rate=0.01)
        FalseAlerts(at_least=-0.5, at_most=1.0, budget=1.0)
        """
        a_row = rows_a_day / total.rows if total.rows else 0.0
        return cls(-total.lost * a_row, total.added * a_row, rate * rows_a_day)


def _kind(before: bool, after: bool, *, is_renamed: bool) -> str:
    """What became of an alert; nothing where both say the same."""
    if before != after:
        return "added" if after else "lost"
    return "moved" if before and is_renamed else ""
