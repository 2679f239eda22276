"""Tinba: twelve letters b to y under four suffixes; each name makes the next, with a 16-letter key.

Of the key only its sum and its last letter matter, so our own keys differ in both. The
algorithm is described on garage4hackers.com (entry 3086), the suffixes by Johannes Bader, "Tinba's DGA
Adds Other Top Level Domains" (2015). Verified: all 320 published sample names, in order, from
``blackfreeqazyio.cc`` and the key jc74FlUna852Ji9o.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

from detectory.detectors.dga.families._family import Family

FAMILY = Family(
    "tinba", "https://www.johannesbader.ch/2015/04/new-top-level-domains-for-tinbas-dga/", "arithmetic"
)
BATCHES = ("jc74FlUna852Ji9o", *(f"detectoryTinba{key}{chr(key + 86)}" for key in range(11, 30)))

FIRST = "blackfreeqazyio.cc"
SUFFIXES = ("com", "net", "in", "ru")


def domains(batch: str, count: int) -> list[str]:
    """The first names of a key, each under the four suffixes.

    >>> domains("jc74FlUna852Ji9o", 2)
    ['nvfowikhevmy.com', 'nvfowikhevmy.net']
    """
    return list(islice((f"{name}.{suffix}" for name in _names(batch) for suffix in SUFFIXES), count))


def _names(key: str) -> Iterator[str]:
    codes = FIRST.encode("ascii")
    while True:
        name = _next(codes, key)
        yield name
        codes = f"{name}.com".encode("ascii")


def _next(codes: bytes, key: str) -> str:
    letter, salt, name = ord(key[-1]), sum(map(ord, key)), ""
    for this, following in pairwise(codes[:13]):
        letter = _mixed(letter, salt, this, following)
        while not ord("a") < letter < ord("z"):
            salt += 1
            letter = _mixed(letter, salt, this, following)
        name += chr(letter)
    return name


def _mixed(letter: int, salt: int, this: int, following: int) -> int:
    return (((letter + this) ^ salt) + following) & 0xFF
