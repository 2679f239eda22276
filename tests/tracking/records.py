"""Records of runs that trackers are told of."""

from __future__ import annotations

from typing import Any

from detectory.journal import Environment, Failure, Git, Metric, Process, Record, Series, Tried
from detectory.tracking.parcel import Table

RUN = "20261121-153101-toy-1f3a"


def record(**other: Any) -> Record:
    """A run of the toy detector that went well, with two candidates and a metric by step."""
    known: dict[str, Any] = {
        "id": RUN,
        "verb": "run",
        "detector": "toy",
        "state": "done",
        "began": "2026-11-21T15:31:01.122+00:00",
        "ended": "2026-11-21T15:31:04.500+00:00",
        "seconds": 3.378,
        "seed": 7,
        "environment": Environment("1.2.3", "CPython 3.11.7", "Linux", "a processor", 2, {"numpy": "2.4.6"}),
        "process": Process("here", "boot", 1, "2"),
        "git": Git("a" * 40, dirty=False),
        "tried": [
            tried(
                "tree",
                "trees",
                {"max_depth": 3, "class_weight": None},
                Metric(0.9, 0.8),
                chosen=True,
                size_bytes=2048,
            ),
            tried("linear", "linear", {"c": 0.5}, Metric(None)),
        ],
        "metrics": {"roc_auc": Metric(0.99, 0.97, 1.0), "ece": Metric(None)},
        "series": [Series("score.tree.loss", 9, [0, 4, 8], [0.7, None, 0.3])],
    }
    return Record(**known | other)


def tried(name: str, kind: str, params: dict[str, Any], quality: Metric, **more: Any) -> Tried:
    """A candidate for the head that decides."""
    return Tried(
        name=name, head="score", kind=kind, params=params, metric="macro-F1", quality=quality, **more
    )


TRIALS = {
    "score/tree": Table(
        ["number", "state", "value", "max_depth"], [[0, "complete", 0.9, 3], [1, "failed", None, 5]]
    )
}
FAILED = Failure("E5001", "a gate failed")
