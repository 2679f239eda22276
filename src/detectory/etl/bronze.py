"""Bronze: rows as found, with where each was found. Reads the detector's sources; judges nothing.

Out: ``rows-NNNN.parquet`` with the detector's raw fields, ``label``, ``population``, ``batch``, and
for every row its ``source``, ``line`` and ``origin`` (real, generated, synthetic); ``labels-NNNN.parquet``
with what sources say of entities apart from their rows. What ``extract`` gives back (columns that were
renamed, say) is a fact of the artifact.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from detectory.detector import Origin
from detectory.errors import NothingToRead
from detectory.job import Job

PART_ROWS = 250_000


def run(job: Job) -> None:
    """Extract every source of the detector."""
    rows = _Rows(job)
    stated = job.detector.part("source").extract(rows, sources=job.sources)
    rows.close()
    job.say(f"{rows.count:,} rows")
    if not rows.count:
        given = [str(path) for path in job.sources.given]
        raise NothingToRead(job.detector.name, given=given, left_out=rows.left_out)
    job.fact("rows", rows.count)
    job.fact("origins", dict(sorted(rows.origins.items())))
    job.fact("sources", dict(sorted(rows.sources.items())))
    if stated:
        job.fact("stated", stated)
    job.fact("sample", job.sample)
    job.fact("lists", job.sources.lists)


class _Rows:
    """Collects what ``extract`` adds and writes it in parts, so that memory stays bounded."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._waiting: list[pl.DataFrame] = []
        self._parts = self._labels = 0
        self.count = self.left_out = 0
        self.origins: Counter[str] = Counter()
        self.sources: Counter[str] = Counter()

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        frame = self._sampled(pl.DataFrame(columns, strict=False), source)
        if self._waiting and self._waiting[-1].columns[:-2] != frame.columns:  # rows of another door
            self.close()
        self._waiting.append(
            frame.with_columns(source=pl.lit(source), origin=pl.lit(origin, dtype=pl.String))
        )
        self.count += frame.height
        self.origins[origin] += frame.height
        self.sources[source] += frame.height
        self._job.say("reading", note=f"{self.count:,} rows, the last of {source}")
        if sum(part.height for part in self._waiting) >= PART_ROWS:
            self.close()

    def labels(self, columns: dict[str, list[Any]], *, source: str) -> None:
        frame = pl.DataFrame(columns, strict=False).with_columns(source=pl.lit(source))
        name = f"labels-{self._labels:04}.parquet"
        self._job.out.write_by(name, partial(frame.write_parquet, compression="zstd"))
        self._labels += 1

    def close(self) -> None:
        if not self._waiting:
            return
        rows = pl.concat(self._waiting, how="vertical_relaxed")
        name = f"rows-{self._parts:04}.parquet"
        self._job.out.write_by(name, partial(rows.write_parquet, compression="zstd"))
        self._waiting, self._parts = [], self._parts + 1

    def _sampled(self, frame: pl.DataFrame, source: str) -> pl.DataFrame:
        if self._job.sample >= 1:
            return frame
        # seeded by source and position: adding a source does not change which rows of another stay
        rng = np.random.default_rng([self._job.seed, self.sources[source], *source.encode()])
        kept = frame.filter(pl.Series(rng.random(frame.height) < self._job.sample))
        self.left_out += frame.height - kept.height
        return kept
