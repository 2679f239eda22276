"""Qakbot: 5,000 names of 8 to 25 letters every ten days, six suffixes, from the Mersenne Twister.

The twister starts at the CRC-32 of a text: the third of the month, the month, the year and the sample's
seed. Plohmann, Yakdan, Klatt, Bader and Gerhards-Padilla, "A Comprehensive Measurement Study of Domain
Generating Malware" (USENIX Security 2016). Verified: all 4,000 published sample names, in order, for
21 February 2016 and the seed 0; both were found by trying all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zlib import crc32

import numpy as np

from detectory.detectors.dga.families._family import Family

FAMILY = Family(
    "qakbot",
    "https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/plohmann",
    "arithmetic",
)
BATCHES = tuple(f"2016-{month:02}-{day:02}" for month in range(2, 9) for day in (1, 11, 21))

MONTH_LIST = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTHS = MONTH_LIST.split()
SUFFIXES = ("com", "net", "org", "info", "biz", "org")
MOST_DRAWS = 2 + 25  # of one name: suffix, length and letters


def domains(batch: str, count: int) -> list[str]:
    """The first names of a third of a month, at most 5,000.

    >>> domains("2016-02-21", 1)
    ['bqkrtxgkmriwsiwcngtivpx.info']
    """
    day = date.fromisoformat(batch)
    count = min(count, 5000)
    draws = _draws(f"{min((day.day - 1) // 10, 2)}.{MONTHS[day.month - 1]}.{day.year}.00000000", count)
    return [_name(draws) for _ in range(count)]


def _draws(text: str, names: int) -> Iterator[int]:
    """28-bit numbers, enough for so many names."""
    twister = np.random.RandomState(crc32(text.encode("ascii")))
    return iter((twister.randint(0, 2**32, size=names * MOST_DRAWS, dtype=np.uint32) & 0xFFFFFFF).tolist())


def _name(draws: Iterator[int]) -> str:
    suffix = SUFFIXES[_below(6, draws)]
    length = 8 + _below(18, draws)
    return "".join(chr(97 + _below(26, draws)) for _ in range(length)) + f".{suffix}"


def _below(limit: int, draws: Iterator[int]) -> int:
    return next(draws) * limit >> 28
