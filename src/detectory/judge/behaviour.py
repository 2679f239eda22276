"""Behaviour: what the scores must do when an input is changed in a way whose meaning is known.

In: the detector's checks, rows as a caller sends them, and a scorer. Out: a `CheckResult` a check, with
an interval. Invariances must hold for every row; directions for nearly all; evasions are reported, not
required: nobody holds against all of them, and a figure is worth more than a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectory.blame import Part
from detectory.judge.evaluate import CheckResult
from detectory.metrics import wilson
from detectory.runtime import Scores
from detectory.schema import Column, Rows, length

#: a direction may be broken by this share of rows, by more than this much log-odds
DIRECTION_SLACK = 0.05
DIRECTION_LOG_ODDS = 0.5
ROWS_A_CHECK = 400

Score = Callable[[Rows], Scores]
Mutate = Callable[..., dict[str, list[Any]]]


def results(
    part: Part, rows: Mapping[str, dict[str, Column]], score: Score, *, seed: int
) -> list[CheckResult]:
    """Run every check of a detector's ``behaviour.py``.

    ``rows`` holds columns of fields for each kind of rows that a check may ask for: any, benign, target.
    """
    checks = [*part.invariances(), *part.directional(), *part.evasions()]
    return [_result(check, part.guarded(check.mutate), rows[check.of], score, seed=seed) for check in checks]


def _result(check: Any, mutate: Mutate, rows: dict[str, Column], score: Score, *, seed: int) -> CheckResult:
    changed = mutate({name: list(column) for name, column in rows.items()}, np.random.default_rng(seed))
    before, after = score(rows), score(changed)
    both = _parsed(before, length(rows)) & _parsed(after, length(changed))
    held = _held(check.expect, _column(before, both), _column(after, both), _alerts(after, both))
    lost = int((~both).sum())
    if check.kind == "invariance":  # the same thing, differently spelled, must still parse
        held = np.concatenate([held, np.zeros(lost, dtype=bool)])
    return CheckResult(
        name=check.name,
        kind=check.kind,
        held=wilson(float(held.sum()), float(len(held))),
        passed=_passed(check.kind, held),
        note=f"{lost} rows no longer parse" if lost else "",
    )


def _held(
    expect: str, before: NDArray[np.float32], after: NDArray[np.float32], alert: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    if expect == "alert":
        return alert
    slack = np.float32(0 if expect == "same" else DIRECTION_LOG_ODDS)
    held: NDArray[np.bool_] = after >= before - slack
    return held & (after <= before) if expect == "same" else held


def _passed(kind: str, held: NDArray[np.bool_]) -> bool:
    if kind == "evasion" or not len(held):
        return True
    share = float(held.mean())
    return share == 1.0 if kind == "invariance" else share >= 1.0 - DIRECTION_SLACK


def _parsed(scores: Scores, rows: int) -> NDArray[np.bool_]:
    found = np.zeros(rows, dtype=bool)
    found[scores.parsed.source] = True
    return found


def _column(scores: Scores, rows: NDArray[np.bool_]) -> NDArray[np.float32]:
    return scores.log_odds[rows[scores.parsed.source]]


def _alerts(scores: Scores, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return scores.alert[rows[scores.parsed.source]]
