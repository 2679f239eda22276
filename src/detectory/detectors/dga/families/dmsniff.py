"""DMSniff: two letters of the sample, then a counter and its products with five primes, as letters.

A number above 24 is halved until it is none, and becomes a letter a to y; the counter's letter also
picks one of five suffixes. 50 names a sample, 35 of them distinct. Flashpoint, "DMSniff POS Malware
Actively Leveraged to Target Medium-Sized Businesses" (2019). Verified: both published sample lists,
in order, of the prefixes ``al`` and ``sn``. Other prefixes and orders of the primes are ours.
"""

from __future__ import annotations

from itertools import permutations, product

from detectory.detectors.dga.families._family import Family

FAMILY = Family(
    "dmsniff",
    "https://www.flashpoint-intel.com/blog/dmsniff-pos-malware-actively-leveraged-target-medium-sized-businesses/",
    "arithmetic",
)


def _ours() -> list[str]:
    """150 prefixes, each with the next order of the primes."""
    prefixes = map("".join, product("bcdfghkmpt", "acehikmoprtuwxy"))
    orders = permutations((3, 5, 7, 11, 13))
    every = [*orders] * 2
    return ["-".join((prefix, *map(str, order))) for prefix, order in zip(prefixes, every, strict=False)]


BATCHES = ("al-3-5-7-11-13", "sn-7-3-5-11-13", *_ours())

NAMES, HIGHEST = 50, 24
SUFFIXES = ("com", "org", "net", "ru", "in")


def domains(batch: str, count: int) -> list[str]:
    """The first distinct names of a prefix and an order of the primes, at most 35.

    >>> domains("al-3-5-7-11-13", 2)
    ['albdfhln.com', 'alcgkown.com']
    """
    prefix, *primes = batch.split("-")
    factors = [1, *map(int, primes)]
    names = dict.fromkeys(_name(prefix, counter, factors) for counter in range(1, NAMES + 1))
    return list(names)[:count]


def _name(prefix: str, counter: int, factors: list[int]) -> str:
    numbers = [_halved(counter * factor) for factor in factors]
    letters = "".join(chr(97 + number) for number in numbers)
    return f"{prefix}{letters}.{SUFFIXES[numbers[0] // 5]}"


def _halved(number: int) -> int:
    """

    >>> _halved(24), _halved(26), _halved(66)
    (24, 13, 16)
    """
    while number > HIGHEST:
        number //= 2
    return number
