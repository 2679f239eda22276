"""An opened bundle and a row → named reasons: what the answer would be without each part of the row.

Comes in: a scorer and its answers. Goes out: for every entity the parts that drove its score, the strongest
first. Occlusion (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014): a part is
taken out, the rest is scored by the very same bundle, and the fall of the log-odds is what the part was
worth. Never: a surrogate model, or a sum; parts that need one another each count whole, and two that say the
same count nothing.

A detector has parts when its ``parse.py`` defines ``without_parts(rows) -> Without``, where ``rows`` are
parsed entities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from detectory.bundle import Opened
from detectory.errors import NotExplained
from detectory.schema import Array, Parsed, Rows, Without

__all__ = ["REASONS", "Reason", "add_reasons", "parts_of"]

REASONS = "reasons"
MOST = 5  # more reasons than that nobody reads
LEAST = 0.01  # log-odds; what moves less moves nothing


class Reason(NamedTuple):
    """A part of a row, its text, and by how much the row's log-odds (or value) fall without it."""

    part: str
    text: str
    change: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON, with a sentence for people.

        >>> Reason("path", "/login.php", 1.25).as_dict()["says"]
        "path '/login.php' raises it by 1.25"
        """
        verb = "raises" if self.change > 0 else "lowers"
        says = f"{self.part} '{self.text}' {verb} it by {abs(self.change):.2f}"
        return {**self._asdict(), "change": round(self.change, 4), "says": says}


class Answered(Protocol):
    """What `detectory.runtime.Answers` has of this."""

    @property
    def parsed(self) -> Parsed:
        """The entities."""

    @property
    def level(self) -> Array:
        """float[N]: the number that a part raises or lowers."""

    def order(self) -> tuple[list[int], list[int]]:
        """The input row of every record, and its place: entities first."""


class Scoring(Protocol):
    """What `detectory.runtime.Scorer` has of this."""

    bundle: Opened

    def score(self, rows: Rows) -> Any:
        """The answers for these rows."""


def parts_of(scorer: Scoring) -> Callable[[Rows], Without]:
    """The bundle's own ``without_parts``. Raises `NotExplained` where it has none."""
    found = scorer.bundle.without_parts
    if found is None:
        raise NotExplained(scorer.bundle.manifest.detector)
    return found


def add_reasons(records: Sequence[dict[str, Any]], answers: Answered, scorer: Scoring) -> None:
    """Put ``reasons`` into the records of these answers: None where a row was not scored.

    Raises `NotExplained` for a detector without parts.
    """
    told = _reasons(answers, scorer)
    for record, place in zip(records, answers.order()[1], strict=True):
        record[REASONS] = told[place] if place < len(told) else None


def _reasons(answers: Answered, scorer: Scoring) -> list[list[dict[str, Any]]]:
    """The reasons of every entity."""
    found: list[list[Reason]] = [[] for _ in range(len(answers.level))]
    without = parts_of(scorer)(answers.parsed.rows)
    if without.entity:
        lesser = scorer.score(without.rows)
        for entity, row in zip(lesser.parsed.entity, lesser.parsed.source, strict=True):
            whole = without.entity[row]
            change = float(answers.level[whole]) - float(lesser.level[entity])
            found[whole].append(Reason(without.part[row], without.text[row], change))
    return [[reason.as_dict() for reason in _strongest(reasons)] for reasons in found]


def _strongest(reasons: list[Reason]) -> list[Reason]:
    """Those that move something, the strongest first; of equals the first.

    >>> [each.part for each in _strongest([Reason("a", "", 0.1), Reason("b", "", -2), Reason("c", "", 0)])]
    ['b', 'a']
    """
    moving = [reason for reason in reasons if abs(reason.change) >= LEAST]
    return sorted(moving, key=lambda reason: -abs(reason.change))[:MOST]
