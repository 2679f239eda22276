"""The card says what the code does: reasons, features, candidates, split, forms."""

from __future__ import annotations

import re
from pathlib import Path

from detectory import detectors
from detectory.detectors.transit import model, parse
from detectory.detectors.transit.features import NAMES
from detectory.judge.titles import TITLES

DETECTOR = detectors.load("transit")
CARD = (DETECTOR.folder / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"^##+ ", CARD.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(heading: str) -> dict[str, list[str]]:
    """The rows of a section's first table by their first cell."""
    lines = re.search(r"(?:^\|.*\n)+", section(heading), flags=re.MULTILINE)
    assert lines is not None
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[0].splitlines()[2:]]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_reason_of_a_rejection_is_told_with_its_meaning() -> None:
    assert {reason: [means] for reason, means in parse.REASONS.items()} == table("Input")


def test_every_feature_is_in_a_group() -> None:
    told = re.findall(r"`(\w+)`", "".join(columns for columns, *_ in table("Features").values()))
    assert sorted(told) == sorted(column for columns in NAMES.values() for column in columns)


def test_every_candidate_is_told() -> None:
    assert set(table("Models")) == {candidate.name for candidate in model.candidates()}


def test_the_shares_and_the_limit_are_those_of_the_words() -> None:
    shares = re.findall(r"(\d+) %", section("Split"))
    assert shares == [f"{100 * share:.0f}" for share in DETECTOR.spec.split.parts.values()]
    target = DETECTOR.spec.target
    assert (target.at_least, target.at_most) == (-parse.LONGEST_DELAY_MIN, parse.LONGEST_DELAY_MIN)
    assert f"more than {target.at_most:g} minutes" in section("Input")


def test_every_metric_of_the_table_is_one_of_a_verdict() -> None:
    assert set(table("Measured")) <= set(TITLES)


def test_every_declared_forecast_is_beside_the_figures() -> None:
    assert all(f"| {name} |" in section("Measured") for name in DETECTOR.spec.forecasts)


def test_the_card_names_no_place_that_is_not_there() -> None:
    for target in re.findall(r"\]\((\.[^)#]*)", CARD):
        assert Path(DETECTOR.folder, target).exists(), target
