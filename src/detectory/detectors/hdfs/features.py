"""Parsed blocks to the numbers that the models read.

Goes in: the columns ``sequence`` and ``latency_s`` that ``parse`` gives. Comes out: ``dense`` float32[N, 32]
and ``time`` float32[N, 2]. Pure and stateless: a batch equals its rows one by one, bit for bit. Nothing in
``dense`` knows the order of the events, so that a block has the same features by whichever door it came.
Events 30 to 33 are known and not counted, as in the published sets.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectory.blocks import hdfs
from detectory.blocks.text import pack
from detectory.kernels import listed
from detectory.schema import Column, Features, Rows

__all__ = ["DENSE", "LOGARITHMS", "NAMES", "TIME", "WORDS", "features"]

WORDS: dict[str, str] = {
    "events": "lines of the block",  # those not counted left out
    "distinct": "different events",
    "new": "lines that no statement of the table wrote",
    **{f"E{number}": f"lines '{hdfs.in_words(number)}'" for number in range(1, hdfs.COUNTED + 1)},
    "latency_known": "are the times of its lines known?",
    "latency": "seconds from its first line to the last",
}
TIME: tuple[str, ...] = ("latency_known", "latency")
DENSE: tuple[str, ...] = tuple(name for name in WORDS if name not in TIME)
LOGARITHMS = frozenset({"latency", *DENSE} - {"distinct"})
"""Counts and seconds are natural logarithms of 1 + n; a latency that is not known is 0."""

NAMES: dict[str, tuple[str, ...]] = {"dense": DENSE, "time": TIME}


def features(rows: Rows) -> Features:
    """The two tensors of N parsed blocks.

    >>> made = features({"sequence": ["5 5 22 0 30"], "latency_s": [None]})
    >>> found = dict(zip(DENSE, np.expm1(made["dense"][0]).round().tolist()))
    >>> found["events"], found["new"], found["E5"], found["E22"], made["time"].tolist()
    (4.0, 1.0, 2.0, 1.0, [[0.0, 0.0]])
    """
    counts = _counts(rows["sequence"])
    distinct = (counts > 0).sum(axis=1, keepdims=True)
    logarithms = np.log1p(np.hstack([counts.sum(axis=1, keepdims=True), counts]))
    dense = np.hstack([logarithms[:, :1], distinct, logarithms[:, 1:]])
    return {"dense": dense.astype(np.float32), "time": _time(rows["latency_s"])}


def _counts(sequences: Column) -> NDArray[np.int64]:
    """int64[N, 30]: new events first, then E1 to E29."""
    ends, ids, _ = listed.numbers(pack(sequences), most=hdfs.LAST)
    rows, width = len(ends) - 1, hdfs.LAST + 1
    places = np.repeat(np.arange(rows) * width, np.diff(ends)) + ids
    return np.bincount(places, minlength=rows * width).reshape(rows, width)[:, : hdfs.COUNTED + 1]


def _time(latency: Column) -> NDArray[np.float32]:
    seconds = np.array([np.nan if second is None else second for second in latency], dtype=np.float64)
    known = ~np.isnan(seconds)
    return np.column_stack([known, np.log1p(np.where(known, seconds, 0.0))]).astype(np.float32)
