"""Silver where rows are grouped: sources are parsed whole, labels stand apart, rows count once."""

from __future__ import annotations

import polars as pl
import pytest

from detectory.etl import bronze
from detectory.library import Workspace, run

# A row names one entity or two, "a" or "a+b", and says a letter of it: "a+b x".
PARSE = """
import numpy as np

from detectory.schema import Parsed, Rejected


def parse(rows, *, door="text") -> Parsed:
    texts, pairs, rejected = {}, [], []
    for row, value in enumerate(rows["text"]):
        names, _, letter = str(value).partition(" ")
        if not letter:
            rejected.append(Rejected(row, "text", "empty"))
            continue
        for name in names.split("+"):
            texts[name] = texts.get(name, "") + letter
            pairs.append((list(texts).index(name), row))
    entity, source = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Parsed({"word": list(texts), "text": list(texts.values())}, entity, source, rejected)
"""

SOURCE = """
def extract(into, *, sources) -> None:
    for name, texts in {rows!r}.items():
        labels = ({label!r} * len(texts))[:len(texts)]
        into.add({{"text": texts, "label": labels, "population": ["p"] * len(texts),
                  "batch": [""] * len(texts), "line": list(range(1, len(texts) + 1))}},
                 source=name, origin="synthetic")
    for told in {labels!r}:
        words, labels = zip(*told)
        into.labels({{"word": list(words), "label": list(labels)}}, source="told")


def groups(rows):
    return rows["word"]
"""


def silver_of(
    home: Workspace,
    rows: dict[str, list[str]],
    labels: list[list[tuple[str, str]]],
    *,
    label: str | list[str] = "",
) -> tuple[dict, pl.DataFrame, pl.DataFrame]:
    folder = home.own / "toy"
    words = folder / "detector.toml"
    words.write_text(
        words.read_text()
        .replace('unique_by = "text"', 'unique_by = "word"')
        .replace("[doors.text]", '[doors.text]\nkey = "word"')
    )
    (folder / "parse.py").write_text(PARSE)
    (folder / "source.py").write_text(
        SOURCE.format(rows=rows, labels=labels, label=[label] if isinstance(label, str) else label)
    )
    made = run("toy", stages=["bronze", "silver"], within=home).artifacts["silver"]
    good, quarantine = (pl.read_parquet(made.path(f"{name}.parquet")) for name in ("rows", "quarantine"))
    return dict(made.facts), good, quarantine


def test_an_entity_is_not_cut_where_a_part_of_bronze_ends(
    toy_home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bronze, "PART_ROWS", 1)
    rows = {"one": ["a x", "a y", "a z"], "two": ["b x"]}
    facts, good, _ = silver_of(toy_home, rows, [[("a", "word"), ("b", "alpha")]])
    assert good.select("word", "text", "rows").rows() == [("a", "xyz", 3), ("b", "x", 1)]
    assert facts["good"] == 4


def test_labels_that_stand_apart_are_joined_by_the_key(toy_home: Workspace) -> None:
    told = [[("b", "alpha")], [("a", "word"), ("z", "word")]]
    _, good, _ = silver_of(toy_home, {"log": ["a x", "b y"]}, told)
    assert good.select("word", "label", "target").rows() == [("a", "word", False), ("b", "alpha", True)]


def test_a_label_that_stands_with_the_rows_is_kept(toy_home: Workspace) -> None:
    _, good, _ = silver_of(toy_home, {"log": ["a x"]}, [[("a", "alpha")]], label="word")
    assert good["label"].to_list() == ["word"]


def test_what_nobody_labels_is_quarantined_line_by_line(toy_home: Workspace) -> None:
    facts, good, quarantine = silver_of(toy_home, {"log": ["a x", "b y", "b z", "c"]}, [[("a", "word")]])
    assert good["word"].to_list() == ["a"]
    assert sorted(quarantine.select("line", "reason").rows()) == [
        (2, "no_label"),
        (3, "no_label"),
        (4, "empty"),
    ]
    assert facts["rejected"] == {"empty": 1, "no_label": 2}


def test_a_row_of_two_entities_counts_once_and_as_good_when_one_of_them_is(toy_home: Workspace) -> None:
    facts, good, quarantine = silver_of(toy_home, {"log": ["a+b x", "b y", "a z"]}, [[("a", "word")]])
    assert good.select("word", "text", "rows").rows() == [("a", "xz", 2)]
    assert quarantine["line"].to_list() == [2]
    assert (facts["read"], facts["good"], facts["duplicates"]) == (3, 2, 0)


def test_an_entity_that_two_sources_tell_is_there_once(toy_home: Workspace) -> None:
    facts, good, _ = silver_of(toy_home, {"one": ["a x", "a y"], "two": ["a x", "b y"]}, [], label="word")
    assert good["word"].to_list() == ["a", "b"]
    assert (facts["good"], facts["duplicates"]) == (3, 1)


@pytest.mark.parametrize(
    "told",
    [
        [[("a", "word"), ("b", "word"), ("a", "alpha")]],
        [[("a", "word"), ("b", "word")], [("a", "alpha")]],
    ],
)
def test_a_key_that_is_told_two_labels_has_none_also_where_tables_disagree(
    toy_home: Workspace, told: list[list[tuple[str, str]]]
) -> None:
    _, good, quarantine = silver_of(toy_home, {"log": ["a x", "b y"]}, told)
    assert good["word"].to_list() == ["b"]
    assert quarantine["reason"].to_list() == ["no_label"]


def test_an_entity_whose_rows_disagree_has_no_label(toy_home: Workspace) -> None:
    facts, good, quarantine = silver_of(
        toy_home, {"hand": ["a x", "a y", "b x", "b y"]}, [], label=["word", "alpha", "word", "word"]
    )
    assert good["word"].to_list() == ["b"]
    assert set(quarantine["reason"]) == {"no_label"}
    assert facts["rejected"] == {"no_label": 2}
