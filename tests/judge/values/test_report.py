"""The report on predicted numbers says error, lift and coverage first, and repeats itself."""

from __future__ import annotations

import re

import numpy as np
import pytest

from detectory.judge import gates, report
from detectory.judge.gates import Gate
from detectory.judge.reported import DataCounts
from detectory.judge.values.evaluate import Predicted, evaluate
from detectory.judge.values.intervals import Intervals
from detectory.judge.values.report import ValueFacts

HOSTILE = "<img src=x onerror=alert(1)>"


def facts_of(rows: int, *, at_most: float = 9.0, better: float = 3.0) -> ValueFacts:
    """The facts of so many rows; ``better`` is how far the baseline errs on average."""
    rng = np.random.default_rng(5)
    target = rng.gamma(2, 3, rows)
    value = target + rng.normal(0, 1, rows)
    found = Predicted(
        value=value,
        low=value - 1.7,
        high=value + 1.7,
        target=target,
        seen=np.ones(rows, dtype=bool),
        population=np.full(rows, "bus"),
        group=np.arange(rows) % 30,
        coverage=0.9,
        slices={"stop": np.where(np.arange(rows) % 3 > 0, "hub", HOSTILE)},
    )
    verdict = evaluate(found, baselines={"timetable": target + better}, seed=1, times=20)
    return ValueFacts(
        detector="late",
        title="Late buses",
        question="How late?",
        verdict=verdict,
        intervals=Intervals(0.9, 0.2, "quantiles", 91, 100),
        unit="minutes",
        gates=gates.check([Gate("mae", at_most=at_most)], verdict.metrics),
        data=DataCounts(read=rows, good=rows, duplicates=0),
    )


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return report.render(facts_of(900))


def test_the_headline_says_error_lift_and_coverage_in_words() -> None:
    why = report.headline(facts_of(900)).why
    assert re.search(r"MAE 0\.\d+ minutes \[.+\], \d\d% below the best baseline \(timetable\)", why)
    assert re.search(r"intervals hold [89]\d\.\d% of the truths, 90% promised", why)


def test_a_model_that_is_worse_than_a_baseline_says_so() -> None:
    assert "above the best baseline" in report.headline(facts_of(300, better=0.1)).why


def test_a_failed_gate_comes_before_everything() -> None:
    head = report.headline(facts_of(300, at_most=0.1))
    assert head.outcome == "fail"
    assert "Mean absolute error (MAE)" in head.why


def test_the_page_is_one_file_without_script_and_escapes_what_comes_from_data(
    files: dict[str, bytes],
) -> None:
    page = files["report.html"].decode()
    assert "<script" not in page
    assert HOSTILE not in page
    assert HOSTILE not in files["report.md"].decode()
    assert page.count("<svg") >= 2


def test_the_same_facts_give_the_same_bytes(files: dict[str, bytes]) -> None:
    assert report.render(facts_of(900)) == files


def test_errors_are_said_in_their_unit(files: dict[str, bytes]) -> None:
    assert "MAE, minutes" in files["report.md"].decode()
    assert "Residuals" in files["report.html"].decode()


@pytest.mark.parametrize("rows", [1, 2])
def test_a_row_or_two_still_make_a_report(rows: int) -> None:
    assert report.render(facts_of(rows))["report.json"]
