"""``evaluate``: a version judged on a stranger's rows; nothing is changed."""

from pathlib import Path

import pytest

from tests.cli.conftest import Ask

ROWS = "text,truth\na1b2c3,alpha\nhello,word\nworld,word\nbad word,word\nd4e5f6,alpha\n"


@pytest.fixture
def labelled(tmp_path: Path) -> str:
    path = tmp_path / "labelled.csv"
    path.write_text(ROWS)
    return str(path)


def test_rows_are_judged_and_counted(at_toy: Ask, labelled: str) -> None:
    document = at_toy("evaluate", "toy", labelled, "--label", "truth", "--json").json
    assert (document["read"], document["rejected"]) == (5, {"bad_character": 1})
    assert document["metrics"]["roc_auc"]["value"] == 1
    assert document["in_training"] >= 0


def test_a_line_that_holds_no_row_counts_as_read_and_rejected(at_toy: Ask, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(ROWS + '"never closed\n\n')
    document = at_toy("evaluate", "toy", str(path), "--label", "truth", "--json").json
    assert document["read"] == 7
    assert document["rejected"] == {"bad_character": 1, "bad_csv": 1, "blank_line": 1}


def test_one_value_may_stand_for_an_alert(at_toy: Ask, tmp_path: Path) -> None:
    path = tmp_path / "zeros.csv"
    path.write_text("text,y\na1b2c3,1\nhello,0\n")
    document = at_toy("evaluate", "toy", str(path), "--label", "y", "--positive", "1", "--json").json
    assert document["metrics"]["recall_at_budget"]["value"] == 1
    assert document["unknown_families"] == {}


def test_labels_that_say_nothing_are_refused_with_those_that_would(at_toy: Ask, tmp_path: Path) -> None:
    path = tmp_path / "zeros.csv"
    path.write_text("text,y\na1b2c3,1\nhello,0\n")
    said = at_toy("evaluate", "toy", str(path), "--label", "y")
    assert said.code == 4
    assert "holds 0, 1; none is alpha, beta, serial, word" in said.err


def test_the_positive_label_alone_is_a_truth_too(at_toy: Ask, tmp_path: Path) -> None:
    path = tmp_path / "alerts.csv"  # as an export of feedback on alerts that were all right
    path.write_text("text,label\na1b2c3,serial\nd4e5f6,serial\n")
    document = at_toy("evaluate", "toy", str(path), "--label", "label", "--json").json
    assert (document["read"], document["unknown_families"]) == (2, {})


def test_a_missing_label_column_is_answered_with_the_nearest(at_toy: Ask, labelled: str) -> None:
    said = at_toy("evaluate", "toy", labelled, "--label", "trutth")
    assert (said.code, "did you mean 'truth'?" in said.err) == (4, True)
