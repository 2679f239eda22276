"""What the card of dga says of it alone; what every card must say stands in the contract suite."""

from __future__ import annotations

import re

import pytest

from detectory import detectors
from detectory.detectors.dga import families
from detectory.detectors.dga.features import DENSE, NAMES
from detectory.detectors.dga.source import NAMES_A_FAMILY, preloaded
from tests.detectors.card import Card

DETECTOR = detectors.load("dga")
CARD = Card.of(DETECTOR)


def test_every_feature_is_in_a_group() -> None:
    told = re.findall(
        r"`(\w+)`", "".join(columns for columns, *_ in CARD.table("Features", header="group").values())
    )
    assert sorted(told) == sorted([*DENSE, *(name for name in NAMES if name != "dense")])


def test_the_limits_and_the_held_out_are_those_of_the_words() -> None:
    spec = DETECTOR.spec
    assert f"{spec.limits.size_mib:g} MiB and {spec.limits.row_us:g} µs a row" in CARD.section("Models")
    split = CARD.section("Split")
    held_out = [name for names in spec.split.held_out.values() for name in names]
    assert re.findall(r"`(\w+)`", split) == held_out


def test_the_budget_is_that_of_the_words() -> None:
    budget = DETECTOR.spec.budget
    told = f"{budget.false_alerts_a_day:g} false alerts a day among {budget.benign_events_a_day:,.0f} benign"
    assert told in CARD.section("Alert budget")


def test_the_rows_of_the_embedded_data_are_counted_right() -> None:
    assert f"{sum(1 for _ in preloaded()):,} host names" in CARD.section("Data")
    assert f"{NAMES_A_FAMILY:,} names a family" in CARD.section("Data")


def test_every_family_is_in_the_table() -> None:
    assert list(CARD.table("Generated families", header="family")) == families.names()


@pytest.mark.parametrize("name", families.names())
def test_a_family_is_told_with_its_analysis_kind_and_number_of_batches(name: str) -> None:
    generator = families.load(name)
    analysis, kind, batches, _ = CARD.table("Generated families", header="family")[name]
    assert f"]({generator.FAMILY.analysis})" in analysis
    assert kind == generator.FAMILY.kind + (", substituted" if generator.FAMILY.substituted else "")
    assert int(batches.split()[0]) == len(generator.BATCHES)
    if match := re.search(r"from ([\d-]+)", batches):
        assert match[1] == generator.BATCHES[0]
