"""Lengths of time: as they are given on the command line, and as they are shown."""

from __future__ import annotations

import re

import click

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def span(context: click.Context | None, parameter: click.Parameter | None, value: str | None) -> float | None:
    """The callback of an option that is a length of time: seconds. Raises `click.BadParameter`.

    >>> span(None, None, "90m"), span(None, None, "14d"), span(None, None, None)
    (5400.0, 1209600.0, None)
    """
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,5})([smhd])", value)
    if found is None:
        why = f"'{value}' is no number of seconds, minutes, hours or days, as 90s, 12h or 14d"
        raise click.BadParameter(why, context, parameter)
    return float(int(found[1]) * UNITS[found[2]])


def in_words(seconds: float) -> str:
    """Seconds in the largest unit of which there are two.

    >>> [in_words(seconds) for seconds in (0.4, 90, 600, 43_200, 200_000)]
    ['0 s', '90 s', '10 min', '12 h', '2.3 d']
    """
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size, 1):g} {unit}"
    return f"{seconds:.0f} s"
