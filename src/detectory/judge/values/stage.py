"""Judging a detector that predicts numbers: intervals, verdict, golden rows, report.

The margin of the intervals reads calibration rows and nothing else does; the test rows are read here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from detectory import parts
from detectory.artifacts import Artifact
from detectory.blame import Part as Checks
from detectory.errors import BadDetector
from detectory.job import Job
from detectory.judge import behaviour, draft, gates
from detectory.judge.facts import facts_of
from detectory.judge.values.evaluate import Predicted, compared, evaluate
from detectory.judge.values.intervals import Intervals, choose
from detectory.judge.values.report import ValueFacts
from detectory.judge.verdict import CheckResult, LeftOut
from detectory.models import forecasts
from detectory.parts import Part, matching
from detectory.runtime import Head, Scorer, interval
from detectory.schema import Array, Features
from detectory.spec import Regression

#: how far a value may go the wrong way where a check asks for a direction, in deviations of the values
SLACK = 0.05


def run(job: Job, spec: Regression) -> None:
    """Intervals, verdict, golden rows, report."""
    intervals, test = _intervals(job, spec), parts.part(job, "test")
    found = _predicted(job, spec, test, intervals)
    job.say(f"{len(found.target):,} test rows")
    verdict = evaluate(found, baselines=_baselines(job, test), ablations=_ablations(job, test), seed=job.seed)
    files = draft.files_of(job, {"intervals.json": intervals.to_dict()})
    scorer = draft.scorer_of(job, files)
    verdict = replace(
        verdict,
        left_out=_left_out(test, found, job.inputs["fit"], seed=job.seed),
        behaviour=_behaviour(job, test, scorer, slack=SLACK * float(np.std(found.value))),
    )
    held = gates.check(gates.read(spec.gates, detector=spec.name), verdict.metrics)
    job.say(f"report of {len(found.target):,} test rows")
    facts = ValueFacts(verdict=verdict, intervals=intervals, unit=spec.target.unit, **facts_of(job, held))
    golden = draft.golden(spec, scorer, [test.rows.sort("target")])
    draft.write(job, facts, verdict.metrics, files, golden)


def _answers(job: Job, features: Features) -> dict[str, Array]:
    """What each head says of the rows, float64[N] by head."""
    heads = job.inputs["compress"].facts["heads"]
    return {name: draft.head_of(job, name).answer(features).astype(np.float64) for name in heads}


def _intervals(job: Job, spec: Regression) -> Intervals:
    calibration = parts.part(job, "calibration")
    told = _answers(job, calibration.features())
    return choose(
        calibration.target,
        told.get("low", told["value"]),
        told.get("high", told["value"]),
        coverage=spec.intervals.coverage,
        method="quantiles" if "low" in told else "residuals",
    )


def _predicted(job: Job, spec: Regression, test: Part, intervals: Intervals) -> Predicted:
    told = _answers(job, test.features())
    low, high = interval(told["value"], told.get("low"), told.get("high"), margin=intervals.margin)
    return Predicted(
        value=told["value"],
        low=low,
        high=high,
        target=test.target,
        seen=test.rows["seen"].to_numpy(),
        population=test.rows["population"].to_numpy().astype(str),
        group=test.groups,
        coverage=intervals.coverage,
        slices=draft.slices_of(spec, test.rows),
    )


def _baselines(job: Job, test: Part) -> dict[str, Array]:
    saved: Mapping[str, Mapping[str, Any]] = job.inputs["fit"].json("baselines.json")
    rows, features = test.rows.to_dict(as_series=False), test.features(["dense"])
    return {name: forecasts.restore(facts).predict(rows, features) for name, facts in saved.items()}


def _ablations(job: Job, test: Part) -> dict[str, Array]:
    features = test.features()
    return {
        name: head.answer(features)
        for name, head in draft.heads_of_role(job, "ablation", head="value").items()
    }


def _left_out(test: Part, found: Predicted, fit: Artifact, *, seed: int) -> dict[str, LeftOut]:
    """Every model that was fitted without some rows, on the test rows of that kind, beside this version."""
    told = {}
    for one in fit.facts["candidates"]:
        if one["role"] != "leave_out":
            continue
        at = np.flatnonzero(test.rows.select(matching(one["left_out"])).to_series().to_numpy())
        head, rows = Head(fit.read(one["file"]), name=one["file"]), found.only(at)
        value = head.answer({name: tensor[at] for name, tensor in test.features(head.inputs).items()})
        sides = (compared(side, rows, seed=seed) for side in (value, rows.value))
        told[one["name"]] = LeftOut(len(at), *sides)
    return told


def _behaviour(job: Job, test: Part, scorer: Scorer, *, slack: float) -> list[CheckResult]:
    checks = job.detector.part("behaviour")
    _refuse_alerts(checks, job.detector.name)
    order = np.random.default_rng(job.seed).permutation(test.rows.height)[: behaviour.ROWS_A_CHECK]
    sent = draft.as_sent(scorer.spec, test.rows[order])
    rows = dict.fromkeys(("any", "benign", "target"), sent)  # numbers have no sides
    return behaviour.results(checks, rows, scorer.score, slack=slack, seed=job.seed)


def _refuse_alerts(checks: Checks, detector: str) -> None:
    for check in (*checks.invariances(), *checks.directional(), *checks.evasions()):
        if check.expect == "alert":
            why = f"the check '{check.name}' expects an alert, and a number never alerts"
            raise BadDetector(detector, why=why, where="behaviour.py")
