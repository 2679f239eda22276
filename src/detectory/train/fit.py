"""Fit: every candidate of the detector on the training rows, each written as the ONNX graph it ships as.

In: silver, gold, split. Out: a graph for each candidate and ablation, ``candidates.json``, and
``baselines.json``. Validation rows only stop a fit early and say which candidate to ablate; the
calibration and test rows are never opened.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from detectory import models, parts
from detectory.errors import BadDetector, did_you_mean
from detectory.job import Job
from detectory.metrics import rounded
from detectory.models import graph
from detectory.models.candidate import EXPLAINED, Candidate, Fitted, OfTrees
from detectory.objectives import Objective, objectives
from detectory.parts import Part
from detectory.spec import UNSUPERVISED, Binary
from detectory.train import baselines
from detectory.train.lesson import lesson_of


def run(job: Job) -> None:
    """Fit the candidates of all heads, the ablations of the best one that decides, and the baselines."""
    learning = {name: parts.part(job, name) for name in ("train", "validation")}
    known: Sequence[Candidate] = job.detector.candidates
    heads = objectives(job)
    first = next(iter(heads))
    _check(job, {one.head for one in known}, first=first)
    _check_baselines(job, [one.name for one in known if one.head == first])
    job.choice.check_heads(heads, [*known, *job.detector.recipes])
    chosen = [one for one in job.choice.of(known, job.detector.recipes) if one.head in heads]
    graded = [
        (one, _fit(job, one, learning, heads[one.head], note=f"candidate {at} of {len(chosen)}"))
        for at, one in enumerate(chosen, start=1)
    ]
    if rivals := [pair for pair in graded if pair[0].head == first and not job.choice.elsewhere(pair[0])]:
        best = max(rivals, key=lambda pair: pair[1])[0]
        _ablate(job, best, learning)
        _leave_out(job, best, learning)
    _write_searches(job, chosen)
    job.out.write_json("baselines.json", baselines.fitted(job, learning["train"]))
    job.fact("families", parts.families(job))
    job.say(", ".join(f"{one.head}.{one.name}" for one in chosen))


def _write_searches(job: Job, fitted: Sequence[Candidate]) -> None:
    """Write the searches from which fitted candidates, and the recipes after them, have their parameters."""
    names = [f"{one.head}.{one.name}" for one in fitted]
    names += [f"{one.head}.{one.name}" for one in job.choice.recipes(job.detector.recipes)]
    # on another split, a row that tests here may have graded trials there
    here = job.inputs["split"].digest
    searches = [
        {**found, "on_other_rows": found["split"] != here}
        for name, found in job.choice.searches.items()
        if name in names
    ]
    job.out.write_json("searches.json", searches)
    job.fact("searches", {one["name"]: _search_facts(one) for one in searches})


def _search_facts(search: Mapping[str, Any]) -> dict[str, Any]:
    """What the lineage of a version keeps of a search."""
    facts = {"artifact": search["artifact"], "trials": len(search["trials"])}
    return facts | ({"on_other_rows": True} if search["on_other_rows"] else {})


def _check(job: Job, named: Collection[str], *, first: str) -> None:
    """Raises `BadDetector` where no candidate can decide, or an interval has only one end."""
    if first not in named:
        why = f"no candidate of model.py is for the head '{first}'"
        raise BadDetector(job.detector.name, why=why, where="model.py")
    if ("low" in named) != ("high" in named):
        why = "an interval has the heads 'low' and 'high', or neither of them"
        raise BadDetector(job.detector.name, why=why, where="model.py")


def _check_baselines(job: Job, known: Sequence[str]) -> None:
    """Raises `BadDetector` for a baseline that is neither an unsupervised one nor a candidate."""
    spec = job.detector.spec
    for name in spec.simpler if isinstance(spec, Binary) else ():
        if name not in known:
            why = f"there is no baseline '{name}': {did_you_mean(name, [*UNSUPERVISED, *known])}"
            raise BadDetector(spec.name, why=why, where="detector.toml")


def _fit(
    job: Job,
    candidate: Candidate,
    learning: Mapping[str, Part],
    objective: Objective,
    *,
    role: str = "candidate",
    note: str = "",
    **said: Any,
) -> float:
    """Fit and write one candidate; gives its quality on the validation rows."""
    began = time.monotonic()
    label = f"{candidate.head}.{candidate.name}"
    job.say(label, note=note or role)
    lesson, validation = lesson_of(
        candidate,
        learning,
        objective,
        seed=job.seed,
        threads=job.threads,
        watch=job.watch(label),
        work=job.work / f"{role}-{candidate.head}-{candidate.name}",
    )
    elsewhere = job.choice.elsewhere(candidate)
    fitted = (elsewhere or models).fit(candidate, lesson)
    quality = objective.quality(fitted.answer(validation.features(candidate.inputs)), validation)
    said |= {"role": role, "quality": rounded(quality), "metric": objective.metric}
    said |= {"elsewhere": elsewhere.said if elsewhere else {}}
    _write(job, candidate, fitted, objective.classes, said)
    job.measure(f"{candidate.head} {candidate.name} seconds", round(time.monotonic() - began, 2))
    return quality


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
        "trees": _write_tables(job, candidate, fitted, role=said["role"]),
    }
    job.out.facts.setdefault("candidates", []).append({**facts, **said})


def _write_tables(job: Job, candidate: Candidate, fitted: Fitted, *, role: str) -> str:
    """Write the tables that explain a candidate made of trees; gives the file's name, or an empty one."""
    if role != "candidate" or candidate.head not in EXPLAINED or not isinstance(fitted, OfTrees):
        return ""
    name = f"{role}-{candidate.head}-{candidate.name}.trees.onnx"
    job.out.write(name, graph.to_bytes(fitted.tables()))
    return name


def _ablate(job: Job, best: Candidate, learning: Mapping[str, Part]) -> None:
    """The best candidate once more, without the tensors that each ablation leaves out."""
    objective = objectives(job)[best.head]
    for name, left_out in job.detector.spec.ablations.items():
        inputs = tuple(tensor for tensor in best.inputs if tensor not in left_out)
        if inputs and inputs != best.inputs:
            _fit(job, replace(best, name=name, inputs=inputs), learning, objective, role="ablation")


def _leave_out(job: Job, best: Candidate, learning: Mapping[str, Part]) -> None:
    """The best candidate once more, without the rows that each ``leave_out`` names."""
    objective = objectives(job)[best.head]
    for name, values in job.detector.spec.leave_out.items():
        others = {part: rows.where(~parts.matching(values)) for part, rows in learning.items()}
        _fit(job, replace(best, name=name), others, objective, role="leave_out", left_out=values)
