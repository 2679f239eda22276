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
from detectory.judge.verdict import CheckResult
from detectory.metrics import wilson
from detectory.runtime import Answers
from detectory.schema import Array, Column, Rows, length

#: a direction may be broken by this share of rows, by more than the slack that the task gives
DIRECTION_SLACK = 0.05
ROWS_A_CHECK = 400

Score = Callable[[Rows], Answers]
Mutate = Callable[..., dict[str, list[Any]]]
Told = dict[str, Array]


def results(
    part: Part, rows: Mapping[str, dict[str, Column]], score: Score, *, slack: float, seed: int
) -> list[CheckResult]:
    """Run every check of a detector's ``behaviour.py``; ``slack`` is how far a score may go the wrong way.

    ``rows`` holds columns of fields for each kind of rows that a check may ask for: any, benign, target.
    """
    checks = [*part.invariances(), *part.directional(), *part.evasions()]
    return [
        _result(check, part.guarded(check.mutate), rows[check.of], score, slack=slack, seed=seed)
        for check in checks
    ]


def _result(
    check: Any, mutate: Mutate, rows: dict[str, Column], score: Score, *, slack: float, seed: int
) -> CheckResult:
    changed = mutate({name: list(column) for name, column in rows.items()}, np.random.default_rng(seed))
    before, after = score(rows), score(changed)
    both = _parsed(before, length(rows)) & _parsed(after, length(changed))
    held = _held(check.expect, _only(before, both), _only(after, both), slack=slack)
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


def _held(expect: str, before: Told, after: Told, *, slack: float) -> NDArray[np.bool_]:
    """Which rows answered as was expected: bool[N]."""
    if expect == "alert":
        return after["alert"].astype(bool)
    least = before["level"] - (0 if expect == "same" else slack)
    held: NDArray[np.bool_] = after["level"] >= least
    return held & (after["level"] <= before["level"]) if expect == "same" else held


def _passed(kind: str, held: NDArray[np.bool_]) -> bool:
    if kind == "evasion" or not len(held):
        return True
    share = float(held.mean())
    return share == 1.0 if kind == "invariance" else share >= 1.0 - DIRECTION_SLACK


def _parsed(answers: Answers, rows: int) -> NDArray[np.bool_]:
    found = np.zeros(rows, dtype=bool)
    found[answers.parsed.source] = True
    return found


def _only(answers: Answers, rows: NDArray[np.bool_]) -> Told:
    """The answers by name, and the level, of these rows."""
    columns = dict(zip(answers.NAMES, answers.columns(), strict=True)) | {"level": answers.level}
    return {name: column[rows[answers.parsed.source]] for name, column in columns.items()}
