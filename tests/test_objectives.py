"""Every head is graded by what it is for, on validation rows, and the best candidate of each is chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from detectory import regression
from detectory.artifacts import Artifact
from detectory.library import Workspace
from detectory.parts import Part
from detectory.runtime import Head

QUANTILES = {"low": 0.05, "high": 0.95}


@pytest.fixture(scope="module")
def made(late_made: Workspace) -> dict[str, Artifact]:
    """The artifacts of the toy detector that predicts numbers, by stage."""
    stages = late_made.scorer("late").bundle.manifest.lineage["stages"]
    return {name: late_made.store.get(f"late/{name}", digest) for name, digest in stages.items()}


@pytest.fixture(scope="module")
def validation(made: dict[str, Artifact]) -> Part:
    parts = pl.read_parquet(made["split"].path("parts.parquet"))["part"]
    at = np.flatnonzero((parts == "validation").to_numpy())
    return Part(pl.read_parquet(made["silver"].path("rows.parquet"))[at], at, made["gold"])


def measured(made: dict[str, Artifact], head: str) -> list[dict[str, Any]]:
    found = made["compress"].facts["candidates"]
    return [one for one in found if (one["head"], one["role"]) == (head, "candidate")]


def answer(made: dict[str, Artifact], one: dict[str, Any], validation: Part) -> Any:
    graph = made["fit"].read(f"candidate-{one['head']}-{one['name']}.onnx")
    return Head(graph, name=one["name"]).answer(validation.features(one["inputs"]))


def test_a_value_is_graded_by_its_mean_absolute_error(made: dict[str, Artifact], validation: Part) -> None:
    for one in measured(made, "value"):
        expected = -regression.mae(validation.target, answer(made, one, validation))
        assert one["quality"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("head", ["low", "high"])
def test_an_end_is_graded_by_the_pinball_loss_of_its_quantile(
    made: dict[str, Artifact], validation: Part, head: str
) -> None:
    for one in measured(made, head):
        told = answer(made, one, validation)
        expected = -regression.pinball(validation.target, told, quantile=QUANTILES[head])
        assert one["quality"] == pytest.approx(expected, abs=1e-6)


def test_the_best_value_is_chosen(made: dict[str, Artifact]) -> None:
    best = max(measured(made, "value"), key=lambda one: one["quality"])
    assert made["compress"].facts["chosen_value"] == best["name"]
    assert made["compress"].facts["heads"]["value"]["inputs"] == best["inputs"]
