"""A small table, boosters of it, and what they may become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xgboost

from detectory.imported.wanted import Tensor, Wanted
from detectory.models.candidate import Head
from detectory.schema import Array

DENSE = Tensor("dense", "float32", 3, ("length", "digits", "dots"))
SUFFIX = Tensor("suffix_id", "int64", 0, ("suffix_id",))
CLASSES = ("ant", "bee", "cat")
Train = Callable[..., xgboost.Booster]


def wish(head: Head = "score", *tensors: Tensor, classes: tuple[str, ...] = ()) -> Wanted:
    """What is wanted of a model of these tensors, ``dense`` where none is named."""
    return Wanted("theirs", head, tensors or (DENSE,), classes or (CLASSES if head == "family" else ()))


@pytest.fixture(scope="session")
def table() -> Array:
    """float32[400, 3], with missing numbers."""
    random = np.random.default_rng(7)
    dense = random.normal(size=(400, 3)).astype(np.float32)
    dense[random.random(dense.shape) < 0.05] = np.nan
    return dense


@pytest.fixture(scope="session")
def train(table: Array) -> Train:
    """Train a booster of some rounds under an objective, on targets that fit it."""

    def trained(
        objective: str, *, rounds: int = 8, columns: Array = table, **options: Any
    ) -> xgboost.Booster:
        signal = np.nan_to_num(columns[:, 0]) + np.random.default_rng(8).normal(0, 0.3, len(columns))
        target: Array = 1_000 + 30 * signal
        if objective.startswith("binary"):
            target = signal > 0.8  # few: the base score is far from a half
        elif objective.startswith("multi"):
            target, options = np.digitize(signal, [-0.5, 0.8]), {"num_class": 3, **options}
        rows = xgboost.DMatrix(columns, target, feature_names=options.pop("feature_names", None))
        return xgboost.train({"objective": objective, "max_depth": 3, "nthread": 1, **options}, rows, rounds)

    return trained
