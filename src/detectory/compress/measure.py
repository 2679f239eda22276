"""Measure: what each entry is worth on the same validation rows, and what it costs.

In: entries of one head, and its validation rows. Out: `Measured`, and then, beside the best of them,
`Compared`: quality with an interval from resampled groups, and what is lost against the best on the same
resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectory.compress.cost import Cost, cost_of
from detectory.compress.entries import Entry
from detectory.compress.meter import metered
from detectory.metrics import Floats, Interval, intervals
from detectory.objectives import Graded, Objective
from detectory.parts import Part
from detectory.runtime import Head

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Measured:
    """An entry with its quality by row weights, its quality on all rows, and its cost."""

    entry: Entry
    graded: Graded
    quality: float
    cost: Cost


@dataclass(frozen=True, slots=True)
class Compared:
    """A measured entry beside the best one: ``lost`` is what that has more, resample by resample."""

    entry: Entry
    quality: Interval
    lost: Interval
    cost: Cost
    metric: str

    def to_dict(self) -> dict[str, Any]:
        """What is the same in every run, as JSON: no clock is in it."""
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
            "quality": _stated(self.quality.value),
            "quality_interval": _rounded(self.quality),
            "lost": _rounded(self.lost),
        }


def measured(entry: Entry, *, objective: Objective, part: Part, apart: bool) -> Measured:
    """One entry on the rows of a part; its cost in a process ``apart`` if that is wanted, memory and all."""
    head, features = Head(entry.graph, name=entry.name), part.features(entry.candidate.inputs)
    graded = objective.graded(head.answer(features), part)
    cost = (metered(entry.graph, features) if apart else None) or cost_of(head, features)
    return Measured(entry, graded, graded(np.ones(len(part.rows))), cost)


def compared(
    found: Sequence[Measured], *, best: Measured, objective: Objective, part: Part, seed: int
) -> list[Compared]:
    """Every entry beside the best, all on the same resamples of groups."""

    def measure(weight: Floats) -> dict[str, float]:
        quality = {one.entry.name: one.graded(weight) for one in found}
        lost = {f"lost {name}": quality[best.entry.name] - value for name, value in quality.items()}
        return quality | lost

    told = intervals(measure, part.groups, seed=seed, strata=objective.strata(part))
    return [
        Compared(one.entry, told[one.entry.name], told[f"lost {one.entry.name}"], one.cost, objective.metric)
        for one in found
    ]


def _stated(quality: float) -> float | None:
    """A figure as a fact; what is not defined (recall without positives) is none."""
    return None if np.isnan(quality) else round(quality, _DIGITS)


def _rounded(found: Interval) -> dict[str, float | None]:
    return {end: None if value is None else round(value, _DIGITS) for end, value in found.as_dict().items()}
