"""Gold: the feature tensors of every silver row, in silver's order.

In: silver. Out: one Parquet file a tensor. The same ``features`` runs here and in serving; nothing
is fitted here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectory import tensors
from detectory.etl import features
from detectory.job import Job

CHUNK_ROWS = 100_000


def run(job: Job) -> None:
    """Compute the tensors in chunks."""
    rows = pl.read_parquet(job.inputs["silver"].path("rows.parquet"))
    names: dict[str, Sequence[str]] = job.detector.part("features").NAMES
    chunks = []
    for start in range(0, rows.height, CHUNK_ROWS):
        part = rows.slice(start, CHUNK_ROWS)
        chunks.append(features.made(job.detector, part, before=start))
        job.say("rows", done=start + part.height, of=rows.height)
    whole = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in names}
    tensors.write(job.out, whole, names)
    job.say(f"{rows.height:,} rows")
    job.fact("rows", rows.height)
    job.fact("tensors", {name: [str(t.dtype), *t.shape[1:]] for name, t in whole.items()})
