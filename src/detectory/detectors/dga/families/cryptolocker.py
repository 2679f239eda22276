"""CryptoLocker: 1,000 names a day of 12 to 15 letters a to y, seven suffixes in turn.

Day, month and the sum of year and number each run through a shift register, whose three states
together pick a letter. Fortinet, "A Closer Look at CryptoLocker's DGA" (2014). Verified: the list of
github.com/andrewaeva/DGA in order, as far as the day's 1,000 numbers go and, beyond them, to the sum
65,535 (60,349 names); the date was found by trying all. Year and number are only added: batches differ
in day and month, and another year would do as well.
"""

from __future__ import annotations

from datetime import date

from detectory.detectors.dga.families._arithmetic import U32
from detectory.detectors.dga.families._family import Family, days

FAMILY = Family(
    "cryptolocker",
    "https://www.fortinet.com/blog/threat-research/a-closer-look-at-cryptolocker-s-dga",
    "arithmetic",
)
BATCHES = days(date(2014, 10, 7), count=20)

SUFFIXES = ("com", "net", "biz", "ru", "org", "co.uk", "info")


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 1,000.

    >>> domains("2014-10-07", 2)
    ['ofdhiydrrttpblp.com', 'puciftnfkplcbhp.net']
    """
    day = date.fromisoformat(batch)
    return [f"{_label(day, number)}.{SUFFIXES[number % 7]}" for number in range(min(count, 1000))]


def _label(today: date, number: int) -> str:
    day = _widened(today.day, least=2)
    month = _widened(today.month, least=8)
    year = _widened(today.year + number, least=16)
    letters = ""
    for _ in range(_length(day, month, year)):
        month = (month ^ 4 * month & U32) >> 25 ^ 16 * (month & 0xFFFFFFF8) & U32
        day = (day >> 19 ^ (day >> 6 ^ day << 12) & 0x1FFF ^ day << 12) & U32
        year = (year ^ 8 * year & U32) >> 11 ^ (year & 0xFFFFFFF0) << 17 & U32
        letters += chr(97 + (day ^ month ^ year) % 25)
    return letters


def _widened(value: int, *, least: int) -> int:
    """A small number in both halves of 32 bits, because a register of few set bits would stand still."""
    doubled = (value << 16 ^ value) & U32
    return doubled if doubled >= least else value << 24 & U32


def _length(day: int, month: int, year: int) -> int:
    inner = day ^ (month ^ 4 * month & U32) >> 6
    return 12 + ((day ^ (year ^ 8 * year & U32 ^ inner >> 8) >> 5) >> 6 & 3)
