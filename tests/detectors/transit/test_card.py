"""What the card of transit says of it alone; what every card must say stands in the contract suite."""

from __future__ import annotations

import re

from detectory import detectors
from detectory.detectors.transit import parse
from detectory.detectors.transit.features import NAMES
from tests.detectors.card import Card

DETECTOR = detectors.load("transit")
CARD = Card.of(DETECTOR)


def test_every_feature_is_in_a_group() -> None:
    told = re.findall(
        r"`(\w+)`", "".join(columns for columns, *_ in CARD.table("Features", header="group").values())
    )
    assert sorted(told) == sorted(column for columns in NAMES.values() for column in columns)


def test_the_limit_are_those_of_the_words() -> None:
    target = DETECTOR.spec.target
    assert (target.at_least, target.at_most) == (-parse.LONGEST_DELAY_MIN, parse.LONGEST_DELAY_MIN)
    assert f"more than {target.at_most:g} minutes" in CARD.section("Input")


def test_every_declared_forecast_is_beside_the_figures() -> None:
    assert all(f"| {name} |" in CARD.section("Measured") for name in DETECTOR.spec.forecasts)
