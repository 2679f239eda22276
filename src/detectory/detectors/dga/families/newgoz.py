"""Newgoz (Gameover Zeus of July 2014): 1,000 names a day, an MD5 of number and date in base 36.

Each of the digest's four words becomes at most seven digits 0-9a-z; com, org, biz or net follows from
the number. Johannes Bader, "The DGA of newGOZ" (2014). Verified: all 800 published sample names, in
order, for 31 August 2015.
"""

from __future__ import annotations

import hashlib
import struct
from datetime import date

from detectory.detectors.dga.families._family import Family, days

FAMILY = Family("newgoz", "https://www.johannesbader.ch/2014/12/the-dga-of-newgoz/", "hash")
BATCHES = days(date(2015, 8, 31), count=20)

KEY = bytes([0x01, 0x05, 0x19, 0x35])
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 1,000.

    >>> domains("2015-08-31", 1)
    ['xzz3ug32bale1uo60y7xj6rge.com']
    """
    day = date.fromisoformat(batch)
    return [_name(number, day) for number in range(min(count, 1000))]


def _name(number: int, day: date) -> str:
    seed = struct.pack("<IH4sH4sH4s", number, day.year, KEY, day.month, KEY, day.day, KEY)
    words = struct.unpack("<4I", hashlib.md5(seed, usedforsecurity=False).digest())
    return "".join(map(_base36, words)) + _suffix(number)


def _base36(word: int) -> str:
    """The lowest seven digits.

    >>> _base36(36), _base36(0)
    ('10', '0')
    """
    text = ""
    for _ in range(7):
        word, digit = divmod(word, 36)
        text = DIGITS[digit] + text
        if not word:
            break
    return text


def _suffix(number: int) -> str:
    for divisor, suffix in ((4, ".com"), (3, ".org"), (2, ".biz")):
        if number % divisor == 0:
            return suffix
    return ".net"
