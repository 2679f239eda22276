"""BazarBackdoor (beta): 2,160 names a month, six letters of narrow ranges and the same six moved on, .bazar.

How far each letter moves are the six digits of twelve less the month and of the year less 18. The
malware draws its letters at random; we go through all 2,160 in even strides, so that few names are as
mixed as all. Johannes Bader, "The DGA of BazarBackdoor" (2020). Verified: all 1,728 published sample
names are among the 2,160 of December 2021.
"""

from __future__ import annotations

from itertools import product

from detectory.detectors.dga.families._family import Family

FAMILY = Family("bazarbackdoor", "https://johannesbader.ch/blog/the-dga-of-bazarbackdoor/", "arithmetic")
BATCHES = tuple(f"{year}-{month:02}" for year in (2020, 2021) for month in range(1, 13))

HEADS = ["".join(letters) for letters in product("abcde", "cdef", "efgh", "ghi", "ijk", "klm")]
STRIDE = 1597  # prime, so that strides meet every head once


def domains(batch: str, count: int) -> list[str]:
    """The first names of a month, at most 2,160.

    >>> domains("2021-12", 2)
    ['acegikacggin.bazar', 'dehgjldejgjo.bazar']
    """
    year, month = map(int, batch.split("-"))
    shifts = [int(digit) for digit in f"{12 - month:02}{year - 18}"]
    count = min(count, len(HEADS))
    heads = (HEADS[STRIDE * index % len(HEADS)] for index in range(count))
    return [head + _moved(head, shifts) + ".bazar" for head in heads]


def _moved(head: str, shifts: list[int]) -> str:
    return "".join(chr(ord(letter) + shift) for letter, shift in zip(head, shifts, strict=True))
