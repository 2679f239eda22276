"""What a graph costs on this machine: time for one row, rows a second, and memory.

Clocks differ from run to run, so a cost is noted beside an artifact and is never part of its digest.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectory.runtime import Head
from detectory.schema import Features

#: rows that are scored one by one, and how many of them warm the graph up first
SINGLE_ROWS, WARM_UP = 300, 50
#: rows of a batch, scored as they are served: in chunks
BATCH_ROWS = 4096
#: the best of so many tries: whatever else the machine does can only slow a graph down
TRIES = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds for one row alone (median and 99th percentile), rows that one core scores in a second in a
    batch, and MiB that opening the graph and scoring the batch add to a process.

    ``peak_mib`` is None where the cost was not measured in a process of its own.
    """

    p50_us: float
    p99_us: float
    rows_a_second: float
    peak_mib: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def cost_of(head: Head, features: Features) -> Cost:
    """The cost of a graph that is open, in this process."""
    tries = [np.quantile(_one_by_one(head, features), [0.5, 0.99]).tolist() for _ in range(TRIES)]
    p50, p99 = min(tries)
    return Cost(round(float(p50), 2), round(float(p99), 2), round(_rows_a_second(head, features)))


def first(features: Features, count: int) -> Features:
    """The first rows."""
    return {name: tensor[:count] for name, tensor in features.items()}


def singles(features: Features) -> list[Features]:
    """Each row by itself."""
    return [{name: tensor[at : at + 1] for name, tensor in features.items()} for at in range(_rows(features))]


def _one_by_one(head: Head, features: Features) -> NDArray[np.float64]:
    """float64[N]: microseconds of each row; the rows differ, since repeating one flatters the caches."""
    rows = singles(first(features, SINGLE_ROWS))
    for row in rows[:WARM_UP]:
        head.answer(row)
    return np.array([_microseconds(head, row) for row in rows])


def _microseconds(head: Head, features: Features) -> float:
    began = time.perf_counter_ns()
    head.answer(features)
    return (time.perf_counter_ns() - began) / 1000


def _rows_a_second(head: Head, features: Features) -> float:
    """By the time of the thread, not of the clock: other processes may run beside it."""
    batch = first(features, BATCH_ROWS)
    best_ns = min(_processor_ns(head, batch) for _ in range(TRIES))
    return _rows(batch) / max(best_ns, 1) * 1e9


def _processor_ns(head: Head, features: Features) -> int:
    began = time.thread_time_ns()
    head.answer(features)
    return time.thread_time_ns() - began


def _rows(features: Features) -> int:
    return len(next(iter(features.values())))
