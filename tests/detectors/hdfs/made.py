"""Made-up blocks in the forms in which HDFS_v1 is published: none of them ever was in a cluster."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from detectory.blocks.hdfs import COUNTED, STATEMENTS

BEGAN = datetime(2031, 5, 6, 7, 0, 0, tzinfo=UTC)
TRACED, LOGGED, COUNTED_BLOCKS = 4_000, 150, 600
FAILING = 0.15

# What stands for each %s of a statement, in turn; B is the block.
VALUES: dict[int, tuple[str, ...]] = {
    2: ("B",),
    3: ("10.1.2.3:50010", "B", "/10.1.2.4"),
    5: ("B", "/10.1.2.3:40000", "/10.1.2.3:50010"),
    7: ("B", "java.io.IOException: Could not read from stream"),
    9: ("B", "67108864", "/10.1.2.3"),
    10: ("1 B", "java.io.EOFException"),
    11: ("0", "B"),
    13: ("B",),
    14: ("B java.io.EOFException",),
    20: ("B",),
    21: ("B", "/data/current/B"),
    22: ("/user/hive/part-00001. B",),
    23: ("B", "10.1.2.3:50010"),
    26: ("10.1.2.3:50010", "B", "67108864"),
    27: ("B", "10.1.2.3:50010", "67108864"),
}


@dataclass(frozen=True)
class Block:
    """A made-up block: its id, its events in order, whether it fails, and when its lines were written."""

    name: str
    events: tuple[int, ...]
    fails: bool
    seconds: tuple[int, ...]


def make(folder: Path, *, seed: int) -> list[Path]:
    """The four files of HDFS_v1 with about 4,750 blocks, each block in one of the forms only."""
    found = list(blocks(TRACED + LOGGED + COUNTED_BLOCKS, seed=seed))
    traced, logged, counted = found[:TRACED], found[TRACED : TRACED + LOGGED], found[TRACED + LOGGED :]
    return [
        traces(folder / "Event_traces.csv", traced),
        log(folder / "HDFS.log", logged),
        labels(folder / "anomaly_label.csv", logged),
        matrix(folder / "Event_occurrence_matrix.csv", counted),
    ]


def blocks(count: int, *, seed: int) -> Iterator[Block]:
    """Blocks that are written three times over, read, and deleted; some of them go wrong."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        fails = bool(rng.random() < FAILING)
        events = [5, 22, *_mixed([5, 5, 11, 9, 11, 9, 11, 9, 26, 26, 26], rng)]
        events += _mixed([int(event) for event in rng.choice([2, 3], size=rng.integers(4))], rng)
        events += _fault(rng) if fails else []
        events += [23, 23, 23, 21, 21, 21] if rng.random() < 0.7 else []
        seconds = np.sort(rng.integers(0, 3_000, size=len(events))) + number
        yield Block(_name(rng), tuple(events), fails, tuple(seconds.tolist()))


def _name(rng: np.random.Generator) -> str:
    return f"blk_{int(rng.integers(-(2**63), 2**63, dtype=np.int64))}"


def _mixed(events: list[int], rng: np.random.Generator) -> list[int]:
    return [events[at] for at in rng.permutation(len(events)).tolist()]


def _fault(rng: np.random.Generator) -> list[int]:
    faults = ([7, 10], [14, 7, 13], [27, 27], [20], [10, 10, 14])
    return faults[int(rng.integers(len(faults)))]


def lines(found: list[Block]) -> Iterator[str]:
    """The lines of some blocks as a log holds them, in the order of time."""
    written = [
        (second, row, line_of(event, block.name, second))
        for row, block in enumerate(found)
        for event, second in zip(block.events, block.seconds, strict=True)
    ]
    return (line for _, _, line in sorted(written, key=lambda one: one[:2]))


def line_of(event: int, block: str, second: int = 0) -> str:
    """One line as HDFS would write it.

    >>> line_of(2, "blk_7")
    '310506 070000 35 INFO dfs.DataNode: Verification succeeded for blk_7'
    """
    at = (BEGAN + timedelta(seconds=second)).strftime("%y%m%d %H%M%S")
    message = STATEMENTS[event] % tuple(value.replace("B", block) for value in VALUES[event])
    return f"{at} 35 INFO dfs.DataNode: {message}"


def log(path: Path, found: list[Block]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines(found)), encoding="utf-8")
    return path


def labels(path: Path, found: list[Block]) -> Path:
    return _table(
        path, ["BlockId", "Label"], ([one.name, "Anomaly" if one.fails else "Normal"] for one in found)
    )


def traces(path: Path, found: list[Block]) -> Path:
    names = ["BlockId", "Label", "Type", "Features", "TimeInterval", "Latency"]
    return _table(path, names, map(_trace, found))


def _trace(block: Block) -> list[str]:
    events = ",".join(f"E{event}" for event in block.events)
    intervals = ", ".join(str(float(step)) for step in np.diff([block.seconds[0], *block.seconds]))
    latency = str(block.seconds[-1] - block.seconds[0])
    return [block.name, _label(block), "7" if block.fails else "", f"[{events}]", f"[{intervals}]", latency]


def matrix(path: Path, found: list[Block]) -> Path:
    events = range(1, COUNTED + 1)
    rows = (
        [one.name, _label(one), "", *(str(Counter(one.events)[event]) for event in events)] for one in found
    )
    return _table(path, ["BlockId", "Label", "Type", *(f"E{event}" for event in events)], rows)


def _label(block: Block) -> str:
    return "Fail" if block.fails else "Success"


def _table(path: Path, names: list[str], rows: Iterator[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([names, *rows])
    return path
