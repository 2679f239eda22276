"""Suppobox: two words under .net; a number that grows every 512 seconds, its bits shuffled, picks them.

Of 384 words the first 128 begin a name and the others end it. Jason Geffner, "End-to-End Analysis of a
Domain Generating Algorithm Malware Family" (RSA Conference 2013). Verified by structure: in the two
whole sample lists equal indices of ours always share a word, and with another first number they do
not. The malware's words are not shipped, frequent English words stand in for them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache

from detectory.detectors.dga.families._family import Family, days
from detectory.detectors.dga.families._words import frequent

ANALYSIS = (
    "https://www.rsaconference.com/writable/presentations/file_upload/"
    "br-r01-end-to-end-analysis-of-a-domain-generating-algorithm-malware-family.pdf"
)
FAMILY = Family("suppobox", ANALYSIS, "words", substituted=True)
BATCHES = days(date(2015, 1, 1), count=20, apart=2)

#: where the bits of the number go, lowest first
SHUFFLE = (3, 9, 13, 6, 2, 4, 11, 7, 14, 1, 10, 5, 8, 12, 0)


def domains(batch: str, count: int) -> list[str]:
    """The first names from a day's midnight (UTC) on.

    >>> domains("2015-01-01", 1)[0].endswith(".net")
    True
    """
    midnight = datetime.combine(date.fromisoformat(batch), time(), tzinfo=UTC)
    first = int(midnight.timestamp()) >> 9
    pairs = map(word_indices, range(first, first + count))
    return [f"{_words()[begin]}{_words()[end]}.net" for begin, end in pairs]


def word_indices(number: int) -> tuple[int, int]:
    """Which two of the 384 words a number picks: seven of its lowest 15 bits choose one, eight the other.

    >>> word_indices(0), word_indices(2**15 - 1)
    ((0, 128), (127, 383))
    """
    bits = ["0"] * 15
    for position in SHUFFLE:
        bits[position] = "01"[number & 1]
        number >>= 1
    return int("".join(bits[:7]), 2), 128 + int("".join(bits[7:]), 2)


@cache
def _words() -> tuple[str, ...]:
    return frequent(384, letters=range(5, 11))
