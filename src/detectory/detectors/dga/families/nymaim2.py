"""Nymaim (the version of April 2018): word, hyphen or nothing, word, suffix; 64 names a day.

Four numbers a name, from MD5 digests chained over seed and day of the year. Johannes Bader, "The new
Domain Generation Algorithm of Nymaim" (2018). Verified: hyphen and suffix of all 558 published sample
names, in order, for 29 April 2018 and ten days back, and their words stand in the order of our
indices, for the malware's lists are alphabetical (2,450 words from ``realty`` to ``zope``, 4,387 from
``context`` to ``ranks``). Those are not shipped, frequent English words stand in for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice

from detectory.detectors.dga.families._family import Family, days
from detectory.detectors.dga.families._words import frequent

FAMILY = Family(
    "nymaim2",
    "https://johannesbader.ch/2018/04/the-new-domain-generation-algorithm-of-nymaim/",
    "words",
    substituted=True,
)
BATCHES = days(date(2018, 4, 19), count=80)

SEED = "3138C81ED54AD5F8E905555A6623C9C9"
FIRST_WORDS, SECOND_WORDS = 2450, 4387
SEPARATORS = ("-", "")
SUFFIX_LIST = (
    "com com com net net net ac ad at am az be biz bt by cc ch cm cn co com cx cz de dk ec eu gs hn ht id "
    "in info it jp ki kr kz la li lk lv me mo mv mx name net nu org ph pk pl pro ps re ru sc sg sh su tel "
    "tf tj tk tm top uz vn win ws wtf xyz yt"
)
SUFFIXES = SUFFIX_LIST.split()


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 64.

    >>> domains("2018-04-27", 2)[0].endswith(".top")
    True
    """
    first, second = _words()
    return [
        f"{first[a]}{SEPARATORS[b]}{second[c]}.{SUFFIXES[d]}" for a, b, c, d in choices(batch, min(count, 64))
    ]


def choices(batch: str, count: int) -> list[tuple[int, int, int, int]]:
    """Which first word, separator, second word and suffix each name of a day takes.

    >>> choices("2018-04-27", 1)
    [(2099, 0, 1995, 66)]
    """
    day = date.fromisoformat(batch).timetuple()
    numbers = _numbers(_md5(_md5(SEED) + f"{day.tm_year - 2000}{day.tm_yday - 1}"))
    quadruples = zip(numbers, numbers, numbers, numbers, strict=False)
    sizes = (FIRST_WORDS, len(SEPARATORS), SECOND_WORDS, len(SUFFIXES))
    return [
        (a % sizes[0], b % sizes[1], c % sizes[2], d % sizes[3]) for a, b, c, d in islice(quadruples, count)
    ]


def _numbers(digest: str) -> Iterator[int]:
    while True:
        yield int(digest[:8], 16)
        digest = _md5(digest[7:])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@cache
def _words() -> tuple[list[str], list[str]]:
    lengths = range(4, 14)
    first = frequent(FIRST_WORDS, letters=lengths, initials="rstuvwxyz")
    second = frequent(SECOND_WORDS, letters=lengths, initials="cdefghijklmnopqr")
    return sorted(first), sorted(second)
