"""Deciding an alert: log-odds, whether they are above the threshold, and the name of what alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detectory.bundle import Opened
from detectory.runtime.answers import DIGITS, Answers
from detectory.runtime.scorer import Scorer
from detectory.schema import Array, Features, Parsed, Rows, length
from detectory.spec import Binary


@dataclass(frozen=True, slots=True)
class Scores(Answers):
    """Log-odds float32[N], alert bool[N] and label str[N] of every entity."""

    NAMES: ClassVar[tuple[str, ...]] = ("score", "alert", "label")

    log_odds: NDArray[np.float32]
    alert: NDArray[np.bool_]
    label: NDArray[np.str_]

    @property
    def score(self) -> NDArray[np.float64]:
        """The probability, for people: the logistic function of the log-odds."""
        return probability(self.log_odds)

    @property
    def level(self) -> NDArray[np.float32]:
        """The log-odds."""
        return self.log_odds

    def columns(self) -> tuple[Array, ...]:
        """Score, rounded, alert and label."""
        return self.score.round(self.digits), self.alert, self.label

    def golden(self) -> Mapping[str, list[Any]]:
        """Log-odds, alert and label."""
        log_odds = [float(value) for value in self.log_odds]
        return {"log_odds": log_odds, "alert": self.alert.tolist(), "label": self.label.tolist()}


def probability(log_odds: Array) -> NDArray[np.float64]:
    """The logistic function, without a warning of overflow.

    >>> probability(np.array([0.0, -1000.0])).tolist()
    [0.5, 0.0]
    """
    with np.errstate(over="ignore"):  # e to a large number is infinity, and 1 / infinity is the answer
        result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-log_odds.astype(np.float64)))
    return result


def labels(
    alert: Array, family_log_odds: Array | None, classes: Sequence[str], spec: Binary
) -> NDArray[np.str_]:
    """The label of every row: the negative one, or the likeliest family where the row alerts.

    ``family_log_odds`` holds the alerting rows only, in their order; None where there is nothing to name.
    """
    named = np.full(len(alert), spec.label.negative, dtype=f"<U{_longest(classes, spec)}")
    if family_log_odds is None:
        named[alert] = spec.label.positive
    else:
        named[alert] = np.asarray(classes)[np.argmax(family_log_odds, axis=1)]
    return named


def _longest(classes: Sequence[str], spec: Binary) -> int:
    return max(map(len, [*classes, spec.label.negative, spec.label.positive]))


class AlertScorer(Scorer):
    """A bundle that decides alerts."""

    ANSWER: ClassVar[tuple[str, ...]] = (*Scores.NAMES, "version")
    DECIDES: ClassVar[str] = "score"
    spec: Binary

    def __init__(self, bundle: Opened, *, spec: Binary, version: str, digits: int = DIGITS) -> None:
        super().__init__(bundle, version=version, digits=digits)
        self.spec = spec
        self.threshold: float = bundle.json("threshold.json")["log_odds"]
        heads = bundle.manifest.heads
        self._classes = heads["family"].classes if "family" in heads else []

    def score(self, rows: Rows) -> Scores:
        """Score rows: columns of a door's fields, equally long."""
        return self.score_parsed(self.parse(rows)).telling(self.tells(rows))

    def score_parsed(self, parsed: Parsed, features: Features | None = None) -> Scores:
        """Score entities that were parsed before."""
        if not length(parsed.rows):
            nothing = np.zeros(0, dtype=np.float32)
            nobody = np.zeros(0, dtype="<U1")
            return Scores(parsed, self.version, nothing, nothing > 0, nobody, digits=self.digits)
        features = self.features_of(parsed) if features is None else features
        log_odds = self._heads["score"].answer(features)
        alert: NDArray[np.bool_] = log_odds > np.float32(self.threshold)
        named = labels(alert, self._family(features, alert), self._classes, self.spec)
        return Scores(parsed, self.version, log_odds, alert, named, digits=self.digits)

    def families(self, parsed: Parsed) -> tuple[list[str], NDArray[np.float32] | None]:
        """The known families and float32[N, K] log-odds of every entity, alerting or not; None without."""
        if "family" not in self._heads or not length(parsed.rows):
            return self._classes, None
        return self._classes, self._heads["family"].answer(self.features_of(parsed))

    def _family(self, features: Features, alert: Array) -> NDArray[np.float32] | None:
        if "family" not in self._heads or not alert.any():
            return None
        chosen = features if alert.all() else {name: tensor[alert] for name, tensor in features.items()}
        return self._heads["family"].answer(chosen)
