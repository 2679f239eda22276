"""Which columns hold times, and how they are written, so that rows can be put in order.

Goes in: values of a column. Comes out: ``number``, ``iso``, ``clock`` or a format of `datetime.strptime`;
empty for what is no time. A duration is no time: numbers count as one only where the name says so as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

NUMBER, ISO = "number", "iso"
CLOCK = "clock"
"""A time of day: it is one, but rows cannot be put in order by it."""

FORMATS = (
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b %d %H:%M:%S %Y",
)
"""What `strptime` is tried with, in this order; a day that is no month decides between the two orders."""

_NAMED = re.compile(r"(^|[^a-z])(ts|time|timestamp|datetime|date|epoch)([^a-z]|$)", re.IGNORECASE)
_FIRST, _LAST = 631_152_000, 4_102_444_800  # 1990 and 2100, in seconds since 1970
_UNITS = (1, 1_000, 1_000_000)
_SURE = 0.99
_OF_DAY = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?( ?[AaPp][Mm])?")


def of_numbers(name: str, numbers: NDArray[np.float64]) -> str:
    """How a column of numbers holds times: since 1970, in seconds, milliseconds or microseconds.

    >>> of_numbers("ts", np.array([1.5e9, 1.6e9])), of_numbers("bytes", np.array([1.5e9]))
    ('number', '')
    """
    if not _NAMED.search(name) or not len(numbers):
        return ""
    fits = any(((numbers >= _FIRST * unit) & (numbers <= _LAST * unit)).all() for unit in _UNITS)
    return NUMBER if fits else ""


def of_words(words: Sequence[str]) -> str:
    """How a column of words holds times.

    >>> of_words(["2024-05-01", "2024-05-02T10:00:00Z"]), of_words(["13/02/2018", "01/02/2018"])
    ('iso', '%d/%m/%Y')
    """
    return next((how for how in (ISO, *FORMATS, CLOCK) if words and _fits(words, how)), "")


def _fits(words: Sequence[str], how: str) -> bool:
    allowed = int((1 - _SURE) * len(words))
    wrong = 0
    for word in words:
        wrong += not _is_time(word, how)
        if wrong > allowed:
            return False
    return True


def _is_time(word: str, how: str) -> bool:
    if how == CLOCK:
        return bool(_OF_DAY.fullmatch(word))
    try:
        parsed(word, how)
    except ValueError:
        return False
    return True


def parsed(word: str, how: str) -> datetime:
    """A word as a time, in UTC where it says its zone. Raises `ValueError`."""
    if how != ISO:
        return datetime.strptime(word, how)
    if "-" not in word:  # 20240501 is a number before it is a day
        raise ValueError(word)
    found = datetime.fromisoformat(word)
    try:
        return found.astimezone(UTC) if found.tzinfo else found
    except OverflowError as error:  # in UTC it lies before the year 1, or behind 9999
        raise ValueError(word) from error


def sortable(word: str, how: str) -> str:
    """A time as text that sorts as time does; empty for what is none.

    >>> sortable("13/02/2018", "%d/%m/%Y"), sortable("1.5e9", "number"), sortable("?", "iso")
    ('2018-02-13T00:00:00', '1500000000.000000', '')
    """
    try:
        return f"{float(word):017.6f}" if how == NUMBER else parsed(word, how).isoformat()
    except ValueError:
        return ""
