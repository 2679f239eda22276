"""Measure: the quality of each entry on the same validation rows, and its cost.

In: entries of one head, and its validation rows. Out: `Measured`, and then `Compared` with the best of them:
quality with an interval from resampled groups, and the loss against the best on the same resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectory.compress.cost import Cost, cost_of, first, singles
from detectory.compress.entries import Entry
from detectory.compress.meter import metered
from detectory.metrics import Floats, Interval, intervals, rounded
from detectory.objectives import Graded, Objective
from detectory.parts import Part
from detectory.runtime import Head
from detectory.schema import Features

#: rows that are answered alone and together
STEADY_ROWS = 64


@dataclass(frozen=True, slots=True)
class Measured:
    """An entry with its quality by row weights, its quality on all rows, and its cost.

    It is ``steady`` if it answers a row alone as it does in a batch.
    """

    entry: Entry
    graded: Graded
    quality: float
    cost: Cost
    steady: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """A measured entry beside the best one: ``lost`` is how much better that is, on the same resamples."""

    entry: Entry
    quality: Interval
    lost: Interval
    cost: Cost
    metric: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without the cost: the same in every run."""
        entry = self.entry
        return {
            "name": entry.name,
            "head": entry.candidate.head,
            "metric": self.metric,
            "role": entry.role,
            "kind": entry.candidate.kind,
            "way": entry.way,
            "of": entry.of,
            "inputs": list(entry.candidate.inputs),
            "params": dict(entry.params),
            "note": entry.note,
            "size_bytes": entry.size_bytes,
            "quality": rounded(self.quality.value),
            "quality_interval": _rounded(self.quality),
            "lost": _rounded(self.lost),
        }


def measured(entry: Entry, *, objective: Objective, part: Part, apart: bool) -> Measured:
    """Measure one entry on the rows of a part; with ``apart`` its cost and memory in a process of its own."""
    head, features = Head(entry.graph, name=entry.name), part.features(entry.candidate.inputs)
    graded = objective.graded(head.answer(features), part)
    cost = (metered(entry.graph, features) if apart else None) or cost_of(head, features)
    return Measured(entry, graded, graded(np.ones(len(part.rows))), cost, is_steady(head, features))


def is_steady(head: Head, features: Features) -> bool:
    """Whether a row is answered alone as it is in a batch; not so where a graph rounds by the batch's range.

    Differences up to a thousandth are allowed: float32 sums in another order differ by far less.
    """
    some = first(features, STEADY_ROWS)
    alone = [head.answer(one) for one in singles(some)]
    return bool(np.allclose(np.concatenate(alone), head.answer(some), rtol=1e-3, atol=1e-3))


def compared(
    found: Sequence[Measured], *, best: Measured, objective: Objective, part: Part, seed: int
) -> list[Compared]:
    """Every entry beside the best, all on the same resamples of groups."""

    def measure(weight: Floats) -> dict[str, float]:
        quality = {one.entry.name: one.graded(weight) for one in found}
        lost = {f"lost {name}": quality[best.entry.name] - value for name, value in quality.items()}
        return quality | lost

    found_intervals = intervals(measure, part.groups, seed=seed, strata=objective.strata(part))
    return [
        Compared(
            one.entry,
            found_intervals[one.entry.name],
            found_intervals[f"lost {one.entry.name}"],
            one.cost,
            objective.metric,
        )
        for one in found
    ]


def _rounded(interval: Interval) -> dict[str, float | None]:
    return {end: None if value is None else rounded(value) for end, value in interval.as_dict().items()}
