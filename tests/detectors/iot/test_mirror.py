"""iot on IoT-23's flows and the logs of clean devices: the whole way, and what the split keeps apart."""

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
    return run("iot", stages=pipeline.chosen(last="judge"), within=home).artifacts


@pytest.fixture(scope="module")
def rows(made: dict[str, Artifact]) -> pl.DataFrame:
    silver, split = made["silver"].path("rows.parquet"), made["split"].path("parts.parquet")
    return pl.concat([pl.read_parquet(silver), pl.read_parquet(split)], how="horizontal")


def test_every_row_is_accounted_for_and_all_are_flows(made: dict[str, Artifact]) -> None:
    facts = made["silver"].facts
    assert facts["read"] == facts["good"] + facts["duplicates"] == 43_389
    assert facts["rejected"] == {}


def test_flows_that_are_alike_stand_on_one_side(rows: pl.DataFrame) -> None:
    used = rows.filter(pl.col("part") != "unused")
    assert used.group_by("group").agg(pl.col("part").n_unique())["part"].max() == 1


def test_a_flow_that_is_called_both_ways_is_kept_as_two(rows: pl.DataFrame) -> None:
    both = rows.group_by("group").agg(pl.col("target").n_unique()).filter(pl.col("target") > 1)
    assert both.height >= 1


def test_every_label_is_learned_from_before_it_is_tested(rows: pl.DataFrame) -> None:
    dealt = rows.filter((pl.col("day") != "2019-03-01") & (pl.col("part") != "unused"))
    for _, one in dealt.filter("seen").group_by("label", "source"):
        hours = dict(one.group_by("part").agg(pl.col("hour").min()).iter_rows())
        learned = one.filter(pl.col("part") == "train")["hour"].max()
        assert "test" not in hours or hours["test"] > str(learned)


def test_the_day_that_is_held_out_is_never_learned_from(rows: pl.DataFrame) -> None:
    day = rows.filter(pl.col("day") == "2019-03-01")
    assert day.height > 1_500
    assert set(day["part"]) <= {"test", "unused"}


def test_an_honest_run_holds_its_gates(made: dict[str, Artifact]) -> None:
    assert json.loads(made["judge"].read("verdict.json"))["passed"]
