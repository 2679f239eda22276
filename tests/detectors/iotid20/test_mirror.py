"""iotid20 on the published sample: from the mirror to a version whose gates hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from detectory import signing
from detectory.artifacts import Artifact
from detectory.errors import NothingToRead
from detectory.library import Outcome, run, workspace


@pytest.fixture(scope="module")
def outcome(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    home = workspace(tmp_path_factory.mktemp("mirror"), [f"mirror={mirror}"])
    signing.new_key(home.signing_key)
    return run("iotid20", within=home)


@pytest.fixture(scope="module")
def verdict(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = outcome.artifacts["judge"].json("report.json")["verdict"]
    return found


def value(metrics: dict[str, Any], name: str) -> float:
    found: float = metrics[name]["value"]
    return found


def table(made: dict[str, Artifact]) -> pl.DataFrame:
    silver, split = made["silver"].path("rows.parquet"), made["split"].path("parts.parquet")
    return pl.concat([pl.read_parquet(silver), pl.read_parquet(split)], how="horizontal")


def test_the_gates_hold_and_the_version_serves(outcome: Outcome) -> None:
    assert outcome.refused is None
    assert outcome.champion == outcome.version == 1


def test_a_connection_stands_on_one_side_but_for_the_longest(outcome: Outcome) -> None:
    rows = table(outcome.artifacts).with_columns(connection=pl.col("batch").str.split(" ").list.first())
    sides = rows.group_by("population", "connection").agg(pl.col("part").n_unique())
    torn = sides.filter(pl.col("part") > 1)
    assert torn["population"].to_list() == ["longest connection"]
    assert rows.group_by("group").agg(pl.col("part").n_unique())["part"].max() == 1


def test_the_threshold_is_certified_for_one_in_ten(outcome: Outcome) -> None:
    threshold = outcome.artifacts["judge"].json("threshold.json")
    assert threshold["certified_alpha"] <= threshold["alpha"] == 0.1


def test_the_model_beats_the_majority_vote_and_every_baseline(verdict: dict[str, Any]) -> None:
    metrics = verdict["metrics"]
    assert value(metrics, "macro_f1_at_budget") > value(metrics, "macro_f1_of_majority")
    for name, baseline in verdict["baselines"].items():
        assert value(metrics, "roc_auc") > value(baseline, "roc_auc"), name


def test_without_labels_the_common_attacks_pass_for_normal(verdict: dict[str, Any]) -> None:
    for name in ("isolation forest", "k-means"):
        assert value(verdict["baselines"][name], "roc_auc") < 0.5 < 0.7
        assert value(verdict["baselines"][f"{name} of negatives"], "roc_auc") > 0.7


def test_without_any_data_the_error_says_how_to_get_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DETECTORY_MIRROR", raising=False)
    home = workspace(tmp_path)
    signing.new_key(home.signing_key)
    with pytest.raises(NothingToRead, match=r"(?s)gave no row.*network=true.*--source"):
        run("iotid20", within=home)
