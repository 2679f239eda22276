"""Buses of sixty days, made from a seed. The rows are synthetic unless a test says otherwise."""

import numpy as np

from detectory.schema import Rows

ORIGIN = "synthetic"
STOPS = ("north", "south", "east", "west")
DAYS = 60


def extract(into, *, sources) -> None:
    rng = np.random.default_rng(sources.seed)
    into.add(_rows(rng, 60, "bus"), source="buses", origin=ORIGIN)
    into.add(_rows(rng, 4, "ferry"), source="ferries", origin="real")


def groups(rows: Rows) -> list[str]:
    """A day is late as a whole: rain falls on all its buses."""
    return [f"{population} {day}" for population, day in zip(rows["population"], rows["day"], strict=True)]


def _rows(rng, each_day: int, population: str) -> dict:
    day = np.repeat(np.arange(DAYS), each_day)
    count = len(day)
    stop, hour, km = rng.integers(0, 4, count), rng.uniform(5, 23, count).round(2), rng.uniform(1, 20, count)
    rain = rng.exponential(1, DAYS)[day]
    rush = 4 * np.exp(-((hour - 8) ** 2)) + 6 * np.exp(-((hour - 17) ** 2) / 2)
    minutes = 0.4 * km + rush + 2 * stop + rain + rng.normal(0, 0.5 + 0.1 * km)
    told: list = minutes.round(2).tolist()
    told[5], told[6], told[7] = None, float("nan"), 9_999.0  # missing, no number, out of range
    kilometres: list = km.round(1).tolist()
    kilometres[9] = None
    return {
        "stop": [STOPS[at] for at in stop],
        "day": day.tolist(),
        "hour": hour.tolist(),
        "km": kilometres,
        "last": (minutes + rng.normal(0, 6, count)).round(1).tolist(),
        "minutes": told,
        "population": [population] * count,
        "batch": [str(number) for number in day],
        "line": list(range(1, count + 1)),
    }
