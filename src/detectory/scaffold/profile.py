"""What a column holds: numbers, words, free text, addresses, times; how much is missing, what differs.

Goes in: a column as found. Comes out: a `Facts`. The label is not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detectory.blocks import table
from detectory.formats import times

Kind = Literal["integer", "number", "category", "text", "address", "time", "nested", "empty"]
Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

MISSING = table.MISSING | {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
"""An infinite number is what is left of a division by zero: it says nothing."""

_WRONG = 0.01  # of the values: a column with fewer that are no numbers is one of numbers with mistakes
_MOST_CATEGORIES = 1_000
_ROWS_A_CATEGORY = 20
_SEEN_ENOUGH = 2_000  # values that tell an address or a time from other words
_SURE = 0.99
_MAC = re.compile(r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """One column of N rows.

    ``codes`` int64[N]: equal values have equal numbers, ``words`` what each stands for (empty where nothing
    is said). ``numbers`` float64[N] with NaN where there is none, for ``integer`` and ``number`` only.
    ``missing`` and ``wrong`` are shares of the rows. ``format`` says how a time is written.
    """

    name: str
    position: int
    kind: Kind
    codes: Codes
    words: Sequence[str]
    missing: float
    wrong: float = 0.0
    numbers: Numbers | None = None
    format: str = ""

    @property
    def distinct(self) -> int:
        """Different values, nothing said not among them."""
        return len(self.words) - ("" in self.words)

    def of(self, rows: NDArray[np.intp]) -> Facts:
        """The same column of some rows."""
        numbers = None if self.numbers is None else self.numbers[rows]
        return replace(self, codes=self.codes[rows], numbers=numbers)

    @property
    def is_number(self) -> bool:
        """Whether the column is one of numbers."""
        return self.kind in ("integer", "number")


def profile(name: str, column: Sequence[Any], *, position: int) -> Facts:
    """The facts of a column; ``position`` counts from 1.

    >>> [profile(n, c, position=1).kind for n, c in {"a": ["1", "2.5"], "b": ["x", "y"]}.items()]
    ['number', 'category']
    """
    codes, values = _factorized(column)
    nested = any(isinstance(value, (list, dict, tuple)) for value in values)
    words = table.texts([_plain(value) for value in values], missing=MISSING)[0]
    codes, words = _merged(codes, words)
    missing = _share(codes, np.array([word == "" for word in words], dtype=bool))
    if nested:
        return Facts(name, position, "nested", codes, words, missing)
    if missing == 1.0:
        return Facts(name, position, "empty", codes, words, missing)
    return _of_numbers(name, position, codes, words, missing) or _of_words(
        name, position, codes, words, missing
    )


def _factorized(column: Sequence[Any]) -> tuple[Codes, list[Any]]:
    """int64[N] and what each number stands for, in the order of first sight."""
    keys = column if set(map(type, column)) <= {str} else [_key(value) for value in column]
    first = dict(zip(reversed(keys), reversed(range(len(keys))), strict=True))
    number = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    codes = np.fromiter(map(number.__getitem__, keys), dtype=np.int64, count=len(keys))
    return codes, [column[first[key]] for key in number]


def _key(value: Any) -> tuple[type, Any]:
    """What tells 1, 1.0 and True apart, and a list from another."""
    return type(value), repr(value) if isinstance(value, (list, dict)) else value


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, bool) else value


def _merged(codes: Codes, words: Sequence[str]) -> tuple[Codes, list[str]]:
    """Values that are the same word have the same number."""
    known: dict[str, int] = {}
    again = np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int64)
    return again[codes], list(known)


def _share(codes: Codes, chosen: NDArray[np.bool_]) -> float:
    return float(chosen[codes].mean()) if len(codes) else 0.0


def _of_numbers(name: str, position: int, codes: Codes, words: list[str], missing: float) -> Facts | None:
    """Facts of a column of numbers, or of times as numbers; None for words."""
    values, no_number = table.numbers(words, missing=MISSING)
    wrong = _share(codes, no_number)
    if wrong > _WRONG * (1 - missing):
        return None
    found = values[codes]
    known = found[~np.isnan(found)]
    if how := times.of_numbers(name, known):
        return Facts(name, position, "time", codes, words, missing, wrong, format=how)
    kind: Kind = "integer" if bool((known == np.floor(known)).all()) else "number"
    return Facts(name, position, kind, codes, words, missing, wrong, found)


def _of_words(name: str, position: int, codes: Codes, words: list[str], missing: float) -> Facts:
    said = [word for word in words if word][:_SEEN_ENOUGH]
    if _nearly_all(said, _is_address):
        return Facts(name, position, "address", codes, words, missing)
    if how := times.of_words(said):
        return Facts(name, position, "time", codes, words, missing, format=how)
    most = min(_MOST_CATEGORIES, max(2, len(codes) // _ROWS_A_CATEGORY))
    kind: Kind = "category" if len(said) <= most else "text"
    return Facts(name, position, kind, codes, words, missing)


def _nearly_all(words: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return sum(map(fits, words)) >= _SURE * len(words)


def _is_address(word: str) -> bool:
    if _MAC.fullmatch(word):
        return True
    try:
        ip_address(word)
    except ValueError:
        return False
    return True
