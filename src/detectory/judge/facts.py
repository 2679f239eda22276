"""What a report needs besides the verdict: counts, candidates, lineage, environment.

In: the artifacts of the run. Out: arguments of `Facts`. No clock and no latency is among them: the same
artifacts give the same report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version as version_of
from typing import Any

from detectory import elsewhere
from detectory.detector import REAL_LISTS
from detectory.job import Job
from detectory.judge import compression, searched
from detectory.judge.gates import GateResult
from detectory.judge.reported import DataCounts
from detectory.version import __version__

LIBRARIES = ("numpy", "onnxruntime", "polars", "scikit-learn", "xgboost-cpu")


def facts_of(job: Job, held: Sequence[GateResult], *, notes: Sequence[str] = ()) -> dict[str, Any]:
    """What every report shows, as arguments of its `Facts`; ``notes`` come after those of the run."""
    spec, bronze, silver = job.detector.spec, job.inputs["bronze"].facts, job.inputs["silver"].facts
    searches = job.inputs["fit"].json("searches.json")
    return dict(
        detector=spec.name,
        title=spec.title,
        question=spec.question,
        gates=held,
        data=DataCounts(silver["read"], silver["good"], silver["duplicates"], silver["rejected"]),
        searches=searches,
        candidates=compression.rows_of(job.inputs["compress"].facts),
        origins=silver["origins"],
        lineage={name: artifact.digest for name, artifact in job.inputs.items()},
        environment={"detectory": __version__, **{name: version_of(name) for name in LIBRARIES}},
        notes=[*_notes(bronze), *_elsewhere(job), *searched.notes(searches), *notes],
    )


def _elsewhere(job: Job) -> list[str]:
    """What a reader must know of models that were not trained here."""
    found = elsewhere.notes(job.inputs["fit"].facts, job.inputs["compress"].facts)
    return [f"{note[0].upper()}{note[1:]}." for note in found]


def _notes(bronze: Mapping[str, Any]) -> list[str]:
    notes = []
    if bronze["sample"] < 1:
        notes.append(f"Made from a sample of {bronze['sample']:.2%} of the raw rows: too few to ship.")
    lists = REAL_LISTS[bronze["lists"]]
    notes.append(f"{lists[0].upper()}{lists[1:]}.")
    return notes
