"""The points behind the plots: few enough to draw, each with its interval.

In: scores and truth of the test rows. Out: `Curves`. Nothing is drawn here, and no row of the test set
can be told from the points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from detectory.metrics import (
    Array,
    Floats,
    Interval,
    Measure,
    Ranking,
    calibration_bin,
    intervals,
    ratio,
    share_within,
    sigmoid,
    wilson,
)

#: false positive rates, five to a decade: a detector lives at the left end, which a linear axis hides
RATES = tuple(float(rate) for rate in np.logspace(-5, 0, 26))
RECALLS = tuple(float(recall) for recall in np.linspace(0.02, 1, 50))
BINS = 15
SCORE_BINS = 48
#: resamples for a band that is only looked at
TIMES = 100


class Point(NamedTuple):
    """One point of a curve with its interval."""

    x: float
    y: Interval

    def as_dict(self) -> dict[str, float | None]:
        """The point as JSON."""
        return {"x": self.x, **self.y.as_dict()}


class ReliabilityBin(NamedTuple):
    """Rows whose probability lies in ``low … high``: what was promised and what came true."""

    low: float
    high: float
    rows: int
    chance: float
    share: Interval

    def as_dict(self) -> dict[str, Any]:
        """The bin as JSON."""
        return self._asdict() | {"share": self.share.as_dict()}


class ScoreBin(NamedTuple):
    """How many rows of each kind have log-odds in ``low … high``."""

    low: float
    high: float
    benign: int
    seen: int
    unseen: int


@dataclass(frozen=True, slots=True)
class Curves:
    """Recall over false positive rate, precision over recall, reliability, and where scores lie.

    ``roc`` is of all malicious rows; ``roc_seen`` and ``roc_unseen`` set the families that training
    knew and the others against the same benign rows.
    """

    roc: tuple[Point, ...]
    roc_seen: tuple[Point, ...]
    roc_unseen: tuple[Point, ...]
    precision_recall: tuple[Point, ...]
    reliability: tuple[ReliabilityBin, ...]
    scores: tuple[ScoreBin, ...]

    def to_dict(self) -> dict[str, Any]:
        """The points as JSON."""
        lines = ("roc", "roc_seen", "roc_unseen", "precision_recall", "reliability")
        found: dict[str, Any] = {name: [point.as_dict() for point in getattr(self, name)] for name in lines}
        return found | {"scores": [score_bin._asdict() for score_bin in self.scores]}


def draw(log_odds: Array, *, target: Array, seen: Array, group: Array, strata: Array, seed: int) -> Curves:
    """Every curve of one judgement; a curve without a defined point is empty."""
    measure = _lines(log_odds, known=target & seen, novel=target & ~seen)
    points = intervals(measure, group, times=TIMES, seed=seed, strata=strata)
    # below one false alert in the whole test set, a rate cannot be told from zero
    rates = tuple(rate for rate in RATES if rate * np.sum(~target) >= 1)
    return Curves(
        roc=_points(points, "roc", rates),
        roc_seen=_points(points, "seen", rates),
        roc_unseen=_points(points, "unseen", rates),
        precision_recall=_points(points, "precision", RECALLS),
        reliability=reliability(log_odds, target=target),
        scores=score_histogram(log_odds, target=target, seen=seen),
    )


def reliability(log_odds: Array, *, target: Array) -> tuple[ReliabilityBin, ...]:
    """Promised probability against observed share over equally wide bins; empty bins are left out."""
    chance = sigmoid(log_odds)
    place = calibration_bin(chance, BINS)
    rows = np.bincount(place, minlength=BINS)
    hits = np.bincount(place, weights=target, minlength=BINS)
    sums = np.bincount(place, weights=chance, minlength=BINS)
    return tuple(
        ReliabilityBin(i / BINS, (i + 1) / BINS, int(n), float(sums[i] / n), wilson(hits[i], n))
        for i, n in enumerate(rows.tolist())
        if n
    )


def score_histogram(log_odds: Array, *, target: Array, seen: Array) -> tuple[ScoreBin, ...]:
    """Rows by log-odds and kind; the outermost thousandth at either end falls into the end bins."""
    if len(log_odds) == 0:
        return ()
    edges = _edges(np.asarray(log_odds, dtype=np.float64))
    kept = np.clip(log_odds, edges[0], edges[-1])
    kinds = (~target, target & seen, target & ~seen)
    counts = [np.histogram(kept[kind], bins=edges)[0].tolist() for kind in kinds]
    return tuple(ScoreBin(*row) for row in zip(edges[:-1].tolist(), edges[1:].tolist(), *counts, strict=True))


def _lines(log_odds: Array, *, known: Array, novel: Array) -> Measure:
    """Recall at each rate and precision at each recall, by name, for one set of row weights."""
    ranking, negative = Ranking.of(log_odds), ~(known | novel)

    def measure(weight: Floats) -> dict[str, float]:
        errors, seen, unseen = (ranking.reached(weight * kind) for kind in (negative, known, novel))
        hits = {"roc": seen + unseen, "seen": seen, "unseen": unseen}
        recalls = {
            f"{name} {rate!r}": share_within(sums, errors, rate)
            for name, sums in hits.items()
            for rate in RATES
        }
        return recalls | {f"precision {part!r}": _precision(hits["roc"], errors, part) for part in RECALLS}

    return measure


def _precision(hits: Floats, errors: Floats, recall: float) -> float:
    """Precision at the highest threshold that reaches the recall."""
    first = np.searchsorted(hits, recall * hits[-1] * (1 - 1e-12))
    return ratio(float(hits[first]), float(hits[first] + errors[first]))


def _points(found: dict[str, Interval], name: str, places: Sequence[float]) -> tuple[Point, ...]:
    points = (Point(x, found[f"{name} {x!r}"]) for x in places)
    return tuple(point for point in points if not np.isnan(point.y.value))


def _edges(log_odds: Floats) -> Floats:
    low, high = np.quantile(log_odds, [0.001, 0.999])
    return np.linspace(low, high if high > low else low + 1.0, SCORE_BINS + 1)
