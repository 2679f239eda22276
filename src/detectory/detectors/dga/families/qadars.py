"""Qadars: 200 names of 12 characters a-z0-9 a week under com, org or net, from the ANSI C generator.

The state begins at the week's first second (Monday, 0:00 UTC); the sample's seed is the increment.
Johannes Bader, "The DGA of Qadars" (2016). Verified: all 160 published sample names, in order, for the
week of 28 March 2016 and the seed 89f5 (found by running the generator backwards), and the names that
the analysis shows for 12 April 2016, which begin at Monday the 4th.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from detectory.detectors.dga.families._arithmetic import walk
from detectory.detectors.dga.families._family import Family, days

FAMILY = Family("qadars", "https://www.johannesbader.ch/2016/04/the-dga-of-qadars/", "arithmetic")
BATCHES = days(date(2016, 3, 28), count=25, apart=7)

SEED = 0x89F5
CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
SUFFIXES = ("com", "org", "net")


def domains(batch: str, count: int) -> list[str]:
    """The first names of the week that begins on a Monday, at most 200.

    >>> domains("2016-03-28", 2)
    ['jk9enwhansl2.org', 'sdqfodmf81m7.net']
    """
    midnight = datetime.combine(date.fromisoformat(batch), time(), tzinfo=UTC)
    states = walk(_ansi_c, int(midnight.timestamp()))
    names = []
    for _ in range(min(count, 200)):
        name = "".join(CHARACTERS[next(states) % 36] for _ in range(12))
        names.append(f"{name}.{SUFFIXES[next(states) % 3]}")
    return names


def _ansi_c(state: int) -> int:
    return (1103515245 * state + SEED) & 0x7FFFFFFF
