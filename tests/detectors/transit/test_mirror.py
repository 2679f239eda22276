"""transit on real delays, a fixed sample of them: from the mirror to a verdict."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from detectory import pipeline, signing
from detectory.artifacts import Artifact
from detectory.library import Workspace, run, workspace


@pytest.fixture(scope="module")
def made(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Artifact]:
    home: Workspace = workspace(tmp_path_factory.mktemp("mirror"), [f"mirror={mirror}"])
    signing.new_key(home.signing_key)
    return run("transit", stages=pipeline.chosen(last="judge"), sample=0.08, within=home).artifacts


@pytest.fixture(scope="module")
def rows(made: dict[str, Artifact]) -> pl.DataFrame:
    silver, split = made["silver"].path("rows.parquet"), made["split"].path("parts.parquet")
    return pl.concat([pl.read_parquet(silver), pl.read_parquet(split)], how="horizontal")


def test_every_row_of_every_table_is_accounted_for(made: dict[str, Artifact]) -> None:
    facts = made["silver"].facts
    assert facts["read"] == made["bronze"].facts["rows"] > 30_000
    assert facts["read"] == facts["good"] + facts["duplicates"] + sum(facts["rejected"].values())
    assert set(facts["rejected"]) == {"other_measure", "imputed", "one_day", "target_out_of_range"}


def test_what_was_renamed_is_a_fact_of_the_artifact(made: dict[str, Artifact]) -> None:
    assert made["bronze"].facts["stated"]["renamed"]["ttc_bus: Delay is Min Delay"] == 24_860


def test_only_measured_delays_are_learned_from(rows: pl.DataFrame) -> None:
    assert set(rows["population"]) == {"auckland"}
    assert rows["target"].abs().max() <= 60


def test_no_day_stands_on_two_sides_and_the_newest_are_tested(rows: pl.DataFrame) -> None:
    days = rows.group_by("part").agg(pl.col("day").unique().sort()).sort("part")
    assert dict(days.iter_rows()) == {
        "train": [f"2017-02-{day:02}" for day in range(6, 12)],
        "validation": ["2017-02-12"],
        "calibration": ["2017-02-13"],
        "test": ["2017-02-14", "2017-02-15"],
    }


def test_a_model_of_a_twelfth_of_the_rows_already_beats_the_last_value(made: dict[str, Artifact]) -> None:
    metrics = json.loads(made["judge"].read("verdict.json"))["metrics"]
    assert metrics["mae"]["value"] < 4.5
    assert 0.85 < metrics["coverage"]["value"] < 0.96
