"""How the score of a row must behave when the row is written otherwise.

Goes in: rows as a caller sends them, column by column. Comes out: checks. A spelling is all that is known
of a table; write down here what else must not move its score, and what must raise it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from detectory.blocks.behaviour import Check, Sent

__all__ = ["directional", "evasions", "invariances"]

NUMBERS: tuple[str, ...] = ("amount", "age")
WORDS: tuple[str, ...] = ("country", "note")
OPTIONAL: tuple[str, ...] = ("age", "note")
ALERTS = True
"""A detector that predicts a number has no alert to evade."""


def invariances() -> list[Check]:
    """Spellings of the same row: the score must not move at all."""
    numbers = [
        Check("numbers as text", "invariance", _as_text, "same"),
        Check("numbers with an exponent", "invariance", _with_exponent, "same"),
    ]
    unsaid = [Check("nothing said as a dash", "invariance", _dashed, "same")]
    blanks = [Check("blanks around", "invariance", _with_blanks, "same")]
    return [*(numbers if NUMBERS else []), *(unsaid if OPTIONAL else []), *blanks]


def directional() -> list[Check]:
    """Changes that must not lower the score: none can be known from a table alone."""
    return []


def evasions() -> list[Check]:
    """What a row loses on its way: it should alert all the same. Reported, not required."""
    lost = Check("a field not said", "evasion", _one_unsaid, "alert", of="target")
    return [lost] if ALERTS and OPTIONAL else []


def _each(rows: Sent, names: tuple[str, ...], change: Callable[[Any], Any]) -> Sent:
    """The rows with every value of some fields changed."""
    return rows | {name: [change(value) for value in rows[name]] for name in names}


def _as_text(rows: Sent, rng: np.random.Generator) -> Sent:
    return _each(rows, NUMBERS, lambda number: _spelled(number, ""))


def _with_exponent(rows: Sent, rng: np.random.Generator) -> Sent:
    return _each(rows, NUMBERS, lambda number: _spelled(number, ".17e"))


def _spelled(number: float | None, form: str) -> str | None:
    """A number as text that reads back as the same number; what is not said stays so."""
    return None if number is None else format(float(number), form)


def _with_blanks(rows: Sent, rng: np.random.Generator) -> Sent:
    padded = _each(rows, WORDS, lambda word: f"  {word} ")
    return _each(padded, NUMBERS, lambda number: None if number is None else f" {float(number)}\t")


def _dashed(rows: Sent, rng: np.random.Generator) -> Sent:
    return _each(rows, OPTIONAL, lambda value: "-" if value in (None, "") else value)


def _one_unsaid(rows: Sent, rng: np.random.Generator) -> Sent:
    changed = {name: list(column) for name, column in rows.items()}
    for row in range(len(changed[OPTIONAL[0]])):
        changed[OPTIONAL[int(rng.integers(len(OPTIONAL)))]][row] = None
    return changed
