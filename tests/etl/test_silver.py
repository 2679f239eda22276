"""Silver: good + rejected + duplicates = read, and every row keeps where it came from."""

from pathlib import Path

import polars as pl
import pytest

from detectory.errors import BadDetector, NothingGood, NothingToRead
from detectory.library import Workspace, run

EXTRACT = """
def extract(into, *, sources) -> None:
    texts = {texts!r}
    into.add({{"text": texts, "label": {labels!r}, "population": ["p"] * len(texts),
              "batch": [str(n) for n in range(len(texts))], "line": list(range(1, len(texts) + 1))}},
             source="hand", origin="synthetic")
"""


def silver_of(
    home: Workspace, texts: list[object], labels: list[str]
) -> tuple[dict, pl.DataFrame, pl.DataFrame]:
    source = home.own / "toy" / "source.py"
    kept = source.read_text().split("def extract")[0]
    kept += "def groups(rows):\n    return rows['batch']\n"
    source.write_text(kept + EXTRACT.format(texts=texts, labels=labels))
    made = run("toy", stages=["bronze", "silver"], within=home).artifacts["silver"]
    rows, quarantine = (pl.read_parquet(made.path(f"{name}.parquet")) for name in ("rows", "quarantine"))
    return dict(made.facts), rows, quarantine


def test_every_row_is_good_rejected_or_a_duplicate(toy_home: Workspace) -> None:
    texts = ["one", "two words", "", "ONE", "three"]
    facts, rows, quarantine = silver_of(toy_home, texts, ["word"] * 5)
    assert rows["text"].to_list() == ["one", "three"]
    assert quarantine["reason"].to_list() == ["bad_character", "empty"]
    assert quarantine["line"].to_list() == [2, 3]
    assert facts["read"] == facts["good"] + facts["duplicates"] + sum(facts["rejected"].values()) == 5


def test_the_first_and_the_last_line_are_in(toy_home: Workspace) -> None:
    _, rows, _ = silver_of(toy_home, ["first", "middle", "last"], ["word"] * 3)
    assert rows["line"].to_list() == [1, 2, 3]


def test_what_is_called_both_is_learned_by_nobody(toy_home: Workspace) -> None:
    facts, rows, quarantine = silver_of(toy_home, ["a", "b", "A"], ["word", "word", "alpha"])
    assert rows["text"].to_list() == ["b"]
    assert quarantine["reason"].to_list() == ["label_conflict"] * 2
    assert facts["rejected"] == {"label_conflict": 2}


def test_a_parse_that_loses_rows_stops_the_run(toy_home: Workspace) -> None:
    parse = Path(toy_home.own / "toy" / "parse.py")
    parse.write_text(parse.read_text().replace("rejected.append", "str"))
    with pytest.raises(BadDetector, match="toy") as caught:
        silver_of(toy_home, ["one", "two words"], ["word"] * 2)
    assert caught.value.why == "parse lost 1 of 2 rows"


def test_a_source_without_rows_is_told(toy_home: Workspace) -> None:
    with pytest.raises(NothingToRead, match="gave no row"):
        silver_of(toy_home, [], [])


def test_a_source_of_which_no_row_is_good_is_told_with_the_reasons(toy_home: Workspace) -> None:
    with pytest.raises(NothingGood, match="not one of the 3 rows") as caught:
        silver_of(toy_home, ["two words", "", "three more words"], ["word"] * 3)
    assert caught.value.why == "bad_character (2), empty (1)"


def test_what_is_called_both_may_be_kept_as_two_rows(toy_home: Workspace) -> None:
    toml = toy_home.own / "toy" / "detector.toml"
    toml.write_text(
        toml.read_text().replace('unique_by = "text"', 'unique_by = ["text"]\nconflicts = "keep"')
    )
    facts, rows, _ = silver_of(toy_home, ["a", "b", "A", "a"], ["word", "word", "alpha", "word"])
    assert rows.select("text", "label").rows() == [("a", "word"), ("b", "word"), ("a", "alpha")]
    assert (facts["duplicates"], facts["rejected"]) == (1, {})


def test_what_a_source_states_is_a_fact_of_bronze(toy_home: Workspace) -> None:
    source = toy_home.own / "toy" / "source.py"
    source.write_text(
        source.read_text().replace("def groups", "    return {'renamed': 3}\n\n\ndef groups", 1)
    )
    made = run("toy", stages=["bronze"], within=toy_home).artifacts["bronze"]
    assert made.facts["stated"] == {"renamed": 3}
