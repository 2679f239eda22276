"""Rows of the table to entities: numbers, words, and a reason for every row that is none.

Goes in: the fields, as text or as JSON has them. Comes out: an entity a row, every field in canonical
form: a number or None, a word without blanks around or an empty one. Stateless; never raises on a value.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detectory.blocks import table
from detectory.schema import Parsed, Rejected, Rows

__all__ = ["REASONS", "parse"]

NUMBERS: tuple[str, ...] = ("amount", "age")
WORDS: tuple[str, ...] = ("country", "note")
OPTIONAL: tuple[str, ...] = ("age", "note")
"""The fields that may say nothing."""

MISSING = table.MISSING | {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
"""How a field says nothing, in lower case: an infinite number is what is left of a division by zero."""

LONGEST = 10_000  # characters of a word

REASONS = {
    "not_a_number": "the field holds something else than a number",
    "not_text": "the field holds something else than text or a number",
    "too_long": "the text has more than 10,000 characters",
    "missing": "the field says nothing, and none of the rows that the detector was made from lacks it",
}
"""Every reason a row is rejected for, and what it means."""

_FIELDS = NUMBERS + WORDS
_MUST_SAY = [at for at, name in enumerate(NUMBERS) if name not in OPTIONAL]


def parse(rows: Rows, *, door: Literal["row"] = "row") -> Parsed:
    """Entities of columns of anything."""
    count = len(rows[_FIELDS[0]])
    numbers, faults = _numbers(rows, count)
    words, more = _words(rows)
    rejected = _one_a_row([*faults, *more])
    kept = np.array([row for row in range(count) if row not in rejected], dtype=np.int64)
    columns: dict[str, list[Any]] = dict(zip(NUMBERS, table.cells(numbers[:, kept]), strict=True))
    columns |= {name: [column[row] for row in kept] for name, column in words.items()}
    found = [rejected[row] for row in sorted(rejected)]
    return Parsed(columns, entity=np.arange(len(kept)), source=kept, rejected=found)


def _numbers(rows: Rows, count: int) -> tuple[NDArray[np.float64], list[Rejected]]:
    """float64[F, N] with NaN where nothing is said, and the rows that a number is missed in."""
    values, wrong = table.numbers(table.together(rows[name] for name in NUMBERS), missing=MISSING)
    numbers = values.reshape(len(NUMBERS), count)
    none = np.argwhere(wrong.reshape(len(NUMBERS), count)).tolist()
    unsaid = np.argwhere(np.isnan(numbers[_MUST_SAY])).tolist()
    faults = [Rejected(row, NUMBERS[at], "not_a_number") for at, row in none]
    return numbers, faults + [Rejected(row, NUMBERS[_MUST_SAY[at]], "missing") for at, row in unsaid]


def _words(rows: Rows) -> tuple[dict[str, list[str]], list[Rejected]]:
    """Words field by field, and the rows that one is missed in."""
    columns: dict[str, list[str]] = {}
    faults: list[Rejected] = []
    for name in WORDS:
        plain = [str(value) if isinstance(value, bool) else value for value in rows[name]]
        words, no_text = table.texts(plain, missing=MISSING)
        must_say = name not in OPTIONAL
        for row, word in enumerate(words):
            if not word and (must_say or no_text[row]):
                faults.append(Rejected(row, name, "not_text" if no_text[row] else "missing"))
            elif len(word) > LONGEST:
                faults.append(Rejected(row, name, "too_long"))
        columns[name] = words
    return columns, faults


def _one_a_row(faults: list[Rejected]) -> dict[int, Rejected]:
    """The first fault of every row that has one."""
    return {fault.row: fault for fault in reversed(faults)}
