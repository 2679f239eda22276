"""What the card of phishing says of it alone; what every card must say stands in the contract suite."""

from __future__ import annotations

from detectory import detectors
from tests.detectors.card import Card

DETECTOR = detectors.load("phishing")
CARD = Card.of(DETECTOR)


def test_the_limits_are_those_of_the_words() -> None:
    spec = DETECTOR.spec
    assert f"{spec.limits.size_mib:g} MiB and {spec.limits.row_us:g} µs a row" in CARD.section("Models")
    split = CARD.section("Split")
    assert f"a domain has {spec.split.most_rows_a_group} of them at most" in split


def test_the_budget_is_that_of_the_words() -> None:
    budget = DETECTOR.spec.budget
    told = f"{budget.false_alerts_a_day:g} false alerts among {budget.benign_events_a_day:,.0f} legitimate"
    assert told in CARD.section("Alert budget")
