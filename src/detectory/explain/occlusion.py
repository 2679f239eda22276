"""Reasons by occlusion: a part is taken out of a row, and the rest is scored by the very same bundle.

The fall of the log-odds (or of the value) is what the part was worth (Zeiler and Fergus, "Visualizing and
Understanding Convolutional Networks", 2014). It is no sum: parts that need one another each count whole, and
two that say the same count nothing.

A detector has parts when its ``parse.py`` defines ``without_parts(rows) -> Without``, where ``rows`` are
parsed entities.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from detectory.explain.reason import Reason
from detectory.schema import Array, Parsed, Rows, Without


class Answered(Protocol):
    """The answers to whole rows: `detectory.runtime.Answers`."""

    @property
    def parsed(self) -> Parsed:
        """The entities."""

    @property
    def level(self) -> Array:
        """float[N]: the number that a part raises or lowers."""


def reasons(
    answers: Answered, parts: Callable[[Rows], Without], score: Callable[[Rows], Any]
) -> list[list[Reason]]:
    """Every part of every entity: as many scores as the entities have parts."""
    found: list[list[Reason]] = [[] for _ in range(len(answers.level))]
    without = parts(answers.parsed.rows)
    if without.entity:
        lesser = score(without.rows)
        for entity, row in zip(lesser.parsed.entity, lesser.parsed.source, strict=True):
            whole = without.entity[row]
            change = float(answers.level[whole]) - float(lesser.level[entity])
            found[whole].append(Reason(without.part[row], without.part[row], without.text[row], change))
    return found
