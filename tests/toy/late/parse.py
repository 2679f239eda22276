"""A bus has a stop, a day and an hour; a distance where it is known (an empty cell says nothing)."""

import math

import numpy as np

from detectory.schema import Parsed, Rejected

FIELDS = ("stop", "day", "hour", "km")
NOTHING = (None, "")


def parse(rows, *, door="arrival") -> Parsed:
    kept, rejected = [], []
    for row, values in enumerate(zip(*(rows[name] for name in FIELDS), strict=True)):
        fault = _fault(*values)
        if fault:
            rejected.append(Rejected(row, fault, "not_understood"))
        else:
            kept.append((row, *values))
    row, stop, day, hour, km = zip(*kept, strict=True) if kept else ((),) * 5
    columns = {
        "stop": [text.strip().lower() for text in stop],
        "day": [int(float(number)) for number in day],
        "hour": [float(number) for number in hour],
        "km": [None if number in NOTHING else float(number) for number in km],
        "clock": [int(float(number)) for number in hour],
    }
    source = np.array(row, dtype=np.int64)
    return Parsed(columns, np.arange(len(source)), source, rejected)


def _fault(stop, day, hour, km) -> str:
    if not isinstance(stop, str) or not stop.strip():
        return "stop"
    if not _between(day, 0, 100_000):
        return "day"
    if not _between(hour, 0, 24):
        return "hour"
    return "" if km in NOTHING or _between(km, 0, 1_000) else "km"


def _between(value, low, high) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return False
    return math.isfinite(number) and low <= number <= high
