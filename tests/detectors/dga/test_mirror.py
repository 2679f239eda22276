"""dga on real lists, a fixed sample of them: from the mirror to a checked split."""

from pathlib import Path

import polars as pl
import pytest

from detectory import pipeline
from detectory.artifacts import Artifact
from detectory.library import Workspace, run, workspace


@pytest.fixture(scope="module")
def made(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Artifact]:
    home: Workspace = workspace(tmp_path_factory.mktemp("mirror"), [f"mirror={mirror}"])
    return run("dga", stages=pipeline.chosen(last="split"), sample=0.05, within=home).artifacts


@pytest.fixture(scope="module")
def rows(made: dict[str, Artifact]) -> pl.DataFrame:
    silver, split = made["silver"].path("rows.parquet"), made["split"].path("parts.parquet")
    return pl.concat([pl.read_parquet(silver), pl.read_parquet(split)], how="horizontal")


def test_every_row_of_the_lists_is_accounted_for(made: dict[str, Artifact]) -> None:
    facts = made["silver"].facts
    assert facts["read"] == made["bronze"].facts["rows"] > 60_000
    assert facts["read"] == facts["good"] + facts["duplicates"] + sum(facts["rejected"].values())


def test_the_bugs_of_the_malware_are_quarantined_with_a_reason(made: dict[str, Artifact]) -> None:
    quarantine = pl.read_parquet(made["silver"].path("quarantine.parquet"))
    buggy = quarantine.filter(pl.col("source").str.contains("bazarbackdoor_example_domains_buggy"))
    assert buggy.height > 500
    assert set(buggy["reason"]) <= {"bad_character", "bad_hyphen", "empty_label", "bare_suffix"}


def test_benign_lists_that_the_model_shall_not_know_are_only_tested(rows: pl.DataFrame) -> None:
    held_out = rows.filter(pl.col("population").is_in(["alexa", "opendns", "chrmor"]))
    assert held_out.height > 3_000
    assert set(held_out["part"]) <= {"test", "unused"}


def test_a_family_in_lists_and_among_the_generated_is_held_out_in_both(rows: pl.DataFrame) -> None:
    qadars = rows.filter(pl.col("label") == "qadars")
    assert set(qadars["population"]) >= {"generated", "baderj"}
    assert set(qadars["part"]) == {"test"}
    assert not qadars["seen"].any()


def test_repeats_of_one_name_do_not_reach_two_sides(rows: pl.DataFrame) -> None:
    used = rows.filter(pl.col("part") != "unused")
    assert used["domain"].n_unique() == used.height
    assert used.group_by("group").agg(pl.col("part").n_unique())["part"].max() == 1
