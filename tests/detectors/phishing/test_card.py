"""The card says what the code does: reasons, candidates, split, budget, metrics."""

from __future__ import annotations

import re

from detectory import detectors
from detectory.detectors.phishing import model, parse
from detectory.judge.titles import TITLES

DETECTOR = detectors.load("phishing")
CARD = (DETECTOR.folder / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"^##+ ", CARD.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def table(heading: str) -> dict[str, list[str]]:
    """The rows of a section's first table by their first cell."""
    lines = [line for line in section(heading).splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_reason_of_a_rejection_is_told_with_its_meaning() -> None:
    assert {reason: [means] for reason, means in parse.REASONS.items()} == table("Input")


def test_every_candidate_is_told() -> None:
    assert set(table("Models")) == {candidate.name for candidate in model.candidates()}


def test_the_limits_and_shares_are_those_of_the_words() -> None:
    spec = DETECTOR.spec
    assert f"{spec.limits.size_mib:g} MiB and {spec.limits.row_us:g} µs a row" in section("Models")
    split = section("Split")
    assert re.findall(r"(\d+) %", split) == [f"{100 * share:.0f}" for share in spec.split.parts.values()]
    assert f"a domain has {spec.split.most_rows_a_group} of them at most" in split


def test_the_budget_is_that_of_the_words() -> None:
    budget = DETECTOR.spec.budget
    told = f"{budget.false_alerts_a_day:g} false alerts among {budget.benign_events_a_day:,.0f} legitimate"
    assert told in section("Alert budget")


def test_every_metric_of_the_table_is_one_of_a_verdict() -> None:
    assert set(table("Measured")) <= set(TITLES)
