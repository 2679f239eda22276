"""The bundle as it will be, not yet signed: what is judged is what will ship.

In: a job, and the document that decides (``threshold.json`` or ``intervals.json``). Out: its files, the
scorer that answers with them, golden rows and verdict for it; and all of it written at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectory.artifacts import digest_of
from detectory.bundle import Head as HeadFacts, Opened, assemble, payload_of
from detectory.job import Job
from detectory.judge import report, slices
from detectory.judge.gates import GateResult
from detectory.judge.reported import Facts
from detectory.judge.verdict import Metrics
from detectory.metrics import Interval
from detectory.runtime import Head, Scorer, golden_of, open_scorer
from detectory.schema import Column
from detectory.spec import Slice, Spec

GOLDEN_ROWS = 64
TRAVELS = ("detector.toml", "parse.py", "features.py")


def files_of(job: Job, decides: Mapping[str, Mapping[str, Any]]) -> dict[str, bytes]:
    """The bytes that decide an answer: judged here, and shipped as they are."""
    own = {name: (job.detector.folder / name).read_bytes() for name in TRAVELS}
    graphs = {name: job.inputs["compress"].read(name) for name in job.inputs["compress"].names()}
    return {**own, **graphs, **{name: msgspec.json.encode(document) for name, document in decides.items()}}


def scorer_of(job: Job, files: Mapping[str, bytes]) -> Scorer:
    """The bundle as it will be, opened by the very code that serves it."""
    heads = {name: HeadFacts(**facts) for name, facts in job.inputs["compress"].facts["heads"].items()}
    manifest = assemble(files, detector=job.detector.name, heads=heads, lineage={})
    digest = digest_of(payload_of(manifest).hex())
    return open_scorer(Opened(str(job.detector.folder), digest, manifest, files), version="judged")


def head_of(job: Job, name: str) -> Head:
    """A head that was chosen."""
    return Head(job.inputs["compress"].read(f"{name}.onnx"), name=name)


def heads_of_role(job: Job, role: str, *, head: str) -> dict[str, Head]:
    """What was fitted for a head in this role (candidate, ablation), by name."""
    fitted = job.inputs["fit"].facts["candidates"]
    wanted = [one for one in fitted if (one["role"], one["head"]) == (role, head)]
    return {one["name"]: Head(job.inputs["fit"].read(one["file"]), name=one["file"]) for one in wanted}


def verdict_of(metrics: Metrics, held: Sequence[GateResult], files: Mapping[str, bytes]) -> dict[str, Any]:
    """What promotion and people read; a verdict without a gate is no passing one."""
    return {
        "passed": bool(held) and all(result.passed for result in held),
        "gates": [result.to_dict() for result in held],
        "metrics": {name: Interval(*value).as_dict() for name, value in metrics.items()},
        "judged": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }


def golden(spec: Spec, scorer: Scorer, kinds: Sequence[pl.DataFrame]) -> dict[str, Any]:
    """Rows for a server to reproduce: equally many of each kind, spread over its rows."""
    rows = as_sent(spec, pl.concat([_spread(kind, GOLDEN_ROWS // len(kinds)) for kind in kinds]))
    return golden_of(rows, scorer.score(rows), scorer.features(rows))


def write(
    job: Job, facts: Facts, metrics: Metrics, files: Mapping[str, bytes], golden: Mapping[str, Any]
) -> None:
    """What the judgement leaves: report, verdict, golden rows, and all that ships beside the graphs."""
    for name, data in report.render(facts).items():
        job.out.write(name, data)
    for name in set(files) - set(job.inputs["compress"].names()):
        job.out.write(name, files[name])
    job.out.write_json("verdict.json", verdict_of(metrics, facts.gates, files))
    job.out.write_json("golden.json", golden)


def as_sent(spec: Spec, rows: pl.DataFrame) -> dict[str, Column]:
    """What a caller would send for these entities."""
    return spec.rows_of(rows.to_dict(as_series=False))


def slices_of(spec: Spec, rows: pl.DataFrame) -> dict[str, NDArray[np.str_]]:
    """The declared slices: a value of each for every row."""
    return {name: _slice(rows, cut) for name, cut in spec.slices.items()}


def _slice(rows: pl.DataFrame, cut: Slice) -> NDArray[np.str_]:
    """The slice of every row: the length of a text, or a value; rare values are told together."""
    column = rows[cut.column].cast(pl.String).fill_null("none")
    if cut.lengths:
        return slices.by_length(column.str.len_chars().to_numpy(), cut.lengths)
    common = column.value_counts(sort=True).head(cut.top)[cut.column].to_list()
    return column.replace_strict(common, common, default="other").to_numpy().astype(str)


def _spread(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """``count`` of the rows, evenly from the first to the last."""
    return rows[np.unique(np.linspace(0, max(rows.height - 1, 0), min(count, rows.height)).astype(int))]
