"""The fields of a new detector: what a caller sends, how it is described, and how it is read.

Goes in: the facts of a column that is no leak. Comes out: a `Planned` field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from detectory.scaffold.profile import Facts
from detectory.schema import FieldType

Use = Literal["number", "category", "text"]
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Planned:
    """A field as ``detector.toml`` has it, and the ``use`` that the features make of it."""

    name: str
    type: FieldType
    use: Use
    description: str
    example: str | float | int
    optional: bool


def planned(facts: Facts) -> Planned:
    """The field of a column."""
    if facts.numbers is not None:
        return _number(facts, facts.numbers)
    use: Use = "text" if facts.kind in ("text", "time") else "category"
    words = [word for word in facts.words if word]
    shown = sorted(words)[:_MOST_NAMED]
    more = f" and {len(words) - len(shown):,} more" if len(words) > len(shown) else ""
    said = f"one of {', '.join(shown)}{more}" if use == "category" else "text"
    return Planned(facts.name, "string", use, said, _commonest(facts), facts.missing > 0)


def _number(facts: Facts, numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Planned:
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    middle = float(np.nanquantile(numbers, 0.5, method="lower"))
    said = f"number, {low:.6g} to {high:.6g} here"
    if facts.kind == "integer":
        return Planned(facts.name, "integer", "number", f"whole {said}", int(middle), facts.missing > 0)
    return Planned(facts.name, "float", "number", said, middle, facts.missing > 0)


def _commonest(facts: Facts) -> str:
    counts = np.bincount(facts.codes, minlength=len(facts.words))
    said = np.array([word != "" for word in facts.words])
    return facts.words[int(np.where(said, counts, -1).argmax())]
