"""``run``: stages with their seconds on stderr, what was made on stdout."""

from pathlib import Path

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


def test_a_report_is_written_with_metrics_and_curves_over_that_of_before(
    at_copy: Ask, tmp_path: Path
) -> None:
    plots = tmp_path / "there" / "plots"
    plots.mkdir(parents=True)
    for name in ("truth_by_value.csv", "mine.csv"):
        (plots / name).touch()
    at_copy("run", "toy", "judge", "--report", str(plots.parent))
    files = {"report.html", "report.md", "report.json", "metrics.json", "plots"}
    assert {path.name for path in plots.parent.iterdir()} == files
    curves = {path.name for path in plots.iterdir()}
    assert curves >= {"roc.csv", "precision_recall.csv", "reliability.csv", "mine.csv"}
    assert "truth_by_value.csv" not in curves  # of the detector that was judged there before


def test_an_option_may_be_written_as_dvc_unpacks_a_table(at_copy: Ask) -> None:
    states = at_copy("run", "toy", "--dry-run", "--json", "--set.seed", "5").json["stages"]
    assert (states["bronze"], at_copy("run", "toy", "--set.seed").code) == ("make", 3)


def test_an_unknown_stage_is_answered_with_the_nearest(at_toy: Ask) -> None:
    said = at_toy("run", "toy", "slver")
    assert (said.code, "did you mean 'silver'?" in said.err) == (2, True)


def test_a_missing_key_is_told_before_anything_is_made(ask: Ask, toy_home: Workspace) -> None:
    toy_home.signing_key.unlink()
    said = ask("run", "toy", at=toy_home.root)
    assert (said.code, "detectory models keygen" in said.err) == (3, True)
    assert toy_home.store.listing("") == ["journal"]  # which says why the run ended


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--sample", "0"], "no share"),
        (["--sample", "150%"], "no share"),
        (["--only"], "--only needs --source"),
        (["silver", "--to", "gold"], "as a range"),
        (["--source", "nowhere/*.txt"], "there is no file"),
        (["--to", "fit", "--report", "there"], "--report needs a judgement"),
    ],
)
def test_what_contradicts_itself_exits_2(at_toy: Ask, arguments: list[str], why: str) -> None:
    said = at_toy("run", "toy", *arguments)
    assert (said.code, why in said.err) == (2, True)
