"""Baselines: what stands beside the model, fitted on the very same training rows.

In: a job and its training rows. Out: the baselines of the task as JSON, by the names that reports give them.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from detectory.job import Job
from detectory.models import baselines, forecasts
from detectory.parts import Part
from detectory.spec import Binary, Regression


def fitted(job: Job, train: Part) -> dict[str, dict[str, Any]]:
    """Every baseline; `baselines.restore` and `forecasts.restore` read them back."""
    names, features = job.detector.part("features").NAMES["dense"], train.features(["dense"])
    match job.detector.spec:
        case Binary() as spec:
            more = [name for name in spec.baselines if name not in spec.simpler]
            ranked = baselines.fit(features, train.target, names=names, more=more, seed=job.seed)
            return {name: asdict(baseline) for name, baseline in ranked.items()}
        case Regression() as spec:
            rows = train.rows.to_dict(as_series=False)
            told = forecasts.fit(rows, features, train.target, names=names, forecasts=spec.forecasts)
            return {name: forecasts.saved(baseline) for name, baseline in told.items()}
