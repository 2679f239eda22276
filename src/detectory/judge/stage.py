"""Judge: score the calibration and test rows with the bytes that will ship, and say what they are worth.

In: the chosen graphs, gold, split. Out: ``threshold.json`` or ``intervals.json``, ``golden.json``,
``verdict.json`` and the report. What decides reads calibration rows and nothing else does; the test rows
are read here, once. A failed gate is part of the verdict: it stops the promotion, not the judgement.
"""

from __future__ import annotations

from detectory.job import Job
from detectory.judge import alerts
from detectory.judge.values import stage as values
from detectory.spec import Binary, Regression


def run(job: Job) -> None:
    """Judge as the task asks: the one place of the judgement that does."""
    match job.detector.spec:
        case Binary() as spec:
            alerts.run(job, spec)
        case Regression() as spec:
            values.run(job, spec)
