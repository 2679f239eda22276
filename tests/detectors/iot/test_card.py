"""What the card of iot says of it alone; what every card must say stands in the contract suite."""

from __future__ import annotations

import re

from detectory import detectors
from detectory.detectors.iot.features import NAMES
from tests.detectors.card import Card

DETECTOR = detectors.load("iot")
CARD = Card.of(DETECTOR)


def test_every_feature_is_in_a_group() -> None:
    told = re.findall(
        r"`(\w+)`", "".join(columns for columns, *_ in CARD.table("Features", header="group").values())
    )
    assert sorted(told) == sorted(name for names in NAMES.values() for name in names)


def test_the_limits_and_the_held_out_are_those_of_the_words() -> None:
    spec = DETECTOR.spec
    assert f"{spec.limits.size_mib:g} MiB and {spec.limits.row_us:g} µs a row" in CARD.section("Models")
    split = CARD.section("Split")
    held_out = [name for names in spec.split.held_out.values() for name in names]
    assert re.findall(r"`([^`]+)`", split) == held_out


def test_the_budget_is_that_of_the_words() -> None:
    budget = DETECTOR.spec.budget
    told = f"{budget.false_alerts_a_day:g} false alerts a day among {budget.benign_events_a_day:,.0f} benign"
    assert told in CARD.section("Alert budget")
