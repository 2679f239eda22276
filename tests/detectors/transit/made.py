"""Small tables of each published form, made up: routes that run late at rush hour, and every kind of dirt."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.detectors.transit import workbook

DAYS, LOOKS_A_DAY, ROUTES, STOPS = 10, 20, 6, 5
FIRST = datetime(2017, 3, 5, 18, tzinfo=UTC)  # the morning of 6 March in Auckland

AUCKLAND = [
    "observed_at_utc",
    "route",
    "stop_id",
    "event",
    "delay_minutes",
    "stop_name",
    "stop_lat",
    "stop_lon",
]
SUBWAY = [
    "time_stamp",
    "vehicle_id",
    "current_status",
    "destination_latitude",
    "destination_longitude",
    "stop_id",
]
OLD = ["Report Date", "Route", "Time", "Day", "Location", "Incident", "Delay", "Gap", "Direction", "Vehicle"]
NEW = ["Date", "Line", "Time", "Day", "Location", "Incident", "Min Delay", "Min Gap", "Bound", "Vehicle"]
PRESENT = [
    "Date",
    "Route",
    "Time",
    "Day",
    "Location",
    "Incident",
    "Min Delay",
    "Min Gap",
    "Direction",
    "Vehicle",
]
BUS = ["hour", "route_encoded", "stop_sequence", "TMAX", "is_delayed"]


def make(folder: Path, *, seed: int) -> list[Path]:
    """Write a file of each form; every figure and name in them is made up."""
    rng = np.random.default_rng(seed)
    return [
        table(folder / "auckland.csv.gz", AUCKLAND, auckland(rng)),
        table(folder / "raw_transit_data.csv", [*SUBWAY, "delay"], subway(rng)),
        workbook.write(
            folder / "ttc-2020.xlsx", {"Jan 2020": [OLD, *incidents(rng)], "July 21": [NEW, *incidents(rng)]}
        ),
        table(folder / "ttc-2022.csv", PRESENT, incidents(rng)),
        segments(folder / "delay.json", rng),
        table(folder / "features.csv", BUS, [[8, route, 3, 41.5, route % 2] for route in range(20)]),
    ]


def table(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    """Write a CSV file, gzip where its name says so."""
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as out:
        csv.writer(out).writerows([header, *rows])
    return path


def auckland(rng: np.random.Generator) -> list[list[Any]]:
    """Delays by route, stop and rush hour, told again by the next looks at the feed; some of them errors."""
    usual = rng.normal(0, 2, (ROUTES, STOPS))
    rows, now = [], np.zeros(ROUTES)
    for look in range(DAYS * LOOKS_A_DAY):
        moment = FIRST + timedelta(days=look // LOOKS_A_DAY, minutes=45 * (look % LOOKS_A_DAY))
        now = 0.8 * now + rng.normal(0, 1, ROUTES)
        rush = 3.0 * (look % LOOKS_A_DAY in (2, 3, 13, 14))
        for route, stop in zip(*np.nonzero(rng.random((ROUTES, STOPS)) < 0.7), strict=True):
            delay = usual[route, stop] + now[route] + rush + rng.normal(0, 1)
            rows.append(
                auckland_row(moment, int(route), int(stop), delay if rng.random() > 0.01 else -1440.0)
            )
    return rows


def auckland_row(moment: datetime, route: int, stop: int, delay: float) -> list[Any]:
    event = "arrival" if stop == STOPS - 1 else "departure"
    place = [-36.85 - stop / 100, 174.76 + route / 100]
    time = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    return [time, f"R{route}", 7000 + 10 * route + stop, event, f"{delay:.3f}", f"{stop} Made Up Rd", *place]


def subway(rng: np.random.Generator) -> list[list[Any]]:
    """One day; half of the delays are the mean of the others, filled in."""
    measured = rng.normal(2, 3, 30)
    delays = [*measured.tolist(), *[float(measured.mean())] * 30]
    return [
        [f"2023-10-03 08:{at:02}:00-04:00", at % 4, "STOPPED_AT", 42.35, -71.06, 70000 + at % 5, delay]
        for at, delay in enumerate(delays)
    ]


def incidents(rng: np.random.Generator) -> list[list[str | float]]:
    """Incidents that kept a bus; their columns are called otherwise from year to year."""
    return [
        [
            "2020-01-02",
            "29",
            f"{8 + at % 9:02}:15",
            "Thursday",
            "MADE UP AT NOWHERE",
            "Mechanical",
            float(delay),
            20.0,
            "N",
            8000.0,
        ]
        for at, delay in enumerate(rng.integers(0, 90, 12).tolist())
    ]


def segments(path: Path, rng: np.random.Generator) -> Path:
    """Travel times of a pair of stations in seconds, null where no train ran."""
    records = [
        {
            "time": 1391402700000 + 900_000 * at,
            "lines": [
                {"line": "blue", "delay_actual": {"place-a|place-b": seconds, "place-b|place-c": None}}
            ],
        }
        for at, seconds in enumerate(rng.integers(60, 300, 8).tolist())
    ]
    path.write_text(json.dumps(records))
    return path
