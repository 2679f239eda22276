"""DirCrypt: 8 to 20 letters under .com, from a 31-bit seed of the sample; one unbroken random stream.

Johannes Bader, "The DGA of DirCrypt" (2015). Verified: all 30 published sample names, in order, from
the seed 72113c2b, which was found by trying all. Other seeds are ours.
"""

from __future__ import annotations

from itertools import islice

from detectory.detectors.dga.families._arithmetic import letters, park_miller, walk
from detectory.detectors.dga.families._family import Family, seeds

FAMILY = Family("dircrypt", "https://www.johannesbader.ch/2015/03/the-dga-of-dircrypt/", "arithmetic")
BATCHES = seeds(0x72113C2B, count=20)


def domains(batch: str, count: int) -> list[str]:
    """The first names of a seed.

    >>> domains("72113c2b", 2)
    ['rauggyguyp.com', 'llullzza.com']
    """
    stream = walk(park_miller, int(batch, 16))
    lengths = islice(stream, count)
    return [letters(stream, count=8 + length % 13, of=26) + ".com" for length in lengths]
