"""Simda (Shiz): seven letters under .com, a consonant and a vowel in turn, from a number that grows.

The number grows by the sum of a key's characters at each name; its quotients by 3, 5, 7 … pick the
letters, so neighbours resemble one another. Johannes Bader, "The DGA of Simda/Shiz" (2015).
Verified: all 797 published sample names, in order, from 45ae94b2. Other first numbers are ours.
"""

from __future__ import annotations

from detectory.detectors.dga.families._family import Family, seeds

FAMILY = Family("simda", "https://bin.re/blog/the-dga-of-simda-shiz/", "arithmetic")
BATCHES = seeds(0x45AE94B2, count=125)

KEY = "1676d5775e05c50b46baa5579d4fc7"
CONSONANTS = "qwrtpsdfghjklzxcvbnm"
VOWELS = "eyuioa"


def domains(batch: str, count: int) -> list[str]:
    """The first names after a number.

    >>> domains("45ae94b2", 2)
    ['gatyfus.com', 'lyvyxor.com']
    """
    step = sum(map(ord, KEY))
    return [_name(int(batch, 16) + step * index) for index in range(1, count + 1)]


def _name(number: int) -> str:
    drawn = [(VOWELS if place % 2 else CONSONANTS, number // (3 + 2 * place)) for place in range(7)]
    return "".join(letters[quotient % len(letters)] for letters, quotient in drawn) + ".com"
