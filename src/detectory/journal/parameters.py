"""The parameters of a run as one flat table, for trackers and for comparing runs."""

from __future__ import annotations

from detectory.journal.record import Record, Value


def parameters(record: Record) -> dict[str, Value]:
    """What the run was asked, and how each candidate was set: ``score.forest.n_estimators`` …

    What was said of a recipe, or of a candidate that the run never came to fit, stands as it was said.
    """
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
    tried = {name for one in record.tried for name in (one.name, f"{one.head}.{one.name}")}
    for name, params in record.choice.params.items():
        if name not in tried:
            found |= {f"{name}.{key}": value for key, value in params.items()}
    return found
