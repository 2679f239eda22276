"""Columns of a table as callers hold them: numbers as text or as numbers, words, and what is missing.

Goes in: a column of anything. Comes out: arrays, and which rows hold what the column may not hold.
Nothing is raised for a value and nothing guessed: a row that is wrong is the caller's to reject.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectory.schema import Column

__all__ = ["MISSING", "cells", "ids", "numbers", "texts", "together"]

MISSING = frozenset({"", "-", "?", "na", "n/a", "nan", "null", "none"})
"""How tables spell that there is no value, in lower case and without blanks around."""

_PLAIN = frozenset({float, int, NoneType})
_LARGEST = 1e300  # beyond it, sums and products of features overflow
_FNV_OFFSET, _FNV_PRIME, _BITS_64, _BITS_63 = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1, (1 << 63) - 1
_known: dict[str, int] = {}
_MOST_KNOWN = 1 << 16  # a stranger's words must not fill the memory


def numbers(
    column: Column, *, missing: Collection[str] = MISSING
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """float64[N] with NaN where nothing is said, and bool[N]: the rows that hold no number.

    Text is read as Python reads it, without digit grouping. True, False and infinities are no numbers,
    unless ``missing`` names their spelling (in lower case).

    >>> numbers(["1.5", 2, None, "-", "two"])
    (array([1.5, 2. , nan, nan, nan]), array([False, False, False, False,  True]))
    """
    plain = _plain(column)
    if plain is not None:
        return plain, np.zeros(len(plain), dtype=bool)
    found = [_number(value, missing) for value in column]
    values = np.array(found, dtype=np.float64)  # None becomes NaN
    wrong = np.isinf(values)
    values[wrong] = np.nan
    return values, wrong


def texts(column: Column, *, missing: Collection[str] = MISSING) -> tuple[list[str], NDArray[np.bool_]]:
    """N words without blanks around, empty where nothing is said, and bool[N]: the rows that are no text.

    Numbers are words too: a category is often one.

    >>> texts([" tcp", None, "-", 6, ["x"]])
    (['tcp', '', '', '6', ''], array([False, False, False, False,  True]))
    """
    found = [_text(value, missing) for value in column]
    wrong = np.array([word is None for word in found], dtype=bool)
    return [word or "" for word in found], wrong


def ids(words: Collection[str]) -> NDArray[np.int64]:
    """int64[N]: a category's id, the same on every machine: FNV-1a of its UTF-8, 63 bits.

    http://www.isthe.com/chongo/tech/comp/fnv/

    >>> ids(["tcp", "udp", "tcp"]).tolist()
    [6255697903030015376, 5515681497454777700, 6255697903030015376]
    """
    return np.array([_id(word) for word in words], dtype=np.int64)


def together(columns: Iterable[Column]) -> Column:
    """The cells of several columns, one column after the other; an array where all of them are numbers' own.

    >>> together([[1, None], ["2", "x"]])
    [1, None, '2', 'x']
    """
    held = list(columns)
    if held and all(map(_is_numeric, held)):
        return np.concatenate(held)
    return list(chain.from_iterable(held))


def cells(numbers: NDArray[np.float64]) -> list[list[float | None]]:
    """float64[F, N] field by field, None where it is NaN.

    >>> cells(np.array([[1.5, np.nan], [2.0, 3.0]]))
    [[1.5, None], [2.0, 3.0]]
    """
    found: list[list[float | None]] = numbers.tolist()
    for at, row in np.argwhere(np.isnan(numbers)).tolist():
        found[at][row] = None
    return found


def _plain(column: Column) -> NDArray[np.float64] | None:
    """float64[N] of a column without text or infinity, as nearly all are; else None: look at each cell."""
    if not (_is_numeric(column) or _PLAIN.issuperset(map(type, column))):
        return None
    try:
        values = np.array(column, dtype=np.float64)  # None becomes NaN
    except OverflowError:  # an integer of 400 digits
        return None
    return None if (np.abs(values) >= _LARGEST).any() else values


def _is_numeric(column: Column) -> bool:
    return isinstance(column, np.ndarray) and column.dtype.kind in "iuf"


def _number(value: Any, missing: Collection[str]) -> float | None:
    """The number, None where nothing is said, infinity for what is no number."""
    kind = type(value)
    if kind is float or kind is int:
        number = _within(value)
        return None if number == np.inf and kind is float and repr(value) in missing else number
    if kind is str:
        return _number_of_text(value, missing)
    if value is None:
        return None
    return _within(value.item()) if isinstance(value, (np.integer, np.floating)) else np.inf


def _number_of_text(value: str, missing: Collection[str]) -> float | None:
    try:
        number = np.inf if "_" in value else _within(float(value))
    except ValueError:
        number = np.inf
    return None if number == np.inf and value.strip().lower() in missing else number


def _within(number: float | int) -> float | None:
    if number != number:  # NaN says nothing
        return None
    return float(number) if -_LARGEST < number < _LARGEST else np.inf


def _text(value: Any, missing: Collection[str]) -> str | None:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if type(value) is bool or not isinstance(value, (str, int, float, np.integer, np.floating)):
        return None
    if type(value) is int and abs(value) > _LARGEST:  # Python refuses to spell one of 5,000 digits
        return None
    word = str(value).strip()
    return "" if word.lower() in missing else word


def _id(word: str) -> int:
    known = _known.get(word)
    if known is None:
        known = _known[word] = _fnv(word)
        if len(_known) > _MOST_KNOWN:
            _known.clear()
    return known


def _fnv(word: str) -> int:
    found = _FNV_OFFSET
    for byte in word.encode("utf-8", "surrogatepass"):
        found = (found ^ byte) * _FNV_PRIME & _BITS_64
    return found & _BITS_63
