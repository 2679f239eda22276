"""A reason: what of a row moved its answer, by how much, and that in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

MOST = 5  # more reasons than that nobody reads
LEAST = {"probability": 0.001}  # what moves less moves nothing; of log-odds and of numbers a hundredth


Value = str | int | float | None


class Unit(NamedTuple):
    """Of what an answer is counted: what moves (``score`` or ``value``), and its unit."""

    subject: str
    unit: str


class Reason(NamedTuple):
    """A feature or a part of a row: its name, its value, and by how much it moves the answer.

    ``about`` says in words what it is, and ends in a question mark where the value is a yes or a no.
    """

    name: str
    about: str
    value: Value
    change: float

    def as_dict(self, unit: Unit) -> dict[str, Any]:
        """For JSON, with a sentence for people.

        >>> Reason("words", "words in it", 2.0, 1.25).as_dict(Unit("score", "log-odds"))["says"]
        'words in it: 2; raises the score by 1.25 log-odds'
        >>> Reason("weekend", "a weekend?", 0.0, -0.5).as_dict(Unit("value", "minutes"))["says"]
        'a weekend? no; lowers the value by 0.50 minutes'
        """
        verb = "raises" if self.change > 0 else "lowers"
        by = f"{abs(self.change):.{3 if unit.unit == 'probability' else 2}f} {unit.unit}"
        says = f"{self._shown()}; {verb} the {unit.subject} by {by}"
        change = round(self.change, 4)
        return {"name": self.name, "value": self.value, "change": change, "unit": unit.unit, "says": says}

    def _shown(self) -> str:
        if self.about.endswith("?"):
            return f"{self.about} {'yes' if self.value else 'no'}"
        if isinstance(self.value, str):
            return f"{self.about} '{self.value}'"
        return f"{self.about}: {_number(self.value)}"


def _number(value: float | None) -> str:
    """Four digits, and of a large number all before the point.

    >>> _number(0.123456), _number(88_235.3), _number(None)
    ('0.1235', '88,235', 'not said')
    """
    if value is None:
        return "not said"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def strongest(reasons: Sequence[Reason], unit: Unit) -> list[Reason]:
    """Those that move something, the strongest first; of equals the first.

    >>> told = [Reason("a", "a", 1, 0.1), Reason("b", "b", 1, -2), Reason("c", "c", 1, 0)]
    >>> [each.name for each in strongest(told, Unit("score", "log-odds"))]
    ['b', 'a']
    """
    least = LEAST.get(unit.unit, 0.01)
    moving = [reason for reason in reasons if abs(reason.change) >= least]
    return sorted(moving, key=lambda reason: -abs(reason.change))[:MOST]
