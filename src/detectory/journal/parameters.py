"""The parameters of a run as one flat table, for trackers and for comparing runs."""

from __future__ import annotations

from detectory.journal.record import Record, Value


def parameters(record: Record) -> dict[str, Value]:
    """What the run was asked, and how each candidate was set: ``score.forest.n_estimators`` …"""
    found: dict[str, Value] = {
        "seed": record.seed,
        "sample": record.sample,
        "threads": record.threads,
        "candidates": ",".join(record.choice.names) or "all",
    }
    for one in record.tried:
        name = f"{one.head}.{one.name}"
        found |= {f"{name}.kind": one.kind} if one.kind else {}
        found |= {f"{name}.{key}": value for key, value in one.params.items()}
    return found
