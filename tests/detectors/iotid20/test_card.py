"""The card says what the detector's words and code say."""

from __future__ import annotations

import re
from pathlib import Path

from detectory import detectors
from detectory.detectors.iotid20 import model, parse
from detectory.judge.threshold import rows_needed
from detectory.judge.titles import TITLES

DETECTOR = detectors.load("iotid20")
CARD = (DETECTOR.folder / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"^##+ ", CARD.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(heading: str, *, header: str) -> dict[str, list[str]]:
    """The rows of one of a section's tables by their first cell."""
    lines = section(heading).split(f"| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_reason_of_a_rejection_is_told_with_its_meaning() -> None:
    assert {name: [means] for name, means in parse.REASONS.items()} == table("Input", header="reason")


def test_the_columns_are_counted_right() -> None:
    door = DETECTOR.spec.doors["flow"]
    assert f"The {len(door.required)} statistics" in section("Input")
    assert f"the {len(door.fields) - len(door.required) - 1} others" in section("Input")


def test_every_candidate_is_told() -> None:
    assert set(table("Models", header="candidate")) == {candidate.name for candidate in model.candidates()}


def test_the_shares_are_those_of_the_words() -> None:
    shares = [f"{100 * share:.0f}" for share in DETECTOR.spec.split.parts.values()]
    assert re.findall(r"(\d+) %", section("Split")) == shares


def test_the_budget_is_that_of_the_words_and_what_it_needs_is_told() -> None:
    budget, told = DETECTOR.spec.budget, section("Alert budget")
    assert told.startswith(
        f"\n{budget.false_alerts_a_day:g} false alerts a day among {budget.benign_events_a_day:,.0f} normal"
    )
    assert f"At least {rows_needed(budget.rate)} normal calibration rows" in told
    assert f"the sample would need {rows_needed(0.01)}" in told


def test_every_metric_of_the_table_is_one_of_a_verdict() -> None:
    assert set(table("Measured", header="metric")) <= set(TITLES)


def test_every_baseline_is_measured() -> None:
    known = {"majority", "single feature", "look-up table", *DETECTOR.spec.baselines}
    assert set(table("Measured", header="baseline")) == known


def test_every_population_that_is_left_out_is_told() -> None:
    names = [name for values in DETECTOR.spec.leave_out.values() for name in values["population"]]
    assert list(table("Left out", header="left out")) == names


def test_the_card_names_no_place_that_is_not_there() -> None:
    for target in re.findall(r"\]\((\.[^)#]*)", CARD):
        assert Path(DETECTOR.folder, target).exists(), target
