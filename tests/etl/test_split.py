"""The split: groups whole, held-out rows only tested, leaks found."""

import polars as pl
import pytest

from detectory.artifacts import Artifact
from detectory.errors import LeakFound
from detectory.etl.split import find_leaks
from detectory.library import Workspace, run
from detectory.spec import Spec, Split


@pytest.fixture(scope="module")
def spec(toy_made: Workspace) -> Spec:
    return toy_made.detector("toy").spec


@pytest.fixture(scope="module")
def table(toy_made: Workspace) -> pl.DataFrame:
    made = run("toy", stages=["split"], within=toy_made).artifacts
    return joined(made["silver"], made["split"])


def joined(silver: Artifact, split: Artifact) -> pl.DataFrame:
    rows, parts = pl.read_parquet(silver.path("rows.parquet")), pl.read_parquet(split.path("parts.parquet"))
    whole = pl.concat([rows, parts], how="horizontal")
    return whole.with_columns(learnable=(pl.col("label") != "gamma") & (pl.col("population") != "attic"))


def test_every_group_stands_on_one_side(table: pl.DataFrame) -> None:
    sides = table.group_by("group").agg(pl.col("part").n_unique())
    assert sides["part"].max() == 1


def test_a_held_out_family_is_tested_and_never_learned_from(table: pl.DataFrame) -> None:
    gamma = table.filter(pl.col("label") == "gamma")
    assert gamma["part"].unique().to_list() == ["test"]
    assert not gamma["seen"].any()


def test_a_held_out_population_is_tested_and_never_learned_from(table: pl.DataFrame) -> None:
    attic = table.filter(pl.col("population") == "attic")
    assert attic["part"].unique().to_list() == ["test"]


def test_each_label_keeps_the_declared_shares(table: pl.DataFrame, spec: Spec) -> None:
    for label in ("word", "alpha"):
        rows = table.filter((pl.col("label") == label) & pl.col("learnable"))
        for part, share in spec.split.parts.items():
            found = rows.filter(pl.col("part") == part).height / rows.height
            assert found == pytest.approx(share, abs=0.02)


def test_no_leak_is_found_where_there_is_none(table: pl.DataFrame, spec: Spec) -> None:
    assert find_leaks(table, spec) == []


def test_a_repeated_entity_is_a_leak(table: pl.DataFrame, spec: Spec) -> None:
    assert (
        find_leaks(pl.concat([table, table.head(2)]), spec)[0]
        == "2 rows repeat a 'text' that is there already"
    )


def test_a_torn_group_is_a_leak(table: pl.DataFrame, spec: Spec) -> None:
    torn = table.with_columns(group=pl.lit("one"))
    assert find_leaks(torn, spec)[0].startswith("1 groups stand on two sides (one")


def test_learning_from_what_is_held_out_is_a_leak(table: pl.DataFrame, spec: Spec) -> None:
    learned = table.with_columns(part=pl.when("learnable").then("part").otherwise(pl.lit("train")))
    leaks = [leak for leak in find_leaks(learned, spec) if "held out" in leak]
    assert leaks == ["600 rows of what is held out would be learned from"]


def test_a_planted_leak_stops_the_run(toy_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The leak of most projects: rows are dealt out one by one, whatever they belong to."""

    def row_by_row(table: pl.DataFrame, split: Split) -> pl.DataFrame:
        names = list(split.parts)
        return table.with_columns(part=pl.Series([names[row % 7 % 4] for row in range(table.height)]))

    monkeypatch.setattr("detectory.etl.split._assigned", row_by_row)
    with pytest.raises(LeakFound, match="nothing was trained") as caught:
        run("toy", within=toy_home)
    assert "groups stand on two sides" in caught.value.why
    assert "held out would be learned from" in caught.value.why
    assert toy_home.store.listing("toy/fit") == []
