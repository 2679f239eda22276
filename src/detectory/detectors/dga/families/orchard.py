"""Orchard: an MD5 of the date, cut into four labels of eight hexadecimal digits, under four suffixes.

A second set of names, made of a Bitcoin account's balance, is left out: the balance of a day is no
part of the algorithm. 360 Netlab, "A new botnet Orchard Generates DGA Domains with Bitcoin Transaction
Information" (2022); Johannes Bader, "The Domain Generation Algorithm of Orchard v3" (2022). Verified:
the 16 published sample names of 29 September 2022, in order.
"""

from __future__ import annotations

import hashlib
from datetime import date

from detectory.detectors.dga.families._family import Family, days

FAMILY = Family("orchard", "https://bin.re/blog/a-dga-seeded-by-the-bitcoin-genesis-block/", "hash")
BATCHES = days(date(2022, 9, 29), count=313)

SUFFIXES = ("com", "net", "org", "duckdns.org")


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 16.

    >>> domains("2022-09-29", 2)
    ['867e6101.com', '867e6101.net']
    """
    digest = hashlib.md5(f"{batch}ojena.duckdns.org".encode(), usedforsecurity=False).hexdigest()
    labels = [digest[start : start + 8] for start in range(0, 32, 8)]
    return [f"{label}.{suffix}" for label in labels for suffix in SUFFIXES][:count]
