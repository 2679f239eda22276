"""Gradient-boosted trees by XGBoost (``hist``), as raw margins: no sigmoid and no softmax.

The score head has a tree a round and the family head a tree a round and class, so the rounds of a
family head are few: all of its trees answer for every row. Heads that predict a number have a tree a
round: ``value`` under squared or absolute error, ``low`` and ``high`` under the pinball loss of a quantile.
They are fitted on what is left of the target beside one ``offset``, which the graph adds again: numbers
far from 0 would lose their last digits in a sum of float32 leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray

from detectory.errors import UnknownParameter
from detectory.models import graph
from detectory.models.candidate import (
    CLASSIFYING,
    PREDICTING,
    AtLeastOne,
    BelowOne,
    Candidate,
    Head,
    Lesson,
    Step,
    Validation,
    Watch,
    settings,
    tensors,
)
from detectory.models.rounds import Boosted, Columns, Encoder, Rounds
from detectory.models.table import Table
from detectory.models.target import indices, numbers
from detectory.schema import Array

Labels = NDArray[np.int64] | NDArray[np.float32]
Watched = tuple[Columns, Labels]

HEADS = CLASSIFYING | PREDICTING
SOFT = "rows"
#: what ``objective`` may be for the head ``value``
ERRORS = {"squared": "reg:squarederror", "absolute": "reg:absoluteerror"}
#: the quantile that a head predicts where its candidate names none
QUANTILES: Mapping[Head, float] = {"low": 0.05, "high": 0.95}


@dataclass(frozen=True, slots=True)
class Params:
    """XGBoost's own parameters; ``patience`` is the rounds without gain that end a fit early.

    ``objective`` is the error that the head ``value`` keeps small, ``squared`` or ``absolute``; ``quantile``
    is what ``low`` and ``high`` predict, 0 for 0.05 and 0.95.
    """

    rounds: AtLeastOne = 300
    eta: float = 0.2
    max_depth: int = 7
    min_child_weight: float = 1.0
    subsample: float = 0.8
    colsample: float = 0.8
    gamma: float = 0.0
    reg_lambda: float = 1.0
    max_bin: int = 256
    patience: AtLeastOne = 20
    objective: str = "squared"
    quantile: BelowOne = 0.0


def fit(candidate: Candidate, lesson: Lesson) -> Boosted:
    """Fit boosted trees; see ``Kind.fit``. Stops early if ``validation`` is given; ``groups`` are unused."""
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    table, offset = Table.fit(read), offset_of(lesson.target, params, candidate.head)
    rounds = boost(
        table.encode(read),
        labels_of(lesson.target, candidate.head, lesson.classes, offset),
        lesson,
        params=params,
        head=candidate.head,
        held_out=watched(table, lesson.validation, offset=offset),
    )
    return Boosted(replace(rounds, offset=offset), table, graph.inputs_of(read))


def labels_of(target: Array, head: Head, classes: Sequence[str], offset: float) -> Labels:
    """The target as boosting reads it: class indices, or the number less the offset."""
    return numbers(target, less=offset) if head in PREDICTING else indices(target, head=head, classes=classes)


def offset_of(target: Array, params: Params, head: Head) -> float:
    """What the leaves leave out: the constant that is best under the head's own error, as float32 has it."""
    if head not in PREDICTING:
        return 0.0
    numbers(target)  # raises where there is none, of which there is no best constant
    squared = head == "value" and params.objective == "squared"
    best = np.mean(target) if squared else np.quantile(target, _quantile(params, head))
    return float(np.float32(best))


def _quantile(params: Params, head: Head) -> float:
    return params.quantile or QUANTILES.get(head, 0.5)


def boost(
    columns: Columns,
    labels: Labels,
    lesson: Lesson,
    *,
    params: Params,
    head: Head,
    held_out: Watched | None = None,
) -> Rounds:
    """Boost float32[N, C] columns; ``held_out`` columns and labels end it when they gain no more.

    Of the lesson only seed, threads, weight and watch are read.
    """
    classes = 1 if head in PREDICTING else int(labels.max()) + 1
    rows = xgboost.QuantileDMatrix(
        columns, labels, weight=lesson.weight, max_bin=params.max_bin, nthread=lesson.threads
    )
    evals = [] if held_out is None else [(xgboost.QuantileDMatrix(*held_out, ref=rows), "validation")]
    booster = xgboost.train(
        _options(params, head=head, classes=classes, seed=lesson.seed, threads=lesson.threads),
        rows,
        num_boost_round=params.rounds,
        evals=evals,
        early_stopping_rounds=params.patience if evals else None,
        verbose_eval=False,
        callbacks=[WatchCallback(lesson.watch, params.rounds)],
    )
    best = booster[: booster.best_iteration + 1] if evals else booster
    return Rounds(best, head, classes)


class WatchCallback(xgboost.callback.TrainingCallback):
    """Calls a watch after each round, with the loss on the held-out rows."""

    def __init__(self, watch: Watch, of: int) -> None:
        super().__init__()
        self._watch, self._of = watch, of

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
        """Once a round; False: go on."""
        losses = [loss[-1] for metric in evals_log.values() for loss in metric.values()]
        self._watch(Step(epoch + 1, self._of, float(losses[-1]) if losses else float("nan")))
        return False


def watched(encoder: Encoder, validation: Validation | None, *, offset: float = 0.0) -> Watched | None:
    """Validation rows as the columns and labels that ``boost`` stops early on; None without any."""
    if validation is None:
        return None
    return encoder.encode(validation.features), np.asarray(validation.target, dtype=np.float32) - offset


def _options(params: Params, *, head: Head, classes: int, seed: int, threads: int) -> dict[str, Any]:
    """XGBoost's options. A base score whose margin is exactly 0 leaves the sum of leaves as the answer:
    by default XGBoost estimates one, and stores it rounded and in another space than the leaves."""
    return _objective(params, head, classes) | {
        "tree_method": "hist",
        "eta": params.eta,
        "max_depth": params.max_depth,
        "min_child_weight": params.min_child_weight,
        "subsample": params.subsample,
        "colsample_bytree": params.colsample,
        "gamma": params.gamma,
        "reg_lambda": params.reg_lambda,
        "max_bin": params.max_bin,
        "seed": seed,
        "nthread": threads,
    }


def _objective(params: Params, head: Head, classes: int) -> dict[str, Any]:
    match head:
        case "score":
            return {"objective": "binary:logistic", "base_score": 0.5}
        case "family":
            return {"objective": "multi:softprob", "base_score": 0.0, "num_class": classes}
        case "value":
            return {"objective": _error(params.objective), "base_score": 0.0}
        case "low" | "high":
            quantile = {"quantile_alpha": _quantile(params, head)}
            return {"objective": "reg:quantileerror", "base_score": 0.0} | quantile


def _error(objective: str) -> str:
    if objective not in ERRORS:
        known = [f"objective = {name}" for name in ERRORS]
        raise UnknownParameter(f"objective = {objective}", kind="boosted", known=known)
    return ERRORS[objective]
