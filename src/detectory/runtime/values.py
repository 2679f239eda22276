"""Predicting a number: its value, and the interval that holds the truth as often as was promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from detectory.bundle import Opened
from detectory.runtime.answers import DIGITS, Answers
from detectory.runtime.scorer import Scorer
from detectory.schema import Array, Features, Parsed, Rows, length
from detectory.spec import Regression

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Values(Answers):
    """The number that is predicted, and the ends of its interval: float64[N], in the unit of the target."""

    NAMES: ClassVar[tuple[str, ...]] = ("value", "low", "high")

    value: Floats
    low: Floats
    high: Floats

    @property
    def level(self) -> Floats:
        """The value."""
        return self.value

    def columns(self) -> tuple[Array, ...]:
        """Value, low and high, rounded."""
        return self.value.round(self.digits), self.low.round(self.digits), self.high.round(self.digits)

    def golden(self) -> Mapping[str, list[Any]]:
        """The same, unrounded."""
        return {"value": self.value.tolist(), "low": self.low.tolist(), "high": self.high.tolist()}


class ValueScorer(Scorer):
    """A bundle that predicts numbers."""

    ANSWER: ClassVar[tuple[str, ...]] = (*Values.NAMES, "version")
    DECIDES: ClassVar[str] = "value"
    spec: Regression

    def __init__(self, bundle: Opened, *, spec: Regression, version: str, digits: int = DIGITS) -> None:
        super().__init__(bundle, version=version, digits=digits)
        self.spec = spec
        self.margin: float = bundle.json("intervals.json")["margin"]
        self.coverage: float = spec.intervals.coverage

    def score(self, rows: Rows) -> Values:
        """Predict for rows: columns of a door's fields, equally long."""
        return self.score_parsed(self.parse(rows)).telling(self.tells(rows))

    def score_parsed(self, parsed: Parsed, features: Features | None = None) -> Values:
        """Predict for entities that were parsed before."""
        if not length(parsed.rows):
            nothing = np.zeros(0)
            return Values(parsed, self.version, nothing, nothing, nothing, digits=self.digits)
        features = self.features_of(parsed) if features is None else features
        told = {name: head.answer(features) for name, head in self._heads.items()}
        value = told["value"].astype(np.float64)
        low, high = interval(value, told.get("low"), told.get("high"), margin=self.margin)
        return Values(parsed, self.version, value, low, high, digits=self.digits)


def interval(value: Array, low: Array | None, high: Array | None, *, margin: float) -> tuple[Floats, Floats]:
    """Both ends: the predicted quantiles (the value itself where there are none) widened by the margin.

    The value always lies between them: that only widens an interval, so it breaks no promise.

    >>> low, high = interval(np.array([5.0]), np.array([1.0]), np.array([4.0]), margin=0.5)
    >>> low.tolist(), high.tolist()
    ([0.5], [5.0])
    """
    value = np.asarray(value, dtype=np.float64)
    below = value if low is None else low.astype(np.float64)
    above = value if high is None else high.astype(np.float64)
    return np.minimum(below - margin, value), np.maximum(above + margin, value)
