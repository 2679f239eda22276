"""SharkBot (2.8): seven hosts a week, half an MD5 of suffix, week and year each.

Johannes Bader, "The Domain Generation Algorithms of SharkBot" (2022). Verified: all 7 published sample
names, in order, for week 22 of 2022, found by trying all. A week gives so few that our 5,000 names take
714 of them, into the future.
"""

from __future__ import annotations

import hashlib

from detectory.detectors.dga.families._family import Family

FAMILY = Family("sharkbot", "https://bin.re/blog/the-dgas-of-sharkbot/", "hash")
BATCHES = tuple(f"{year}-{week:02}" for year in range(2022, 2036) for week in range(1, 53))

SUFFIXES = ("xyz", "live", "com", "store", "info", "top", "net")


def domains(batch: str, count: int) -> list[str]:
    """The first names of a year's week, at most 7.

    >>> domains("2022-22", 2)
    ['817c0cee3bf6d5d4.xyz', '4ffa2b4f790e934b.live']
    """
    year, week = map(int, batch.split("-"))
    return [f"{_label(f'.{suffix}{week}{year}')}.{suffix}" for suffix in SUFFIXES[:count]]


def _label(text: str) -> str:
    return hashlib.md5(text.encode("ascii"), usedforsecurity=False).hexdigest()[:16]
