"""Banjori: the first four letters of a real-looking name change, the rest stays; each name makes the next.

Johannes Bader, "The DGA of Banjori" (2015). Verified: all 800 published sample names, in order, from
``earnestnessbiophysicalohax.com``. Samples carry such a seed name each; the others are ours, of words.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from detectory.detectors.dga.families._family import Family
from detectory.detectors.dga.families._words import frequent

FAMILY = Family("banjori", "https://www.johannesbader.ch/2015/02/the-dga-of-banjori/", "derived")


def _seed_names(count: int) -> tuple[str, ...]:
    words = frequent(2 * count, letters=range(7, 12))
    return tuple(f"{first}{second}.com" for first, second in zip(words[::2], words[1::2], strict=True))


BATCHES = ("earnestnessbiophysicalohax.com", *_seed_names(999))


def domains(batch: str, count: int) -> list[str]:
    """The first names after a seed name.

    >>> domains("earnestnessbiophysicalohax.com", 2)
    ['kwtoestnessbiophysicalohax.com', 'rvcxestnessbiophysicalohax.com']
    """
    return [head + batch[4:] for head in islice(_heads(batch[:4]), count)]


def _heads(head: str) -> Iterator[str]:
    a, b, c, d = (ord(letter) - 97 for letter in head)
    while True:
        # the malware adds character codes: each code too many is 97 = 19 modulo 26
        a = (a + d + 19) % 26
        b = (a + 2 * b + 12) % 26
        c = (a + c + 18) % 26
        d = (b + c + d + 12) % 26
        yield "".join(chr(97 + letter) for letter in (a, b, c, d))
