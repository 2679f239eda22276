"""Ramnit: 8 to 19 letters a to y under .com, from a 32-bit seed of the sample.

After each name the generator restarts from the product of the states before and after the draw of
its length. Johannes Bader, "The DGA of Ramnit" (2014). Verified: all 80 published sample names, in
order, from the seed 79159c10. Other seeds are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from detectory.detectors.dga.families._arithmetic import U32, letters, park_miller, walk
from detectory.detectors.dga.families._family import Family, seeds

FAMILY = Family("ramnit", "https://www.johannesbader.ch/2014/12/the-dga-of-ramnit/", "arithmetic")
BATCHES = seeds(0x79159C10, count=20)


def domains(batch: str, count: int) -> list[str]:
    """The first names of a seed.

    >>> domains("79159c10", 2)
    ['knpqxlxcwtlvgrdyhd.com', 'nvlyffua.com']
    """
    return list(islice(_names(int(batch, 16)), count))


def _names(state: int) -> Iterator[str]:
    while True:
        drawn = park_miller(state)
        yield letters(walk(park_miller, drawn), count=8 + drawn % 12, of=25) + ".com"
        product = state * drawn
        state = (product + (product >> 32)) & U32
