"""Sisron: today's date and the nine before it in Base64, under com, org, net and info.

The text is ``ddmmyyyy``, lower-cased after encoding, with ``a`` for the padding; so all names of a year
end alike. Johannes Bader, "The DGA of Sisron" (2016). Verified: all 40 published sample names, in
order, for 2 June 2016.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import date, timedelta

from detectory.detectors.dga.families._family import Family, days

FAMILY = Family("sisron", "https://johannesbader.ch/2016/06/the-dga-of-sisron/", "derived")
BATCHES = days(date(2013, 4, 19), count=125, apart=10)

SUFFIXES = ("com", "org", "net", "info")


def domains(batch: str, count: int) -> list[str]:
    """The first names of a day, at most 40.

    >>> domains("2016-06-02", 2)
    ['mdiwnjiwmtya.com', 'mdewnjiwmtya.com']
    """
    today = date.fromisoformat(batch)
    labels = [_label(today - timedelta(days=back)) for back in range(10)]
    return [f"{label}.{suffix}" for suffix in SUFFIXES for label in labels][:count]


def _label(day: date) -> str:
    text = f"{day.day:02}{day.month:02}{day.year}".encode("ascii")
    return b64encode(text).decode("ascii").lower().replace("=", "a")
