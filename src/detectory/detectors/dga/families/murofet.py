"""Murofet (Licat), second version: an MD5 of date and number, each byte's two halves added to a letter.

1,020 names a day; two numbers in a row give the same label under two of com, net, org, info and biz,
by what divides the number. Johannes Bader, "Three Variants of Murofet's DGA" (2015). Verified: all 816
published sample names, in order, for 3 September 2015; the date was found by trying all.
"""

from __future__ import annotations

import hashlib
import struct
from datetime import date

from detectory.detectors.dga.families._family import Family, days

FAMILY = Family("murofet", "https://johannesbader.ch/2015/09/three-variants-of-murofets-dga/", "hash")
BATCHES = days(date(2015, 9, 3), count=20)


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 1,020.

    >>> domains("2015-09-03", 4)[2:]
    ['rloqpoiongsuwyq.net', 'rloqpoiongsuwyq.org']
    """
    day = date.fromisoformat(batch)
    return [_label(day, number & ~1) + _suffix(number) for number in range(min(count, 1020))]


def _label(day: date, number: int) -> str:
    seed = struct.pack("<BBBBI", (day.year + 0x30) & 0xFF, day.month, day.day, 0, number)
    digest = hashlib.md5(seed, usedforsecurity=False).digest()
    sums = ((byte & 0xF) + (byte >> 4) for byte in digest)
    return "".join(chr(97 + total) for total in sums if total < 26)


def _suffix(number: int) -> str:
    for divisor, suffix in ((5, ".biz"), (4, ".info"), (3, ".org"), (2, ".net")):
        if number % divisor == 0:
            return suffix
    return ".com"
