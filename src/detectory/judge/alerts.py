"""Judging a detector that alerts: threshold, verdict, golden rows, report.

The threshold reads calibration rows and nothing else does; the test rows are read here, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import polars as pl

from detectory import parts
from detectory.job import Job
from detectory.judge import behaviour, draft, gates, left_out
from detectory.judge.alert_report import ReportFacts
from detectory.judge.evaluate import core_metrics, evaluate
from detectory.judge.facts import facts_of
from detectory.judge.scored import Scored
from detectory.judge.threshold import Budget, Threshold, choose
from detectory.judge.verdict import CheckResult, Metrics
from detectory.models import baselines
from detectory.parts import Part
from detectory.runtime import Head, Scorer, labels
from detectory.schema import Features
from detectory.spec import Binary

#: how far, in log-odds, a score may go the wrong way where a check asks for a direction
SLACK = 0.5


def run(job: Job, spec: Binary) -> None:
    """Threshold, verdict, golden rows, report."""
    judged(job, spec, _threshold(job, spec))


def judged(job: Job, spec: Binary, threshold: Threshold, *, notes: Sequence[str] = ()) -> None:
    """Everything but the choice of the threshold; ``notes`` stand at the head of the report."""
    test = parts.part(job, "test")
    features = test.features()
    scored = _scored(job, spec, test, features, threshold)
    job.say(f"{len(scored.target):,} test rows")
    classes = [spec.label.negative, *scored.families]
    verdict = evaluate(scored, threshold=threshold, classes=classes, seed=job.seed)
    files = draft.files_of(job, {"threshold.json": threshold.to_dict()})
    scorer = draft.scorer_of(job, files)
    verdict = replace(
        verdict,
        baselines=_baselines(job, spec, scored, features),
        ablations=_ranked(job, scored, features, draft.heads_of_role(job, "ablation", head="score")),
        left_out=left_out.judged(test, scored, job.inputs["fit"], seed=job.seed),
        behaviour=_behaviour(job, test, scorer),
    )
    held = gates.check(gates.read(spec.gates, detector=spec.name), verdict.metrics)
    job.say(f"report of {len(scored.target):,} test rows")
    facts = ReportFacts(verdict=verdict, threshold=threshold, **facts_of(job, held, notes=notes))
    sides = [test.rows.filter(side) for side in (pl.col("target"), ~pl.col("target"))]
    draft.write(job, facts, verdict.metrics, files, draft.golden(spec, scorer, sides))


def _threshold(job: Job, spec: Binary) -> Threshold:
    calibration = parts.part(job, "calibration").where(~pl.col("target"))
    head = draft.head_of(job, "score")
    budget = Budget(**msgspec.structs.asdict(spec.budget))
    return choose(head.answer(calibration.features(head.inputs)), budget=budget)


def _scored(job: Job, spec: Binary, test: Part, features: Features, threshold: Threshold) -> Scored:
    rows = test.rows
    log_odds = draft.head_of(job, "score").answer(features)
    alert = threshold.alerts(log_odds.astype(np.float64))
    heads: Mapping[str, Any] = job.inputs["compress"].facts["heads"]
    classes: Sequence[str] = heads.get("family", {}).get("classes", [])
    families = draft.head_of(job, "family").answer(features) if classes else None
    return Scored(
        log_odds=log_odds,
        alert=alert,
        predicted=labels(alert, None if families is None else families[alert], classes, spec),
        target=test.target,
        label=rows["label"].to_numpy().astype(str),
        seen=rows["seen"].to_numpy(),
        population=rows["population"].to_numpy().astype(str),
        group=test.groups,
        slices=draft.slices_of(spec, rows),
        family_log_odds=families,
        families=tuple(classes),
    )


def _baselines(job: Job, spec: Binary, scored: Scored, features: Features) -> dict[str, Metrics]:
    """The fitted ones, and the candidates that the words call simpler and that were fitted, chosen or not."""
    saved: Mapping[str, Mapping[str, Any]] = job.inputs["fit"].json("baselines.json")
    found = {name: baselines.restore(name, facts) for name, facts in saved.items()}
    ranked = {name: core_metrics(one.score(features), scored, seed=job.seed) for name, one in found.items()}
    candidates = draft.heads_of_role(job, "candidate", head="score")
    return ranked | _ranked(
        job, scored, features, {name: candidates[name] for name in spec.simpler if name in candidates}
    )


def _ranked(job: Job, scored: Scored, features: Features, heads: Mapping[str, Head]) -> dict[str, Metrics]:
    return {name: core_metrics(head.answer(features), scored, seed=job.seed) for name, head in heads.items()}


def _behaviour(job: Job, test: Part, scorer: Scorer) -> list[CheckResult]:
    shuffled = test.rows[np.random.default_rng(job.seed).permutation(test.rows.height)]
    kinds = {
        "any": shuffled,
        "benign": shuffled.filter(~pl.col("target")),
        "target": shuffled.filter("target", "seen"),
    }
    rows = {of: draft.as_sent(scorer.spec, kind.head(behaviour.ROWS_A_CHECK)) for of, kind in kinds.items()}
    checks = job.detector.part("behaviour")
    return behaviour.results(checks, rows, scorer.score, slack=SLACK, seed=job.seed)
