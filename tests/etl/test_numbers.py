"""Silver and split of a detector that predicts numbers: targets are real, only the past is learned."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from detectory.library import Workspace


@pytest.fixture(scope="module")
def rows(late_made: Workspace) -> pl.DataFrame:
    """Silver's rows with their parts."""
    stages = late_made.scorer("late").bundle.manifest.lineage["stages"]
    silver, split = (late_made.store.get(f"late/{name}", stages[name]) for name in ("silver", "split"))
    found = pl.read_parquet(silver.path("rows.parquet"))
    return pl.concat([found, pl.read_parquet(split.path("parts.parquet"))], how="horizontal")


def test_what_is_no_number_is_quarantined_with_a_reason(late_made: Workspace) -> None:
    stages = late_made.scorer("late").bundle.manifest.lineage["stages"]
    silver = late_made.store.get("late/silver", stages["silver"])
    assert silver.facts["rejected"] == {
        "no_target": 2, "target_not_a_number": 2, "target_out_of_range": 2,
    }  # fmt: skip
    refused = pl.read_parquet(silver.path("quarantine.parquet"))
    assert refused.filter(reason="target_out_of_range")["text"].to_list() == ["9999.0", "9999.0"]
    assert refused["field"].unique().to_list() == ["minutes"]


def test_the_target_is_the_number_as_it_was_found(rows: pl.DataFrame) -> None:
    assert rows["target"].dtype == pl.Float64
    assert rows["target"].is_finite().all()
    assert (rows["label"].cast(pl.Float64) == rows["target"]).all()


def test_a_forecast_of_the_source_is_kept_beside_the_entities(rows: pl.DataFrame) -> None:
    assert rows["last"].dtype == pl.Float64
    assert rows["last"].null_count() == 0


def test_training_is_older_than_validation_calibration_and_test(rows: pl.DataFrame) -> None:
    buses = rows.filter(population="bus")
    spans = [buses.filter(part=part)["day"] for part in ("train", "validation", "calibration", "test")]
    for before, after in pairwise(spans):
        assert before.max() < after.min()


def test_a_population_that_is_held_out_is_only_tested_and_unseen(rows: pl.DataFrame) -> None:
    ferries = rows.filter(population="ferry")
    assert set(ferries["part"].unique()) <= {"test", "unused"}
    assert not ferries["seen"].any()
    assert rows.filter(population="bus")["seen"].all()
