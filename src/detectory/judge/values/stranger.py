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
from detectory.spec import Target


def judged(
    scorer: ValueScorer, rows: Rows, truth: Sequence[Any], *, trained: frozenset[str] | None
) -> dict[str, Any]:
    """The verdict on these rows. ``trained`` are the entities of the training rows, None if unknown.

    A row whose truth silver would quarantine is rejected for the same reason. Raises `LabelsMissing`
    when no row that parses has a number that can be true.
    """
    told, words = scorer.score(rows), scorer.spec.target
    said = _first(told, truth)
    target = np.array([_number(one) for one in said], dtype=np.float64)
    faults = [_fault(*pair, words=words) for pair in zip(said, target.tolist(), strict=True)]
    has = np.array([not fault for fault in faults])
    if not has.any():
        raise LabelsMissing(why="no row that parses has a number in it", rows=len(truth))
    keys = np.asarray(keys_of(told.parsed.rows, scorer.spec.key))
    rejected = Counter([*(item.reason for item in told.rejected), *filter(None, faults)])
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


def _first(told: Values, truth: Sequence[Any]) -> list[Any]:
    """What is said of every entity: that of the first row it was made from."""
    _, first = np.unique(told.parsed.entity, return_index=True)
    return [truth[row] for row in told.parsed.source[first].tolist()]


def _fault(said: Any, number: float, *, words: Target) -> str:
    """Why a truth cannot be used; empty when it can.

    >>> words = Target(column="late", unit="minutes", at_most=60)
    >>> [_fault(said, _number(said), words=words) for said in (5, " ", "late", 99)]
    ['', 'no_target', 'target_not_a_number', 'target_out_of_range']
    """
    if said is None or str(said).strip() == "":
        return "no_target"
    if not math.isfinite(number):
        return "target_not_a_number"
    low, high = words.at_least, words.at_most
    beyond = (low is not None and number < low) or (high is not None and number > high)
    return "target_out_of_range" if beyond else ""


def _number(said: Any) -> float:
    """A number, also as text; NaN for what is none.

    >>> _number(" 2.5 "), _number("late"), _number(None)
    (2.5, nan, nan)
    """
    try:
        return float(said)
    except (TypeError, ValueError):
        return math.nan
