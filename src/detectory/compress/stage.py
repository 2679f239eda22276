"""The stage: make variants of the candidates, measure everything alike, and write what was chosen.

In: fit's graphs, training rows where a recipe learns from them, and the validation rows. Out: one graph a
head (``score.onnx`` …), the trees that explain it (``score.trees.onnx``), and the table of what was measured.
The calibration and test rows are never opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detectory.compress.choose import Chosen, best_of, choose, refusal
from detectory.compress.entries import Entry, NotMade, entries_of
from detectory.compress.measure import Compared, Measured, compared, measured
from detectory.compress.subject import Rows
from detectory.errors import NothingWithinLimits
from detectory.job import Job
from detectory.objectives import Objective, objectives


def run(job: Job) -> None:
    """Every head by itself, in the order in which they were fitted."""
    rows, known = Rows(job), objectives(job)
    fitted = [one["head"] for one in job.inputs["fit"].facts["candidates"] if one["role"] == "candidate"]
    for name in ("heads", "candidates", "not_made"):
        job.fact(name, {} if name == "heads" else [])
    costs: dict[str, Any] = {}
    for head in dict.fromkeys(fitted):
        costs |= _head(job, head, known[head], rows)
    job.measure("costs", costs)
    job.say(", ".join(f"{head} by {job.out.facts[f'chosen_{head}']}" for head in dict.fromkeys(fitted)))


def _head(job: Job, head: str, objective: Objective, rows: Rows) -> dict[str, Any]:
    """Choose for one head; gives the cost of every entry, by head and name."""
    entries, not_made = entries_of(job, head, objective=objective, rows=rows)
    found = _measured(job, entries, objective, rows)
    table, chosen = _chosen(job, head, found, objective=objective, rows=rows)
    _write(job, next(one.entry for one in found if one.entry.name == chosen.name), objective)
    job.fact(f"chosen_{head}", chosen.name)
    job.out.facts["candidates"] += [one.to_dict() | {"why": chosen.why[one.entry.name]} for one in table]
    job.out.facts["not_made"] += [_not_made_facts(one, objective) for one in not_made]
    return {f"{head} {one.entry.name}": one.cost.to_dict() for one in found}


def _measured(job: Job, entries: Sequence[Entry], objective: Objective, rows: Rows) -> list[Measured]:
    """Measure all entries on the same rows; where there are variants, each in a process of its own."""
    part, apart = objective.rows(rows.validation), any(entry.way for entry in entries)
    found = []
    for at, entry in enumerate(entries):
        job.say(f"measuring {entry.candidate.head}", done=at, of=len(entries), note=entry.name)
        found.append(measured(entry, objective=objective, part=part, apart=apart))
    return found


def _chosen(
    job: Job, head: str, found: list[Measured], *, objective: Objective, rows: Rows
) -> tuple[list[Compared], Chosen]:
    """Raises `NothingWithinLimits` when no entry may ship."""
    spec = job.detector.spec
    refused = {one.entry.name: why for one in found if (why := refusal(one, spec.limits))}
    fitting = [one for one in found if one.entry.name not in refused]
    if not fitting:
        raise NothingWithinLimits(job.detector.name, head=head, size_mib=spec.limits.size_mib)
    part = objective.rows(rows.validation)
    table = compared(found, best=best_of(fitting), objective=objective, part=part, seed=job.seed)
    return table, choose(table, refused=refused, words=spec.compress)


def _write(job: Job, entry: Entry, objective: Objective) -> None:
    """Write what ships for a head: the very bytes that were measured."""
    head = entry.candidate.head
    job.out.write(f"{head}.onnx", entry.graph)
    inputs, classes = list(entry.candidate.inputs), list(objective.classes)
    facts: dict[str, Any] = {"file": f"{head}.onnx", "inputs": inputs, "classes": classes}
    if entry.trees:
        facts["trees"] = f"{head}.trees.onnx"
        job.out.write(facts["trees"], entry.trees)
    job.out.facts["heads"][head] = facts


def _not_made_facts(one: NotMade, objective: Objective) -> dict[str, str]:
    facts = {"name": one.name, "head": one.recipe.head, "metric": objective.metric}
    return facts | {"way": one.recipe.way, "of": one.of, "why": one.why}
