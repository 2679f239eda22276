"""What the card of iotid20 says of it alone; what every card must say stands in the contract suite."""

from __future__ import annotations

from detectory import detectors
from detectory.judge.threshold import rows_needed
from tests.detectors.card import Card

DETECTOR = detectors.load("iotid20")
CARD = Card.of(DETECTOR)


def test_the_columns_are_counted_right() -> None:
    door = DETECTOR.spec.doors["flow"]
    assert f"The {len(door.required)} statistics" in CARD.section("Input")
    assert f"the {len(door.fields) - len(door.required) - 1} others" in CARD.section("Input")


def test_the_budget_is_that_of_the_words_and_what_it_needs_is_told() -> None:
    budget, told = DETECTOR.spec.budget, CARD.section("Alert budget")
    assert told.startswith(
        f"\n{budget.false_alerts_a_day:g} false alerts a day among {budget.benign_events_a_day:,.0f} normal"
    )
    assert f"At least {rows_needed(budget.rate)} normal calibration rows" in told
    assert f"the sample would need {rows_needed(0.01)}" in told


def test_every_baseline_is_measured() -> None:
    known = {"majority", "single feature", "look-up table", *DETECTOR.spec.baselines}
    assert set(CARD.table("Measured", header="baseline")) == known


def test_every_population_that_is_left_out_is_told() -> None:
    names = [name for values in DETECTOR.spec.leave_out.values() for name in values["population"]]
    assert list(CARD.table("Left out", header="left out")) == names
