"""Choose: measure every candidate's shipped bytes and take the best one of each head within its limits.

In: fit's graphs and the validation rows. Out: one graph a head (``score.onnx`` …), the trees that explain it
(``score.trees.onnx``), and the table of what was measured. Quality decides among those within the limits on
size and time a row; the test rows are never opened.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detectory import parts
from detectory.errors import NothingWithinLimits
from detectory.job import Job
from detectory.objectives import objectives
from detectory.runtime import Head
from detectory.schema import Features
from detectory.spec import Limits

LATENCY_ROWS = 300
#: a clock is noisy: a candidate is refused for its time only when it is clearly over
LATENCY_SLACK = 3.0


def run(job: Job) -> None:
    """Measure, choose, and copy the chosen graphs unchanged."""
    table = [_measured(job, candidate) for candidate in job.inputs["fit"].facts["candidates"]]
    heads = {}
    for head in dict.fromkeys(row["head"] for row in table):
        best = _best(job, [row for row in table if row["head"] == head and row["role"] == "candidate"])
        job.out.write(f"{head}.onnx", job.inputs["fit"].read(best["file"]))
        heads[head] = {"file": f"{head}.onnx", "inputs": best["inputs"], "classes": best["classes"]}
        if best["trees"]:
            heads[head]["trees"] = f"{head}.trees.onnx"
            job.out.write(heads[head]["trees"], job.inputs["fit"].read(best["trees"]))
        job.fact(f"chosen_{head}", best["name"])
    job.fact("heads", heads)
    job.fact("candidates", [{key: row[key] for key in row if key != "row_us"} for row in table])
    job.measure("row_us", {row["file"]: row["row_us"] for row in table})


def _measured(job: Job, candidate: Mapping[str, Any]) -> dict[str, Any]:
    job.say(f"{candidate['head']} {candidate['name']}")
    graph = job.inputs["fit"].read(candidate["file"])
    tables = job.inputs["fit"].read(candidate["trees"]) if candidate["trees"] else b""
    head = Head(graph, name=candidate["file"])
    objective = objectives(job)[candidate["head"]]
    validation = objective.rows(parts.part(job, "validation"))
    features = validation.features(candidate["inputs"])
    return {
        **candidate,
        "size_bytes": len(graph) + len(tables),
        "quality": round(objective.quality(head.answer(features), validation), 6),
        "row_us": row_us(head, features),
    }


def row_us(head: Head, features: Features) -> float:
    """Microseconds that one row takes in the graph: the median over different rows, one at a time."""
    count = min(LATENCY_ROWS, len(next(iter(features.values()))))
    taken = []
    for row in range(count):
        single = {name: tensor[row : row + 1] for name, tensor in features.items()}
        began = time.perf_counter_ns()
        head.answer(single)
        taken.append((time.perf_counter_ns() - began) / 1000)
    return round(float(np.median(taken)), 2)


def _best(job: Job, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    limits = job.detector.spec.limits
    fitting = [row for row in rows if _within(row, limits)]
    if not fitting:
        raise NothingWithinLimits(job.detector.name, head=rows[0]["head"], size_mib=limits.size_mib)
    return max(fitting, key=lambda row: row["quality"])


def _within(row: Mapping[str, Any], limits: Limits) -> bool:
    return bool(
        row["size_bytes"] <= limits.size_mib * 2**20 and row["row_us"] <= LATENCY_SLACK * limits.row_us
    )
