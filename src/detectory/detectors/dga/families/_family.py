"""What a family is, what each file of this folder must define, and the labels of its batches.

Nothing here makes a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

GOLDEN = 0x9E3779B9  # 2^32 ÷ the golden ratio: its multiples spread evenly over 32 bits


@dataclass(frozen=True, slots=True)
class Family:
    """A malware family whose domain generation algorithm is published.

    ``kind`` says what names are made of: numbers (arithmetic), digests (hash), dictionary words
    (words) or another name (derived). ``substituted`` families follow the published algorithm with
    a word list of ours, because the malware's own may not be shipped.
    """

    name: str
    analysis: str
    kind: Literal["arithmetic", "hash", "words", "derived"]
    substituted: bool = False


class Generator(Protocol):
    """What each file of this folder defines.

    ``BATCHES`` are labels, a seed or a date each; names of one batch belong together and stay on
    one side of a split.
    """

    FAMILY: Family
    BATCHES: tuple[str, ...]

    def domains(self, batch: str, count: int) -> list[str]:
        """The first ``count`` names of a batch, in the malware's order; fewer where it makes fewer."""


def days(first: date, *, count: int, apart: int = 1) -> tuple[str, ...]:
    """Dates as labels, ``apart`` days from one another.

    >>> days(date(2015, 8, 31), count=3, apart=7)
    ('2015-08-31', '2015-09-07', '2015-09-14')
    """
    return tuple((first + timedelta(days=apart * step)).isoformat() for step in range(count))


def seeds(published: int, *, count: int) -> tuple[str, ...]:
    """A published 31-bit seed and others of ours, as labels.

    >>> seeds(0x79159C10, count=3)
    ('79159c10', '1e3779b9', '3c6ef372')
    """
    ours = (GOLDEN * step & 0x7FFFFFFF for step in range(1, count))
    return tuple(f"{seed:08x}" for seed in (published, *ours))
