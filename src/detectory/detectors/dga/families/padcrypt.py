"""PadCrypt: 24 names a day, 16 digits of a SHA-256 of date and number, decimal digits become letters.

So only the letters a to f and k to o occur. Johannes Bader, "The DGA of PadCrypt" (2016). Verified:
all 24 published sample names, in order, for 6 March 2016 (version 2.2.86.1).
"""

from __future__ import annotations

import hashlib
from datetime import date

from detectory.detectors.dga.families._family import Family, days

FAMILY = Family("padcrypt", "https://www.johannesbader.ch/2016/03/the-dga-of-padcrypt/", "hash")
BATCHES = days(date(2016, 3, 6), count=210)

SUFFIXES = ("com", "co.uk", "de", "org", "net", "eu", "info", "online", "co", "cc", "website")
TO_LETTERS = str.maketrans("0123456789", "abcdnfolmk")


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 24.

    >>> domains("2016-03-06", 2)
    ['elkfcfnacacmofdf.com', 'mkmeeefncfnfdmbm.de']
    """
    day = date.fromisoformat(batch)
    return [_name(f"{day.day}-{day.month}-{day.year}:{number}") for number in range(min(count, 24))]


def _name(seed: str) -> str:
    digest = hashlib.sha256(seed.encode()).hexdigest()
    chosen = int(digest[-1], 16)
    suffix = SUFFIXES[chosen] if chosen < len(SUFFIXES) else SUFFIXES[0]
    return f"{digest[3:19].translate(TO_LETTERS)}.{suffix}"
