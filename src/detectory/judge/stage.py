"""Judge: score the calibration and test rows with the bytes that will ship, and say what they are worth.

In: the chosen graphs, gold, split. Out: ``threshold.json``, ``golden.json``, ``verdict.json`` and the
report. The threshold reads calibration rows and nothing else does; the test rows are read here, once.
A failed gate is part of the verdict: it stops the promotion, not the judgement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectory import parts
from detectory.artifacts import digest_of
from detectory.bundle import Head as HeadFacts, Opened, assemble, payload_of
from detectory.job import Job
from detectory.judge import behaviour, gates, left_out, report, slices
from detectory.judge.evaluate import CheckResult, Metrics, Scored, core_metrics, evaluate
from detectory.judge.facts import facts_of
from detectory.judge.threshold import Budget, Threshold, choose
from detectory.metrics import Interval
from detectory.models import baselines
from detectory.parts import Part
from detectory.runtime import Head, Scorer, golden_of, labels
from detectory.schema import Column, Features
from detectory.spec import Slice, Spec

GOLDEN_ROWS = 64
TRAVELS = ("detector.toml", "parse.py", "features.py")


def run(job: Job) -> None:
    """Threshold, verdict, golden rows, report."""
    judged(job, _threshold(job))


def judged(job: Job, threshold: Threshold, *, notes: Sequence[str] = ()) -> None:
    """Everything but the choice of the threshold; ``notes`` stand at the head of the report."""
    test = parts.part(job, "test")
    features = test.features()
    scored = _scored(job, test, features, threshold)
    classes = [job.detector.spec.label.negative, *scored.families]
    job.say(f"{len(scored.target):,} test rows")
    verdict = evaluate(scored, threshold=threshold, classes=classes, seed=job.seed)
    files = _files(job, threshold)
    scorer = _scorer(job, files)
    verdict = replace(
        verdict,
        baselines=_baselines(job, scored, features),
        ablations=_ablations(job, scored, features),
        left_out=left_out.judged(test, scored, job.inputs["fit"], seed=job.seed),
        behaviour=_behaviour(job, test, scorer),
    )
    held = gates.check(gates.read(job.detector.spec.gates, detector=job.detector.name), verdict.metrics)
    job.say("report")
    facts = facts_of(job, verdict, threshold, held)
    for name, data in report.render(replace(facts, notes=[*facts.notes, *notes])).items():
        job.out.write(name, data)
    for name in (*TRAVELS, "threshold.json"):
        job.out.write(name, files[name])
    job.out.write_json("verdict.json", verdict_of(verdict.metrics, held, files))
    job.out.write_json("golden.json", _golden(job.detector.spec, scorer, test))


def _threshold(job: Job) -> Threshold:
    calibration = parts.part(job, "calibration").where(~pl.col("target"))
    budget = Budget(**msgspec.structs.asdict(job.detector.spec.budget))
    head = _head(job, "score")
    return choose(head.log_odds(calibration.features(head.inputs)), budget=budget)


def _head(job: Job, name: str) -> Head:
    return Head(job.inputs["compress"].read(f"{name}.onnx"), name=name)


def _scored(job: Job, test: Part, features: Features, threshold: Threshold) -> Scored:
    spec, rows = job.detector.spec, test.rows
    log_odds = _head(job, "score").log_odds(features)
    alert = threshold.alerts(log_odds.astype(np.float64))
    heads: Mapping[str, Any] = job.inputs["compress"].facts["heads"]
    classes: Sequence[str] = heads.get("family", {}).get("classes", [])
    families = _head(job, "family").log_odds(features) if classes else None
    return Scored(
        log_odds=log_odds,
        alert=alert,
        predicted=labels(alert, None if families is None else families[alert], classes, spec),
        target=test.target,
        label=rows["label"].to_numpy().astype(str),
        seen=rows["seen"].to_numpy(),
        population=rows["population"].to_numpy().astype(str),
        group=test.groups,
        slices={name: _slice(rows, cut) for name, cut in spec.slices.items()},
        family_log_odds=families,
        families=tuple(classes),
    )


def _slice(rows: pl.DataFrame, cut: Slice) -> NDArray[np.str_]:
    """The slice of every row: the length of a text, or a value; rare values are told together."""
    column = rows[cut.column]
    if cut.lengths:
        return slices.by_length(column.str.len_chars().to_numpy(), cut.lengths)
    common = column.value_counts(sort=True).head(cut.top)[cut.column].to_list()
    return column.replace_strict(common, common, default="other").to_numpy().astype(str)


def _baselines(job: Job, scored: Scored, features: Features) -> dict[str, Metrics]:
    saved: Mapping[str, Mapping[str, Any]] = job.inputs["fit"].json("baselines.json")
    found = {name: baselines.restore(name, facts) for name, facts in saved.items()}
    return {name: core_metrics(one.score(features), scored, seed=job.seed) for name, one in found.items()}


def _ablations(job: Job, scored: Scored, features: Features) -> dict[str, Metrics]:
    fitted = [one for one in job.inputs["fit"].facts["candidates"] if one["role"] == "ablation"]
    graphs = {one["name"]: Head(job.inputs["fit"].read(one["file"]), name=one["file"]) for one in fitted}
    return {
        name: core_metrics(head.log_odds(features), scored, seed=job.seed) for name, head in graphs.items()
    }


def _files(job: Job, threshold: Threshold) -> dict[str, bytes]:
    """The bytes that decide a score: judged here, and shipped as they are."""
    own = {name: (job.detector.folder / name).read_bytes() for name in TRAVELS}
    graphs = {name: job.inputs["compress"].read(name) for name in job.inputs["compress"].names()}
    return {**own, **graphs, "threshold.json": msgspec.json.encode(threshold.to_dict())}


def _scorer(job: Job, files: Mapping[str, bytes]) -> Scorer:
    """The bundle as it will be, not yet signed, opened by the very code that serves it."""
    heads = {name: HeadFacts(**facts) for name, facts in job.inputs["compress"].facts["heads"].items()}
    manifest = assemble(files, detector=job.detector.name, heads=heads, lineage={})
    digest = digest_of(payload_of(manifest).hex())
    return Scorer(Opened(str(job.detector.folder), digest, manifest, files), version="judged")


def _behaviour(job: Job, test: Part, scorer: Scorer) -> list[CheckResult]:
    shuffled = test.rows[np.random.default_rng(job.seed).permutation(test.rows.height)]
    kinds = {
        "any": shuffled,
        "benign": shuffled.filter(~pl.col("target")),
        "target": shuffled.filter("target", "seen"),
    }
    rows = {of: _as_sent(job.detector.spec, kind.head(behaviour.ROWS_A_CHECK)) for of, kind in kinds.items()}
    return behaviour.results(job.detector.part("behaviour"), rows, scorer.score, seed=job.seed)


def _as_sent(spec: Spec, rows: pl.DataFrame) -> dict[str, Column]:
    """What a caller would send for these entities."""
    return spec.rows_of(rows.to_dict(as_series=False))


def verdict_of(
    metrics: Metrics, held: Sequence[gates.GateResult], files: Mapping[str, bytes]
) -> dict[str, Any]:
    """What promotion and people read; a verdict without a gate is no passing one."""
    return {
        "passed": bool(held) and all(result.passed for result in held),
        "gates": [result.to_dict() for result in held],
        "metrics": {name: Interval(*value).as_dict() for name, value in metrics.items()},
        "judged": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }


def _golden(spec: Spec, scorer: Scorer, test: Part) -> dict[str, Any]:
    """Rows for a server to reproduce: half of them malicious, spread over the test rows."""
    sides = [test.rows.filter(side) for side in (pl.col("target"), ~pl.col("target"))]
    rows = _as_sent(spec, pl.concat([_spread(side, GOLDEN_ROWS // 2) for side in sides]))
    return golden_of(rows, scorer.score(rows), scorer.features(rows))


def _spread(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """``count`` of the rows, evenly from the first to the last."""
    return rows[np.unique(np.linspace(0, max(rows.height - 1, 0), min(count, rows.height)).astype(int))]
