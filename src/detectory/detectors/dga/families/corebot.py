"""CoreBot: 40 hosts a day under ddns.net, 12 to 23 characters a-y and 0-8, from a linear generator.

It starts at a constant of the sample plus a group number and the date. Johannes Bader, "The DGA of
CoreBot" (2015). Verified: all 40 published sample names, in order, for 8 September 2015. (Year and day
are only added: 9 September 2014 would give the same.)
"""

from __future__ import annotations

from datetime import date

from detectory.detectors.dga.families._arithmetic import U32, walk
from detectory.detectors.dga.families._family import Family, days

FAMILY = Family("corebot", "https://www.johannesbader.ch/2015/09/the-dga-of-corebot/", "arithmetic")
BATCHES = days(date(2015, 9, 8), count=125)

SEED, GROUP = 0x1DB98930, 1
CHARACTERS = "abcdefghijklmnopqrstuvwxy012345678"


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 40.

    >>> domains("2015-09-08", 2)
    ['lkhylm0mhyfuhg.ddns.net', 's63234wluv5v365bwp5.ddns.net']
    """
    day = date.fromisoformat(batch)
    states = walk(_next, SEED + day.year + (GROUP << 16 | day.month << 8 | day.day))
    lengths = (12 + next(states) % 12 for _ in range(min(count, 40)))
    labels = ("".join(CHARACTERS[next(states) % 34] for _ in range(length)) for length in lengths)
    return [f"{label}.ddns.net" for label in labels]


def _next(state: int) -> int:
    return (1664525 * state + 1013904223) & U32
