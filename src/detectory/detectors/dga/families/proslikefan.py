"""Proslikefan: 100 names a day of 6 to 12 letters, ten suffixes in turn, by the hash of Java's strings.

The script hashes its magic word, the date and the suffix; then each letter is the hash of the letters
so far and the last number. Word and date are one 32-bit number by then, and so are our seeds. Plohmann,
Yakdan, Klatt, Bader and Gerhards-Padilla, "A Comprehensive Measurement Study of Domain Generating
Malware" (USENIX Security 2016). Verified: all 80 published sample names, in order, from 7521323d, found
by trying all numbers that its first names can come from. Other seeds are ours.
"""

from __future__ import annotations

from detectory.detectors.dga.families._arithmetic import U32
from detectory.detectors.dga.families._family import Family, seeds

FAMILY = Family(
    "proslikefan",
    "https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/plohmann",
    "arithmetic",
)
BATCHES = seeds(0x7521323D, count=50)

SUFFIXES = ("eu", "biz", "se", "info", "com", "net", "org", "ru", "in", "name")


def domains(batch: str, count: int) -> list[str]:
    """The first names of a seed, at most 100.

    >>> domains("7521323d", 2)
    ['flarvcpk.eu', 'stjneohiod.biz']
    """
    starts = [(suffix, _hashed(suffix, start=int(batch, 16))) for suffix in SUFFIXES]
    numbered = [(suffix, start + number) for number in range(10) for suffix, start in starts]
    return [f"{_label(start)}.{suffix}" for suffix, start in numbered[:count]]


def _label(number: int) -> str:
    label = ""
    while len(label) < number % 7 + 6:
        number = _hashed(f"{label}{number}")
        label += chr(97 + number % 26)
    return label


def _hashed(text: str, *, start: int = 0) -> int:
    """The absolute value of Java's ``String.hashCode``, here going on from ``start``.

    >>> _hashed("abc"), _hashed("flarvcpk")
    (96354, 1625067871)
    """
    for character in text:
        start = (31 * start + ord(character)) & U32
    return min(start, U32 + 1 - start)
