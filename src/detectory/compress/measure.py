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

from detectory.compress.cost import Cost, cost_of, first, singles
from detectory.compress.entries import Entry
from detectory.compress.meter import metered
from detectory.metrics import Floats, Interval, intervals
from detectory.objectives import Graded, Objective
from detectory.parts import Part
from detectory.runtime import Head
from detectory.schema import Features

#: rows that are answered alone and together
STEADY_ROWS = 64
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Measured:
    """An entry with its quality by row weights, its quality on all rows, its cost, and whether it is steady:
    whether it answers a row alone as it does among others."""

    entry: Entry
    graded: Graded
    quality: float
    cost: Cost
    steady: bool = True


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
    return Measured(entry, graded, graded(np.ones(len(part.rows))), cost, is_steady(head, features))


def is_steady(head: Head, features: Features) -> bool:
    """Whether rows are answered alone as they are among others.

    What rounds by the range of a batch does not. Up to a thousandth: float32 sums of another order differ
    by far less.
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
