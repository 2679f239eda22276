"""Ranbyus (May 2015): 40 names a day of 14 letters a to y, from shifts of day, month, year and a seed.

Eight suffixes in turn, beginning at the day of the month. Johannes Bader, "The DGA of Ranbyus" (2015).
Verified: all 40 published sample names, in order, for 14 May 2015 and the seed b6354bc3; day and seed
were found by trying all. An even month and the odd one after it give the same names, a weakness of
the malware, so only odd months are here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from detectory.detectors.dga.families._arithmetic import U32, letters
from detectory.detectors.dga.families._family import Family

FAMILY = Family("ranbyus", "https://www.johannesbader.ch/2015/05/the-dga-of-ranbyus/", "arithmetic")
BATCHES = tuple(f"2015-{month:02}-{day:02}" for month in (3, 5, 7, 9, 11) for day in range(1, 26))

SEED = 0xB6354BC3
SUFFIXES = ("in", "me", "cc", "su", "tw", "net", "com", "pw")


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 40.

    >>> domains("2015-05-14", 2)
    ['ikwoqkwuajpbyx.com', 'niukpdrluwlfox.pw']
    """
    day = date.fromisoformat(batch)
    numbers = _numbers(day)
    return [
        f"{letters(numbers, count=14, of=25)}.{SUFFIXES[(day.day + index) % 8]}"
        for index in range(min(count, 40))
    ]


def _numbers(today: date) -> Iterator[int]:
    day, month, year, seed = today.day, today.month, today.year, SEED
    while True:
        day = ((day >> 15) ^ (16 * ((day & 0x1FFF) ^ (4 * (seed ^ day))))) & U32
        year = (((year & 0xFFFFFFF0) << 17) ^ ((year ^ (7 * year & U32)) >> 11)) & U32
        month = ((14 * (month & 0xFFFFFFFE)) ^ ((month ^ (4 * month & U32)) >> 8)) & U32
        seed = (seed >> 6) ^ ((day + 8 * seed << 8) & 0x3FFFF00)
        yield day ^ month ^ year
