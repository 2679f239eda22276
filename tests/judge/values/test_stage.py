"""The judgement of a detector that predicts numbers, from its bundle."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from detectory.errors import BadDetector, MissingColumn
from detectory.library import Workspace, run
from detectory.runtime import Scorer
from tests.toy.make import make_home


@pytest.fixture(scope="module")
def scorer(late_made: Workspace) -> Scorer:
    return late_made.scorer("late")


def test_the_version_passes_its_gates_and_says_by_how_much(scorer: Scorer) -> None:
    verdict = scorer.bundle.json("verdict.json")
    assert verdict["passed"]
    assert verdict["metrics"]["mae_lift"]["low"] > 0.1
    assert verdict["metrics"]["coverage"]["value"] == pytest.approx(0.9, abs=0.06)


def test_every_baseline_stands_beside_it_ours_and_those_declared(scorer: Scorer) -> None:
    verdict = scorer.bundle.json("report.json")["verdict"]
    ours = {"mean", "median", "single feature", "look-up table"}
    assert set(verdict["baselines"]) == ours | {"schedule", "last value", "stop and hour"}
    assert set(verdict["ablations"]) == {"without_stop"}


def test_what_was_left_out_is_judged_on_its_own_rows(scorer: Scorer) -> None:
    left_out = scorer.bundle.json("report.json")["verdict"]["left_out"]["north"]
    assert left_out["rows"] > 50
    assert left_out["without"]["mae"]["value"] > left_out["version"]["mae"]["value"]


def test_checks_look_at_the_value(scorer: Scorer) -> None:
    checks = scorer.bundle.json("report.json")["verdict"]["behaviour"]
    assert {check["name"]: check["passed"] for check in checks} == {
        "upper case": True, "five kilometres more": True,
    }  # fmt: skip


def test_golden_rows_hold_the_numbers_that_are_reproduced(scorer: Scorer) -> None:
    golden = scorer.bundle.json("golden.json")
    assert len(golden["value"]) == scorer.check_golden() == 64
    assert all(
        low <= value <= high
        for low, value, high in zip(*(golden[end] for end in ("low", "value", "high")), strict=True)
    )


def test_no_threshold_is_part_of_what_ships(scorer: Scorer) -> None:
    assert "threshold.json" not in scorer.bundle.files
    assert scorer.bundle.json("intervals.json")["method"] == "quantiles"
    assert {"intervals.json", "value.onnx", "low.onnx", "high.onnx"} <= set(
        scorer.bundle.json("verdict.json")["judged"]
    )


def test_without_quantile_heads_the_interval_is_as_wide_everywhere(tmp_path: Path) -> None:
    home = make_home(tmp_path, origin="generated", name="late")
    model = home.own / "late/model.py"
    kept = [line for line in model.read_text().splitlines() if '"low"' not in line and '"high"' not in line]
    model.write_text("\n".join(kept))
    run("late", within=home)
    scorer = home.scorer("late")
    told = scorer.score({"stop": ["north", "west"], "day": [70, 71], "hour": [17.0, 3.0], "km": [1.0, 20.0]})
    margin = scorer.bundle.json("intervals.json")
    assert margin["method"] == "residuals"
    assert (told.high - told.low).tolist() == pytest.approx([2 * margin["margin"]] * 2)
    assert scorer.bundle.json("verdict.json")["metrics"]["coverage"]["value"] > 0.85


def test_a_check_that_expects_an_alert_is_refused(tmp_path: Path) -> None:
    home = make_home(tmp_path, origin="generated", name="late")
    checks = home.own / "late/behaviour.py"
    checks.write_text(checks.read_text().replace('"not_lower"', '"alert"'))
    with pytest.raises(BadDetector, match="'late'") as caught:
        run("late", within=home)
    assert "'five kilometres more' expects an alert" in caught.value.why


@pytest.mark.parametrize("right", ['column = "last"', 'median_by = ["stop", "clock"]'])
def test_a_forecast_of_a_column_that_is_nowhere_is_named(tmp_path: Path, right: str) -> None:
    home = make_home(tmp_path, origin="generated", name="late")
    words = home.own / "late/detector.toml"
    words.write_text(
        words.read_text().replace(right, right.replace("last", "lsat").replace("clock", "clcok"))
    )
    with pytest.raises(MissingColumn, match=r"no column '(lsat|clcok)'"):
        run("late", within=home)


def test_nothing_in_the_report_is_infinite(scorer: Scorer) -> None:
    metrics = scorer.bundle.json("report.json")["verdict"]["metrics"]
    assert all(math.isfinite(found["value"]) for found in metrics.values())
