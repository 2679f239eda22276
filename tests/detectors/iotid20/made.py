"""Flows made up for tests, in the two forms in which IoTID20 is published.

Nothing here was ever on a wire. Normal flows are mostly one connection, as in the published set; attacks
are a flood and a scan.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detectory import detectors
from detectory.blocks.cicflowmeter import FIELDS

WHO = ("Flow_ID", "Src_IP", "Src_Port", "Dst_IP", "Dst_Port")
HEADER = ("ID", *WHO, "Protocol", "Timestamp", *FIELDS[1:], "Label", "Cat", "Sub_Cat")
IN_SAMPLE = detectors.load("iotid20").spec.doors["flow"].required
SAMPLE_HEADER = (*WHO, "Timestamp", *IN_SAMPLE, "Label")
#: kind, category, packets, mean bytes, mean microseconds between packets
KINDS = (
    ("Normal", "Normal", 3, 700, 90),
    ("Mirai-UDP Flooding", "Mirai", 2, 1300, 30),
    ("Scan Port OS", "Scan", 1, 40, 2000),
)
SHARES = (0.4, 0.3, 0.3)
Row = dict[str, Any]


def make(folder: Path, *, seed: int) -> list[Path]:
    """The full form: train and test as CSV.gz, whose names have spaces; 2,400 flows."""
    random = np.random.default_rng(seed)
    rows = [row(random, place) for place in range(2_400)]
    parts = {"train": rows[:1_900], "test": rows[1_900:]}
    paths = {name: folder / f"IoT network intrusion {name}.csv.gz" for name in parts}
    return [write(path, HEADER, parts[name]) for name, path in paths.items()]


def make_sample(folder: Path, *, seed: int, rows: int = 2_400) -> Path:
    """The form of the 1 % sample: 32 columns; who and when are codes, and the label is 0 or 1."""
    random = np.random.default_rng(seed)
    made = [row(random, place) for place in range(rows)]
    names = sorted({each["Flow_ID"] for each in made})
    for each in made:
        codes = {"Flow_ID": names.index(each["Flow_ID"]), "Timestamp": each["ID"] % 3600}
        each.update(codes, Label=int(each["Label"] == "Anomaly"))
    return write(folder / "iotid20 1pct.csv", SAMPLE_HEADER, made)


def row(random: np.random.Generator, place: int) -> Row:
    """One flow with every column of the full form; every tenth has no duration and an infinite rate."""
    at = int(random.choice(len(KINDS), p=SHARES))
    kind, category, packets, size, gap = KINDS[at]
    forward, backward = random.poisson(packets, 2) + 1
    gaps = random.gamma(2.0, gap / 2, 4) * (place % 10 > 0)
    sizes = random.gamma(3.0, size / 3, 2).round()
    return {name: 0 for name in FIELDS} | who(random, place, at) | times(gaps) | {
        "Tot_Fwd_Pkts": forward, "TotLen_Fwd_Pkts": forward * sizes[0],
        "Tot_Bwd_Pkts": backward, "TotLen_Bwd_Pkts": backward * sizes[1], "Bwd_Pkt_Len_Max": sizes[1],
        "Flow_Byts/s": rate(sizes.sum(), gaps.sum()), "Flow_Pkts/s": rate(forward + backward, gaps.sum()),
        "Bwd_Header_Len": 32 * backward, "Init_Bwd_Win_Byts": int(random.choice([-1, 1869, 32679])),
        "Label": "Normal" if at == 0 else "Anomaly", "Cat": category, "Sub_Cat": kind,
    }  # fmt: skip


def who(random: np.random.Generator, place: int, kind: int) -> Row:
    """Two thirds of the normal flows are one connection; every other one has a few flows."""
    port = 9020 if kind == 0 and random.random() < 0.65 else 40_000 + place // 20
    first, second = "192.0.2.13", "192.0.2.16"
    flow = f"{first}-{second}-{port}-{8000 + kind}-6"
    clock = f"25/07/2019 03:{place % 3600 // 60:02}:{place % 60:02} AM"
    found = dict(zip(WHO, (flow, first, port, second, 8000 + kind), strict=True))
    return {"ID": place, "Protocol": 6, "Timestamp": clock} | found


def times(gaps: Any) -> Row:
    """The statistics of the gaps between five packets, in microseconds."""
    return {
        "Flow_Duration": round(gaps.sum()), "Fwd_IAT_Tot": gaps[:2].sum(), "Bwd_IAT_Tot": gaps[2:].sum(),
        "Flow_IAT_Mean": gaps.mean(), "Flow_IAT_Std": gaps.std(),
        "Flow_IAT_Max": gaps.max(), "Flow_IAT_Min": gaps.min(),
        "Idle_Mean": gaps.mean(), "Idle_Max": gaps.max(), "Idle_Min": gaps.min(),
    }  # fmt: skip


def rate(amount: float, microseconds: float) -> float:
    return amount * 1e6 / microseconds if microseconds else float("inf")


def write(path: Path, header: Sequence[str], rows: Sequence[Row]) -> Path:
    """The rows' columns of the header as a CSV, compressed where the path says so."""
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as stream:
        table = csv.DictWriter(stream, header, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return path
