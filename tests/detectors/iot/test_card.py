"""The card says what the code does: reasons, features, candidates, split, budget."""

from __future__ import annotations

import re
from pathlib import Path

from detectory import detectors
from detectory.detectors.iot import model, parse
from detectory.detectors.iot.features import NAMES
from detectory.judge.titles import TITLES

DETECTOR = detectors.load("iot")
CARD = (DETECTOR.folder / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"^##+ ", CARD.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(heading: str) -> dict[str, list[str]]:
    """The rows of a section's first table by their first cell."""
    _, _, after = section(heading).partition("\n| ")
    lines = after.split("\n\n", 1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_reason_of_a_rejection_is_told_with_its_meaning() -> None:
    assert table("Input") == {reason: [means] for reason, means in parse.REASONS.items()}


def test_every_feature_is_in_a_group() -> None:
    told = re.findall(r"`(\w+)`", "".join(columns for columns, *_ in table("Features").values()))
    assert sorted(told) == sorted(name for names in NAMES.values() for name in names)


def test_every_candidate_is_told() -> None:
    assert set(table("Models")) == {candidate.name for candidate in model.candidates()}


def test_the_limits_shares_and_the_held_out_are_those_of_the_words() -> None:
    spec = DETECTOR.spec
    assert f"{spec.limits.size_mib:g} MiB and {spec.limits.row_us:g} µs a row" in section("Models")
    split = section("Split")
    assert re.findall(r"(\d+) %", split) == [f"{100 * share:.0f}" for share in spec.split.parts.values()]
    held_out = [name for names in spec.split.held_out.values() for name in names]
    assert re.findall(r"`([^`]+)`", split) == held_out


def test_the_budget_is_that_of_the_words() -> None:
    budget = DETECTOR.spec.budget
    told = f"{budget.false_alerts_a_day:g} false alerts a day among {budget.benign_events_a_day:,.0f} benign"
    assert told in section("Alert budget")


def test_every_metric_of_the_table_is_one_of_a_verdict() -> None:
    assert set(table("Measured")) <= set(TITLES)


def test_the_card_names_no_place_that_is_not_there() -> None:
    for target in re.findall(r"\]\((\.[^)#]*)", CARD):
        assert Path(DETECTOR.folder, target).exists(), target
