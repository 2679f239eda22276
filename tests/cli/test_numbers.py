"""A detector that predicts numbers, on the command line: values and intervals instead of alerts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask

BUSES = "stop,day,hour,km,truth\nnorth,70,17.0,4.5,9.0\nSouth,70,12,,late\nwest,70,25,1,3\neast,71,8.5,20,\n"


@pytest.fixture
def at_late(ask: Ask, late_made: Workspace) -> Ask:
    """Commands in a workspace where the toy detector that predicts numbers has a champion."""
    return partial(ask, at=late_made.root)


@pytest.fixture
def buses(tmp_path: Path) -> str:
    path = tmp_path / "buses.csv"
    path.write_text(BUSES)
    return str(path)


def test_every_row_gets_a_value_and_an_interval(at_late: Ask, buses: str) -> None:
    said = at_late("score", "late", buses)
    scored = [row for row in said.lines if "error" not in row]
    assert len(scored) == 3
    assert all(row["low"] <= row["value"] <= row["high"] for row in scored)
    assert "3 scored, 1 rejected: not_understood 1" in said.err
    assert "alert" not in said.out + said.err


def test_csv_has_the_columns_of_a_number(at_late: Ask, buses: str) -> None:
    head = at_late("score", "late", buses, "--format", "csv").out.splitlines()[0]
    assert head == "stop,day,hour,km,truth,value,low,high,version,error,line,raw"


def test_a_column_called_value_goes_on_under_another_name(at_late: Ask, tmp_path: Path) -> None:
    path = tmp_path / "named.csv"
    path.write_text("stop,day,hour,value\nnorth,70,17,x\n")
    assert at_late("score", "late", str(path)).lines[0]["input_value"] == "x"


def test_the_count_has_no_alerts_in_it(at_late: Ask, buses: str) -> None:
    document = at_late("score", "late", buses, "--json").json
    assert (document["scored"], document["rejected"]) == (3, {"not_understood": 1})
    assert "alerts" not in document


def test_own_rows_are_judged_by_their_numbers(at_late: Ask, buses: str) -> None:
    document = at_late("evaluate", "late", buses, "--label", "truth", "--json").json
    assert document["rejected"] == {
        "no_target": 1, "not_understood": 1, "target_not_a_number": 1,
    }  # fmt: skip
    assert (document["read"], document["counts"]["rows"], document["unit"]) == (4, 1, "minutes")
    assert document["metrics"]["mae"]["value"] > 0
    assert "mae_seen" not in document["metrics"]


def test_the_verdict_on_own_rows_is_told_in_words(at_late: Ask, buses: str) -> None:
    said = at_late("evaluate", "late", buses, "--label", "truth")
    assert [line.split()[0] for line in said.out.splitlines()][-5:] == [
        "median_ae", "smape", "r2", "coverage", "width",
    ]  # fmt: skip


def test_a_column_without_any_number_is_bad_input(at_late: Ask, buses: str) -> None:
    said = at_late("evaluate", "late", buses, "--label", "stop")
    assert said.code == 4
    assert "no row that parses has a number in it" in said.err


def test_there_is_no_positive_number(at_late: Ask, buses: str) -> None:
    said = at_late("evaluate", "late", buses, "--label", "truth", "--positive", "9")
    assert (said.code, "E2008" in said.err) == (2, True)


def test_there_is_no_threshold_to_certify(at_late: Ask, buses: str) -> None:
    said = at_late("threshold", "late", "--from", buses)
    assert said.code == 2
    assert "'late' predicts a number" in said.err


def test_a_version_shows_what_its_intervals_promise(at_late: Ask) -> None:
    shown = at_late("models", "show", "late")
    assert "intervals   90% promised, margin" in shown.out
    assert "threshold" not in shown.out
    assert at_late("models", "verify", "late").code == 0


def test_the_report_says_the_error_beside_the_best_baseline(at_late: Ask) -> None:
    said = at_late("report", "late")
    assert "below the best baseline (stop and hour)" in said.out
    assert "90% promised" in said.out


def test_a_number_is_no_finding(at_late: Ask) -> None:
    said = at_late("score", "late", "--format", "ocsf", stdin=b"{}")
    assert said.code == 2
    assert "error[E2008]" in said.err
