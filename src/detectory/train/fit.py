"""Fit: every candidate of the detector on the training rows, each written as the ONNX graph it ships as.

In: silver, gold, split. Out: a graph for each candidate and ablation, ``candidates.json``, and
``baselines.json``. Validation rows only stop a fit early and say which candidate to ablate; the
calibration and test rows are never opened.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import polars as pl

from detectory import metrics, models, parts
from detectory.job import Job
from detectory.models import baselines, graph
from detectory.models.candidate import Candidate, Fitted, Validation
from detectory.parts import Part


def run(job: Job) -> None:
    """Fit the candidates of both heads, the ablations of the best score candidate, and the baselines."""
    learning = {name: parts.part(job, name) for name in ("train", "validation")}
    candidates: Sequence[Candidate] = job.detector.part("model").candidates()
    heads = {"score"} if len(parts.families(job)) < 2 else {"score", "family"}
    fitted = [(one, _fit(job, one, learning)) for one in candidates if one.head in heads]
    best = _best([pair for pair in fitted if pair[0].head == "score"], job, learning["validation"])
    _ablate(job, best, learning)
    _leave_out(job, best, learning)
    _baselines(job, learning["train"])
    job.fact("families", parts.families(job))


def _fit(
    job: Job, candidate: Candidate, learning: Mapping[str, Part], *, role: str = "candidate", **said: Any
) -> Fitted:
    began = time.monotonic()
    job.say(f"{candidate.head} {candidate.name}")
    classes = parts.families(job) if candidate.head == "family" else []
    train, validation = (_rows_of_head(learning[name], classes) for name in ("train", "validation"))
    fitted = models.load(candidate.kind).fit(
        train.features(candidate.inputs),
        _target(train, classes),
        candidate=candidate,
        classes=classes,
        seed=job.seed,
        threads=job.threads,
        groups=train.groups,
        validation=Validation(validation.features(candidate.inputs), _target(validation, classes)),
    )
    _write(job, candidate, fitted, classes, {"role": role, **said})
    job.measure(f"{candidate.head} {candidate.name} seconds", round(time.monotonic() - began, 2))
    return fitted


def _rows_of_head(part: Part, classes: Sequence[str]) -> Part:
    """All rows for the score head; those of known families for the family head."""
    return part.where(pl.col("label").is_in(classes)) if classes else part


def _target(part: Part, classes: Sequence[str]) -> Any:
    return part.labels(classes) if classes else part.target


def _write(
    job: Job, candidate: Candidate, fitted: Fitted, classes: Sequence[str], said: Mapping[str, Any]
) -> None:
    name = f"{said['role']}-{candidate.head}-{candidate.name}.onnx"
    job.out.write(name, graph.to_bytes(fitted.graph()))
    facts: dict[str, Any] = {
        "file": name,
        "head": candidate.head,
        "name": candidate.name,
        "kind": candidate.kind,
        "inputs": list(candidate.inputs),
        "classes": list(classes),
        "params": dict(candidate.params),
    }
    job.out.facts.setdefault("candidates", []).append({**facts, **said})


def _best(fitted: Sequence[tuple[Candidate, Fitted]], job: Job, validation: Part) -> Candidate:
    """The candidate that does best on the validation rows, by what the budget asks for."""

    def quality(pair: tuple[Candidate, Fitted]) -> float:
        log_odds = pair[1].log_odds(validation.features(pair[0].inputs))
        return metrics.recall_around(log_odds, validation.target, rate=job.detector.spec.budget.rate)

    return max(fitted, key=quality)[0]


def _ablate(job: Job, best: Candidate, learning: Mapping[str, Part]) -> None:
    """The best candidate once more, without the tensors that each ablation leaves out."""
    for name, left_out in job.detector.spec.ablations.items():
        inputs = tuple(tensor for tensor in best.inputs if tensor not in left_out)
        if inputs != best.inputs:
            _fit(job, replace(best, name=name, inputs=inputs), learning, role="ablation")


def _leave_out(job: Job, best: Candidate, learning: Mapping[str, Part]) -> None:
    """The best candidate once more, without the rows that each ``leave_out`` names."""
    for name, values in job.detector.spec.leave_out.items():
        others = {part: rows.where(~parts.matching(values)) for part, rows in learning.items()}
        _fit(job, replace(best, name=name), others, role="leave_out", left_out=values)


def _baselines(job: Job, train: Part) -> None:
    names = job.detector.part("features").NAMES["dense"]
    found = baselines.fit(train.features(["dense"]), train.target, names=names)
    job.out.write_json("baselines.json", {name: asdict(baseline) for name, baseline in found.items()})
