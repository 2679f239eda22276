"""What was counted while two versions answered the same rows. Counts add up, whoever counted them."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from typing import Any

FIRST_ROWS = 50  # of a trial: gross faults show here


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows that both versions were asked for, and what became of them.

    ``failed`` rows only the challenger could not answer (``failed_first``: of the first `FIRST_ROWS`),
    ``not_finite`` ones only it scored NaN or infinite. ``added`` alerts are the challenger's alone,
    ``lost`` ones the champion's alone, ``kept`` ones both's (``moved``: under another name). ``slow`` of
    ``timed`` batches took the challenger so many times longer than the champion as is too much. Scores
    that differ from the one before are ``changed``: none shows a constant version.

    >>> Counts(rows=2, added=1) + Counts(rows=3) == Counts(rows=5, added=1)
    True
    """

    rows: int = 0
    failed: int = 0
    failed_first: int = 0
    not_finite: int = 0
    added: int = 0
    lost: int = 0
    kept: int = 0
    moved: int = 0
    timed: int = 0
    slow: int = 0
    changed: int = 0
    champion_changed: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Truth:
    """Labels of rows on which the versions disagreed, an entity once: who was right.

    ``neither`` counts labels by which both were wrong; ``waiting`` disagreements have no label yet.
    """

    challenger: int = 0
    champion: int = 0
    neither: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All there is to decide by; ``silent_s`` seconds have passed since both last answered a row.

    ``trouble`` is what keeps the challenger from being tried at all, in words.
    """

    counts: Counts = Counts()
    truth: Truth = Truth()
    silent_s: float = 0.0
    trouble: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For the audit trail."""
        return asdict(self) | {"silent_s": round(self.silent_s)}
