"""``run``: stages with their seconds on stderr, what was made on stdout."""

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask


def test_a_run_with_nothing_to_do_keeps_every_stage_and_says_what_there_is(at_copy: Ask) -> None:
    said = at_copy("run", "toy")
    assert said.code == 0
    assert said.err.count(" kept") == 8
    assert "6,400 read = 6,400 good + 0 duplicates + 0 rejected" in said.out
    assert "1 of 1 hold" in said.out
    assert "toy@1 (there already)" in said.out
    assert said.err.splitlines()[-1] == "next: detectory report toy@1 --open"


def test_a_run_under_json_is_one_document_with_intervals(at_copy: Ask) -> None:
    document = at_copy("run", "toy", "--json").json
    assert set(document) >= {"rows", "metrics", "gates", "version", "champion", "report", "stages"}
    assert set(document["metrics"]["roc_auc"]) == {"value", "low", "high"}
    rows = document["rows"]
    assert rows["good"] + rows["duplicates"] + sum(rows["rejected"].values()) == rows["read"]


def test_a_dry_run_makes_nothing(ask: Ask, toy_home: Workspace) -> None:
    document = ask("run", "toy", "--dry-run", "--json", at=toy_home.root).json
    assert document["stages"]["bronze"] == "make"
    assert not toy_home.store.root.exists()


def test_a_range_of_stages_ends_where_it_is_told(ask: Ask, toy_home: Workspace) -> None:
    document = ask("run", "toy", "--to", "silver", "--json", at=toy_home.root).json
    assert list(document["stages"]) == ["bronze", "silver"]
    assert "version" not in document


def test_an_unknown_stage_is_answered_with_the_nearest(at_toy: Ask) -> None:
    said = at_toy("run", "toy", "slver")
    assert (said.code, "did you mean 'silver'?" in said.err) == (2, True)


def test_a_missing_key_is_told_before_anything_is_made(ask: Ask, toy_home: Workspace) -> None:
    toy_home.signing_key.unlink()
    said = ask("run", "toy", at=toy_home.root)
    assert (said.code, "detectory models keygen" in said.err) == (3, True)
    assert not toy_home.store.root.exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--sample", "0"], "no share"),
        (["--sample", "150%"], "no share"),
        (["--only"], "--only needs --source"),
        (["silver", "--to", "gold"], "as a range"),
        (["--source", "nowhere/*.txt"], "there is no file"),
    ],
)
def test_what_contradicts_itself_exits_2(at_toy: Ask, arguments: list[str], why: str) -> None:
    said = at_toy("run", "toy", *arguments)
    assert (said.code, why in said.err) == (2, True)


def test_a_run_takes_no_version(at_toy: Ask) -> None:
    assert at_toy("run", "toy@1").code == 2
