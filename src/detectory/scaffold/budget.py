"""The smallest false positive rate that the rows can certify with room to spare, as an alert budget.

Goes in: how many distinct negative rows the calibration part will have. Comes out: a `Proposal`.
"""

from __future__ import annotations

from dataclasses import dataclass

from detectory.errors import NothingToLearn
from detectory.judge.threshold import rows_needed

RATES = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1, 2e-1)
ROOM = 2.5
"""Times the rows that certify a rate at all: the threshold then rests on several scores, not on one."""

EVENTS_A_DAY = 10_000
PREVALENCE = 0.01


@dataclass(frozen=True, slots=True)
class Proposal:
    """A false positive rate, and the ``rows`` of calibration that can certify it."""

    rate: float
    rows: int

    @property
    def false_alerts_a_day(self) -> int:
        """Among `EVENTS_A_DAY` benign ones."""
        return round(self.rate * EVENTS_A_DAY)


def propose(rows: int, *, where: str) -> Proposal:
    """The smallest rate of `RATES` for so many negative calibration rows.

    Raises `NothingToLearn` when they certify none of them.

    >>> propose(2_600, where="flows.csv")
    Proposal(rate=0.005, rows=2600)
    """
    for rate in RATES:
        if rows >= ROOM * rows_needed(rate):
            return Proposal(rate, rows)
    for rate in RATES:
        if rows >= rows_needed(rate):
            return Proposal(rate, rows)
    why = f"about {rows:,} distinct negative rows would calibrate, and {rows_needed(RATES[-1])} are the least"
    raise NothingToLearn(where, why=why)
