"""Tables that nobody ever saw: flows of a small network, with every kind of column that a table may have."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

Columns = dict[str, list[Any]]
START = datetime(2026, 3, 1)
FIELDS = ("proto", "bytes", "rate", "note")


def flows(rows: int = 3_000, *, seed: int = 0) -> Columns:
    """An attack sends much, and says so in its note; some rows say no rate, or an infinite one."""
    rng = np.random.default_rng(seed)
    attack = rng.random(rows) < 0.3
    kind = np.where(attack, np.where(rng.random(rows) < 0.5, "flood", "scan"), "normal")
    sent = rng.lognormal(np.where(attack, 7.5, 5), 1).astype(int)
    rate = np.round(rng.gamma(2, np.where(kind == "scan", 40, 10)), 2)
    rates = [_rate(value, draw) for value, draw in zip(rate.tolist(), rng.random(rows).tolist(), strict=True)]
    return {
        "flow_id": [f"flow-{number:06}" for number in range(rows)],
        "when": [(START + timedelta(minutes=7 * number)).isoformat() for number in range(rows)],
        "source": [f"10.0.{host // 200}.{host % 200 + 1}" for host in rng.integers(0, 150, rows).tolist()],
        "proto": rng.choice(["tcp", "udp", "icmp"], rows, p=[0.6, 0.3, 0.1]).tolist(),
        "bytes": sent.tolist(),
        "rate": rates,
        "note": [_note(rng, one) for one in kind.tolist()],
        "sensor": ["north"] * rows,
        "verdict": np.where(attack, "block", "pass").tolist(),
        "label": kind.tolist(),
    }


def trips(rows: int = 2_400, *, seed: int = 0) -> Columns:
    """How long a trip takes: by its line, its way and the hour, and a little by chance."""
    rng = np.random.default_rng(seed)
    way, hour = rng.uniform(1, 20, rows).round(2), rng.integers(5, 24, rows)
    route = rng.choice(["red", "green", "blue"], rows)
    rush = 4.0 * np.isin(hour, (8, 9, 17, 18))
    minutes = 2 * way + rush + 3 * (route == "red") + rng.normal(0, 1, rows)
    return {
        "day": [f"2026-03-{1 + 28 * row // rows:02}" for row in range(rows)],
        "route": route.tolist(),
        "way": way.tolist(),
        "hour": hour.tolist(),
        "minutes": minutes.round(2).tolist(),
    }


def _rate(value: float, draw: float) -> str:
    if draw < 0.1:
        return ""
    return "Infinity" if draw < 0.11 else str(value)


def _note(rng: np.random.Generator, kind: str) -> str:
    words = ["session", "opened", "closed", "retry", "cache", "reply", "query", "update", "route"]
    said = [*rng.choice(words, 4).tolist(), str(rng.integers(10_000))]
    return " ".join([*said, *(["burst"] if kind == "flood" and rng.random() < 0.6 else [])])


def write(path: Path, columns: Columns, *, header: bool = True) -> Path:
    """The columns as CSV."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        if header:
            writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path
