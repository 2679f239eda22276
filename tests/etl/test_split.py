"""The split: groups whole, held-out rows only tested, leaks found."""

import re

import polars as pl
import pytest
from msgspec import structs

from detectory.artifacts import Artifact
from detectory.errors import LeakFound, PartLacks
from detectory.etl.split import find_leaks
from detectory.library import Workspace, run
from detectory.pipeline import chosen
from detectory.spec import Spec


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

    def row_by_row(table: pl.DataFrame, spec: Spec) -> pl.DataFrame:
        names = list(spec.split.parts)
        return table.with_columns(part=pl.Series([names[row % 7 % 4] for row in range(table.height)]))

    monkeypatch.setattr("detectory.etl.split._assigned", row_by_row)
    with pytest.raises(LeakFound, match="nothing was trained") as caught:
        run("toy", within=toy_home)
    assert "groups stand on two sides" in caught.value.why
    assert "held out would be learned from" in caught.value.why
    assert toy_home.store.listing("toy/fit") == []


def split_of(home: Workspace, *words: str) -> pl.DataFrame:
    """The toy's rows with their parts, after these lines were added to its table ``[split]``."""
    toml = home.own / "toy" / "detector.toml"
    toml.write_text(toml.read_text().replace("[split]\n", "\n".join(["[split]", *words, ""])))
    made = run("toy", stages=chosen(last="split"), within=home).artifacts
    return joined(made["silver"], made["split"])


def test_forward_in_time_every_part_begins_after_the_one_before(toy_home: Workspace) -> None:
    table = split_of(toy_home, 'order = "batch"', "stratify = false").filter("learnable")
    spans = table.group_by("part").agg(first=pl.col("batch").min(), last=pl.col("batch").max())
    in_time = spans.sort("first")
    assert in_time["part"].to_list() == ["train", "validation", "calibration", "test"]
    assert (in_time["last"].to_numpy()[:-1] < in_time["first"].to_numpy()[1:]).all()


def test_forward_in_time_within_each_label_keeps_its_shares(toy_home: Workspace) -> None:
    table = split_of(toy_home, 'order = "batch"').filter("learnable")
    shares = table.group_by("label").agg(share=(pl.col("part") == "train").mean())
    assert shares["share"].to_list() == pytest.approx([0.55] * 3, abs=0.02)


def test_shares_can_be_kept_within_the_values_of_several_columns(toy_home: Workspace) -> None:
    source = toy_home.own / "toy" / "source.py"
    by_line = '"population": ["late" if number > count / 2 else "early" for number in range(count)],'
    text = source.read_text().replace("number % 100", "number")
    source.write_text(re.sub(r'"population": \["dictionary".*', by_line, text))
    table = split_of(toy_home, 'order = "line"', 'stratify = ["label", "population"]').filter("learnable")
    shares = table.group_by("label", "population").agg(share=(pl.col("part") == "train").mean())
    assert set(shares["population"]) == {"early", "late"}
    assert shares["share"].to_list() == pytest.approx([0.55] * shares.height, abs=0.02)


def test_a_group_belongs_where_it_begins_and_its_later_rows_are_not_used(toy_home: Workspace) -> None:
    source = toy_home.own / "toy" / "source.py"
    before = "def groups(rows: Rows) -> list[str]:\n"
    pairs = 'zip(rows["label"], rows["line"], strict=True)'
    runs = f'    return [f"{{kind}}/{{line // 37}}" for kind, line in {pairs}]\n'
    source.write_text(source.read_text().replace(before, before + runs))
    table = split_of(toy_home, 'order = "line"').filter("learnable")
    used = table.filter(pl.col("part") != "unused")
    assert used.group_by("group").agg(pl.col("part").n_unique())["part"].max() == 1
    words = used.filter(pl.col("label") == "word").group_by("part").agg(pl.col("line").max()).sort("line")
    assert words["part"].to_list() == ["train", "validation", "calibration", "test"]
    assert used.height < table.height


def test_learning_from_the_future_is_a_leak(table: pl.DataFrame, spec: Spec) -> None:
    forward = structs.replace(spec, split=structs.replace(spec.split, order="line", stratify=False))
    assert (
        "rows that are learned from are no older than the first that test" in find_leaks(table, forward)[-1]
    )


def test_repeats_test_what_was_seen_beside_what_was_not(toy_home: Workspace) -> None:
    table = split_of(toy_home, "repeats = 0.2").filter("learnable")
    train, test = (table.filter(pl.col("part") == part) for part in ("train", "test"))
    seen = test.filter("seen")
    assert seen.height == pytest.approx(0.2 * (seen.height + train.height), rel=0.1)
    assert set(seen["group"]) <= set(train["group"])
    assert set(test.filter(~pl.col("seen"))["group"]).isdisjoint(train["group"])


def test_a_part_without_a_side_stops_the_run_before_anything_is_fitted(toy_home: Workspace) -> None:
    toml = toy_home.own / "toy" / "detector.toml"
    held_out = 'label = ["alpha", "beta", "gamma"]'
    toml.write_text(toml.read_text().replace('label = ["gamma"]', held_out, 1))
    with pytest.raises(PartLacks, match="no row is train, positive or validation, positive"):
        run("toy", within=toy_home)
    assert toy_home.store.listing("toy/split") == []


def test_of_a_large_group_so_many_rows_are_used_as_it_may_have(toy_home: Workspace) -> None:
    before = split_of(toy_home).filter("learnable").group_by("group").len()
    most = int(before["len"].median() or 0)
    table = split_of(toy_home, f"most_rows_a_group = {most}").filter(pl.col("part") != "unused")
    after = table.filter("learnable").group_by("group").len()
    assert before["len"].max() > most
    assert after["len"].max() == most
    assert set(after["group"]) == set(before["group"])


def test_of_a_large_group_that_is_held_out_no_more_is_tested_than_of_any_other(toy_home: Workspace) -> None:
    table = split_of(toy_home, "most_rows_a_group = 2")
    tested = table.filter((pl.col("label") == "gamma") & (pl.col("part") == "test"))
    assert tested.group_by("group").len()["len"].max() == 2


def test_what_is_only_trained_on_takes_part_in_nothing_else(toy_home: Workspace) -> None:
    before = split_of(toy_home).filter(pl.col("label") != "alpha")
    after = split_of(toy_home, 'repeats = 0.2\nonly_trained = { label = ["alpha"] }')
    assert after.filter(pl.col("label") == "alpha")["part"].unique().to_list() == ["train"]
    validating = pl.col("part") == "validation"
    others = after.filter(pl.col("label") != "alpha")
    assert others.filter(validating)["group"].unique().sort().to_list() == (
        before.filter(validating)["group"].unique().sort().to_list()
    )
