"""Evaluate: judge a version that predicts numbers on a stranger's own rows, changing nothing.

In: a scorer, raw rows, the true number of each. Out: the same metrics as `judge` gives, with what did not
parse, what has no number, and what the version was trained on counted beside them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from detectory.errors import LabelsMissing
from detectory.judge.values.evaluate import Predicted, evaluate
from detectory.runtime import Values, ValueScorer
from detectory.schema import Array, Rows, keys_of

NO_TARGET = "no_target"


def judged(
    scorer: ValueScorer, rows: Rows, truth: Sequence[Any], *, trained: frozenset[str] | None
) -> dict[str, Any]:
    """The verdict on these rows. ``trained`` are the entities of the training rows, None if unknown.

    A row whose truth is no number is counted as ``no_target``. Raises `LabelsMissing` when no row that
    parses has one.
    """
    told = scorer.score(rows)
    target = _numbers(told, truth)
    has = np.isfinite(target)
    if not has.any():
        raise LabelsMissing(why="no row that parses has a number in it", rows=len(truth))
    keys = np.asarray(keys_of(told.parsed.rows, scorer.spec.key))
    rejected = Counter(item.reason for item in told.rejected)
    rejected.update({NO_TARGET: int((~has).sum())} if not has.all() else {})
    verdict = evaluate(_predicted(told, target, keys, scorer).only(np.flatnonzero(has)), seed=0).to_dict()
    verdict["metrics"] = {name: metric for name, metric in verdict["metrics"].items() if "seen" not in name}
    return {
        "detector": scorer.spec.name,
        "version": scorer.version,
        "unit": scorer.spec.target.unit,
        "read": len(truth),
        "rejected": dict(sorted(rejected.items())),
        "in_training": None if trained is None else sum(key in trained for key in keys[has].tolist()),
        **verdict,
    }


def _predicted(told: Values, target: Array, keys: Array, scorer: ValueScorer) -> Predicted:
    rows = len(target)
    return Predicted(
        value=told.value,
        low=told.low,
        high=told.high,
        target=target,
        seen=np.ones(rows, dtype=bool),
        population=np.full(rows, "yours"),
        group=np.unique(keys, return_inverse=True)[1],
        coverage=scorer.coverage,
    )


def _numbers(told: Values, truth: Sequence[Any]) -> Array:
    """float64[N]: the truth of every entity, that of the first row it was made from; NaN where it is none."""
    _, first = np.unique(told.parsed.entity, return_index=True)
    return np.array([_number(truth[row]) for row in told.parsed.source[first].tolist()], dtype=np.float64)


def _number(said: Any) -> float:
    """A number, also as text; NaN for what is none.

    >>> _number(" 2.5 "), _number("late"), _number(None)
    (2.5, nan, nan)
    """
    try:
        return float(said)
    except (TypeError, ValueError):
        return math.nan
