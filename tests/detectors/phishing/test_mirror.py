"""phishing on the real lists, a fixed sample of them: from the mirror to a verdict."""

from pathlib import Path

import polars as pl
import pytest

from detectory import detectors, pipeline
from detectory.artifacts import Artifact
from detectory.choice import Choice
from detectory.library import Workspace, run, workspace


@pytest.fixture(scope="module")
def made(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Artifact]:
    home: Workspace = workspace(tmp_path_factory.mktemp("mirror"), [f"mirror={mirror}"])
    few = Choice(("stacked",), {"stacked": {"rounds": 150}})
    stages = pipeline.chosen(last="judge")
    return run("phishing", stages=stages, sample=0.13, choice=few, within=home).artifacts


@pytest.fixture(scope="module")
def rows(made: dict[str, Artifact]) -> pl.DataFrame:
    silver, split = made["silver"].path("rows.parquet"), made["split"].path("parts.parquet")
    return pl.concat([pl.read_parquet(silver), pl.read_parquet(split)], how="horizontal")


def test_every_row_of_the_lists_is_accounted_for(made: dict[str, Artifact]) -> None:
    facts = made["silver"].facts
    assert facts["read"] == made["bronze"].facts["rows"] > 10_000
    assert facts["read"] == facts["good"] + facts["duplicates"] + sum(facts["rejected"].values())


def test_scheme_and_www_by_which_the_lists_differ_are_gone(rows: pl.DataFrame) -> None:
    beginning = rows["url"].str.extract(r"^(\w+:/|www\.)[^/]*\.").drop_nulls()
    assert beginning.to_list() == []


def test_entities_that_some_lists_leave_in_are_mended_and_counted(rows: pl.DataFrame) -> None:
    assert rows.filter(pl.col("mended").str.contains("entity")).height > 100
    assert not rows["url"].str.contains("&amp;", literal=True).any()


def test_all_four_lists_are_there_with_both_classes(rows: pl.DataFrame) -> None:
    found = rows.group_by("population").agg(pl.col("label").unique().sort())
    assert dict(found.iter_rows()) == {
        "aung2021": ["legitimate", "phishing"],
        "ebbu2017": ["legitimate", "phishing"],
        "iscx2016": ["legitimate"],
        "phishtank": ["phishing"],
    }


def test_a_registered_domain_is_on_one_side_with_twenty_urls_at_most(rows: pl.DataFrame) -> None:
    used = rows.filter(pl.col("part") != "unused")
    assert used["url"].n_unique() == used.height
    sizes = used.group_by("domain").agg(pl.col("part").n_unique(), pl.len().alias("urls"))
    assert sizes["part"].max() == 1
    assert sizes["urls"].max() == 20


def test_phishing_of_domains_that_nobody_saw_is_told_from_legitimate_urls(made: dict[str, Artifact]) -> None:
    metrics = made["judge"].json("verdict.json")["metrics"]
    assert metrics["roc_auc"]["low"] > 0.97
    assert metrics["recall_at_fpr_1e-2"]["low"] > 0.7
    assert metrics["fpr_at_budget"]["value"] < 0.01


def test_a_list_that_was_left_out_is_told_less_well(made: dict[str, Artifact]) -> None:
    left_out = made["judge"].json("report.json")["verdict"]["left_out"]
    assert set(left_out) == set(detectors.load("phishing").spec.leave_out)
    for one in left_out.values():
        assert one["without"]["roc_auc"]["value"] < one["version"]["roc_auc"]["value"]
