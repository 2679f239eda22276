"""What intervals cost: 200 resamples by group of five ranking metrics, and scikit-learn's for the same.

    python benchmarks/intervals.py [--rows 100000] [--groups 30000] [--resamples 200]

Ours sorts the scores once and counts weights along that order; scikit-learn sorts again for each resample and
metric, so it is given a tenth of the resamples, and its time is multiplied by ten. Seconds of CPU.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from detectory import metrics

RATES = (1e-2, 1e-3, 1e-4)
Flags = NDArray[np.bool_]
Scores = NDArray[np.float32]


def ours(target: Flags, score: Scores) -> metrics.Measure:
    """The five metrics of a resample, along one order of all rows."""
    ranking = metrics.Ranking.of(score)

    def measure(weight: metrics.Floats) -> dict[str, float]:
        hits, errors = ranking.reached(weight * target), ranking.reached(weight * ~target)
        recalls = {str(rate): metrics.share_within(hits, errors, rate) for rate in RATES}
        areas = metrics.area_under_roc(hits, errors), metrics.area_under_precision(hits, errors)
        return recalls | {"auc": areas[0], "ap": areas[1]}

    return measure


def scikit_learn(target: Flags, score: Scores) -> metrics.Measure:
    """The same five from scikit-learn."""

    def measure(weight: metrics.Floats) -> dict[str, float]:
        errors, hits, _ = roc_curve(target, score, sample_weight=weight)
        recalls = {str(rate): float(hits[errors <= rate].max()) for rate in RATES}
        return recalls | {
            "auc": float(roc_auc_score(target, score, sample_weight=weight)),
            "ap": float(average_precision_score(target, score, sample_weight=weight)),
        }

    return measure


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    """Both, of the same rows, in one run."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--groups", type=int, default=30_000)
    asked.add_argument("--resamples", type=int, default=200)
    given = asked.parse_args()
    random = np.random.default_rng(7)
    target = random.random(given.rows) < 0.5
    score = (random.normal(size=given.rows) + target).astype(np.float32)
    groups = random.integers(0, given.groups, given.rows)

    def take(measure: metrics.Measure, times: int) -> float:
        return seconds(lambda: metrics.intervals(measure, groups, times=times, seed=1))

    mine = take(ours(target, score), given.resamples)
    peer = take(scikit_learn(target, score), given.resamples // 10) * 10
    print(f"ours {mine:.2f} s, scikit-learn {peer:.1f} s: {peer / mine:.1f}x")


if __name__ == "__main__":
    main()
