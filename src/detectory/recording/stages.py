"""What each stage's artifact adds to the record of a run.

In: an artifact, and the record so far. Out: fields of `journal.Record`. A stage that is not listed adds
nothing but its digest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from detectory.artifacts import Artifact
from detectory.journal import Gate, Metric, Record, Tried
from detectory.journal.record import metric_of

if TYPE_CHECKING:
    from detectory.recertify import Recertified

BESIDE = frozenset({"ablation", "leave_out"})
GIVEN = "source "
STUDY = ("own", "counts", "importance", "notes")
ROWS = ("read", "good", "duplicates", "rejected", "origins")


def fields_of(stage: str, artifact: Artifact, record: Record) -> dict[str, Any]:
    """The fields of the record that follow from the artifact of a stage."""
    reader = READERS.get(stage)
    return reader(artifact, record) if reader else {}


def _bronze(artifact: Artifact, record: Record) -> dict[str, Any]:
    """Where rows came from: names, counts of rows, digests of what was given; no path of the machine."""
    made_from = record.stages["bronze"].made_from
    given = {name.removeprefix(GIVEN): digest for name, digest in made_from.items() if name.startswith(GIVEN)}
    facts = artifact.facts
    return {"sources": {"lists": facts["lists"], "rows": facts["sources"], "given": given}}


def _silver(artifact: Artifact, record: Record) -> dict[str, Any]:
    return {"data": {name: artifact.facts[name] for name in ROWS}}


def _split(artifact: Artifact, record: Record) -> dict[str, Any]:
    return {"data": {**record.data, "parts": artifact.facts["rows"]}}


def _fit(artifact: Artifact, record: Record) -> dict[str, Any]:
    return {"tried": [_tried(one, metric=one["metric"]) for one in _competing(artifact)]}


def _tune(artifact: Artifact, record: Record) -> dict[str, Any]:
    """The best of every search; its trials are in the artifact, and their qualities a series."""
    studies: list[Mapping[str, Any]] = artifact.json("studies.json")
    found = {one["name"]: {name: one[name] for name in STUDY} for one in studies}
    return {"tried": [_best(one) for one in studies if one["best"]], "facts": {"studies": found}}


def _best(study: Mapping[str, Any]) -> Tried:
    head, _, name = study["name"].partition(".")
    best, quality = study["best"], Metric(study["best"]["value"])
    why = f"best of {len(study['trials'])} trials"
    return Tried(
        name=name, head=head, kind="", params=best["params"], metric=study["metric"], quality=quality, why=why
    )


def _compress(artifact: Artifact, record: Record) -> dict[str, Any]:
    """The candidates again, with their variants: which were chosen and why, and the size of each."""
    metrics = {one.head: one.metric for one in record.tried}
    chosen = {one["head"]: artifact.facts[f"chosen_{one['head']}"] for one in _competing(artifact)}
    return {
        "tried": [
            _tried(one, metric=metrics.get(one["head"], ""), chosen=chosen[one["head"]] == one["name"])
            for one in _competing(artifact)
        ]
    }


def _competing(artifact: Artifact) -> list[Mapping[str, Any]]:
    """The models that may ship: without those that were fitted only for comparison."""
    return [one for one in artifact.facts.get("candidates", ()) if one["role"] not in BESIDE]


def _tried(one: Mapping[str, Any], *, metric: str, chosen: bool = False) -> Tried:
    interval = one.get("quality_interval") or {"value": one["quality"]}
    return Tried(
        name=one["name"],
        head=one["head"],
        kind=one["kind"],
        params=dict(one["params"]),
        metric=metric,
        quality=metric_of(interval),
        way=one.get("way", ""),
        of=one.get("of", ""),
        chosen=chosen,
        why=one.get("why", ""),
        size_bytes=one.get("size_bytes"),
    )


def _judge(artifact: Artifact, record: Record) -> dict[str, Any]:
    return _verdict(artifact.json("verdict.json"))


def _verdict(verdict: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "metrics": {name: metric_of(found) for name, found in verdict["metrics"].items()},
        "gates": [msgspec.convert(gate, Gate) for gate in verdict["gates"]],
    }


def fields_of_recertified(found: Recertified) -> dict[str, Any]:
    """What a new threshold adds: its version, the rows behind it, and what holds at it."""
    rows = dict(found.rows)
    facts = {"recertified_from": found.recertified_from, "threshold": found.threshold.to_dict()}
    return {
        "version": found.version,
        "is_new": found.is_new,
        "sources": {"given": {rows.pop("file"): rows.pop("sha256")}},
        "data": rows,
        "facts": facts,
        **_verdict(found.verdict),
    }


READERS: Mapping[str, Callable[[Artifact, Record], dict[str, Any]]] = {
    "bronze": _bronze,
    "silver": _silver,
    "split": _split,
    "fit": _fit,
    "compress": _compress,
    "tune": _tune,
    "judge": _judge,
}
