"""Evaluate: a stranger's labelled rows, judged as ours were, and nothing changed."""

import pytest

from detectory.errors import LabelsMissing
from detectory.judge.stranger import trained_keys
from detectory.library import Workspace, evaluate


def judged(home: Workspace, texts: list[object], labels: list[str]) -> dict:
    return evaluate("toy", {"text": texts}, labels, within=home)


def test_a_strangers_rows_are_judged_at_the_versions_own_threshold(toy_made: Workspace) -> None:
    verdict = judged(toy_made, ["hello", "world", "a1b2c3", "x9y8z7"], ["word", "word", "alpha", "beta"])
    assert verdict["metrics"]["accuracy"]["value"] == 1.0
    assert verdict["counts"]["alerts"] == 2
    assert verdict["read"] == 4


def test_rows_that_do_not_parse_are_counted_by_reason(toy_made: Workspace) -> None:
    verdict = judged(toy_made, ["hello", "two words", None, "a1b2c3"], ["word", "word", "word", "alpha"])
    assert verdict["rejected"] == {"bad_character": 1, "not_text": 1}
    assert verdict["counts"]["rows"] == 2


def test_families_that_the_version_does_not_know_are_counted(toy_made: Workspace) -> None:
    assert judged(toy_made, ["hello", "k1l2m3"], ["word", "gamma"])["unknown_families"] == {"gamma": 1}


def test_rows_that_were_trained_on_are_counted(toy_made: Workspace) -> None:
    trained = trained_keys(toy_made.scorer("toy"), toy_made.store)
    assert trained
    assert len(trained) == 3190
    known = sorted(text for text in trained if text.isalpha())[:2]
    assert judged(toy_made, [*known, "neverseenbefore"], ["word"] * 3)["in_training"] == 2


def test_where_training_rows_are_elsewhere_their_number_is_unknown(
    toy_made: Workspace, toy_home: Workspace
) -> None:
    assert trained_keys(toy_made.scorer("toy"), toy_home.store) is None


def test_rows_that_are_only_called_positive_are_neither_seen_nor_unseen(toy_made: Workspace) -> None:
    verdict = judged(toy_made, ["hello", "a1b2c3"], ["word", "serial"])
    assert verdict["metrics"]["recall_at_budget"]["value"] == 1.0
    assert not [name for name in verdict["metrics"] if "seen" in name]
    assert verdict["unknown_families"] == {}


def test_one_class_alone_can_be_judged(toy_made: Workspace) -> None:
    verdict = judged(toy_made, ["hello", "world"], ["word", "word"])
    assert verdict["metrics"]["fpr_at_budget"]["value"] == 0.0
    assert verdict["metrics"]["recall_at_budget"]["value"] is None


def test_a_row_without_a_label_stops_the_judgement(toy_made: Workspace) -> None:
    with pytest.raises(LabelsMissing, match="cannot be judged") as caught:
        judged(toy_made, ["hello", "world"], ["word", ""])
    assert caught.value.why == "row 2 has none"


def test_a_file_in_which_nothing_parses_is_told(toy_made: Workspace) -> None:
    with pytest.raises(LabelsMissing, match="cannot be judged") as caught:
        judged(toy_made, ["two words"], ["word"])
    assert caught.value.why == "no row parses"


def test_nothing_is_changed(toy_made: Workspace) -> None:
    before = sorted(toy_made.root.rglob("*"))
    judged(toy_made, ["hello", "a1b2c3"], ["word", "alpha"])
    assert sorted(toy_made.root.rglob("*")) == before
