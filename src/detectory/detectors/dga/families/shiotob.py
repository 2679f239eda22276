"""Shiotob (Urlzone, Bebloh): 10 to 15 letters and digits, .net and .com in turn; each name makes the next.

The characters of a name are multiplied by its length and XORed into one another, and a 32-letter
alphabet spells the result. Johannes Bader, "The DGA of Shiotob" (2015). Verified: all 1,600 published
sample names, in order, after ``wtipubctwiekhir.net``. Other seed names are ours, of words.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from detectory.detectors.dga.families._family import Family
from detectory.detectors.dga.families._words import frequent

FAMILY = Family("shiotob", "https://www.johannesbader.ch/2015/01/the-dga-of-shiotob/", "arithmetic")
BATCHES = ("wtipubctwiekhir.net", *(f"{word}detectory.net" for word in frequent(19, letters=range(4, 7))))

ALPHABET = "qwertyuiopasdfghjklzxcvbnm123945"
LONGEST, SHORTEST = 15, 10


def domains(batch: str, count: int) -> list[str]:
    """The first names after a seed name.

    >>> domains("wtipubctwiekhir.net", 2)
    ['rwmu35avqo12tqc.com', 'rskb5bsfhm2fk5h.net']
    """
    return list(islice(_names(batch), count))


def _names(domain: str) -> Iterator[str]:
    while True:
        length = len(domain) - len(".net")
        codes = _mixed(domain, length)
        drawn = (codes[2] * length ^ codes[0]) >> 4 & 0xF
        label = "".join(ALPHABET[code >> 3] for code in codes[: drawn if drawn >= SHORTEST else length])
        domain = label + (".com" if domain.endswith(".net") else ".net")
        yield domain


def _mixed(domain: str, length: int) -> list[int]:
    """The first 15 characters after the mixing; later ones never act on earlier ones."""
    total = sum(map(ord, domain[:-3]))
    codes = [ord(character) for character in domain[:LONGEST].ljust(LONGEST, "\0")]
    for distance in range(LONGEST):
        for place in range(LONGEST - distance):
            codes[place + distance] = (codes[place + distance] ^ length * codes[place] ^ total) & 0xFF
    return codes
