"""What the card of hdfs says of it alone; what every card must say stands in the contract suite."""

from __future__ import annotations

import re

from detectory import detectors
from detectory.detectors.hdfs.features import DENSE, TIME
from tests.detectors.card import Card

DETECTOR = detectors.load("hdfs")
CARD = Card.of(DETECTOR)


def test_every_door_is_told() -> None:
    assert set(CARD.table("Input", header="door")) == set(DETECTOR.spec.doors)


def test_every_feature_is_in_a_group() -> None:
    assert sorted(re.findall(r"`(\w+)`", CARD.section("Features"))) == sorted([*DENSE, *TIME])


def test_limits_and_budget_are_those_of_the_words() -> None:
    spec = DETECTOR.spec
    assert f"{spec.limits.size_mib:g} MiB and {spec.limits.row_us:g} µs a row" in CARD.section("Models")
    assert f"false positive rate of {spec.budget.rate:g}, at {spec.budget.prevalence:.2%}".replace(
        "%", " %"
    ) in CARD.section("Alert budget")
