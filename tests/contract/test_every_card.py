"""What every card says of its detector is what the words and the code say: one suite over all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detectory import detectors
from detectory.detector import Detector
from detectory.judge.titles import TITLES
from detectory.spec import Binary
from tests.detectors.card import Card


@pytest.fixture(params=detectors.names())
def detector(request: pytest.FixtureRequest) -> Detector:
    return detectors.load(request.param)


@pytest.fixture
def card(detector: Detector) -> Card:
    return Card.of(detector)


def test_it_says_when_the_detector_does_not_work_and_whose_data_it_learned_from(card: Card) -> None:
    assert len(card.section("When it does not work")) > 200
    assert "licence" in card.section("Data").lower()


def test_every_reason_of_a_rejection_is_told_with_its_meaning(detector: Detector, card: Card) -> None:
    reasons = detector.part("parse").REASONS
    assert card.table("Input", header="reason") == {name: [means] for name, means in reasons.items()}


def test_every_candidate_is_told(detector: Detector, card: Card) -> None:
    names = {candidate.name for candidate in detector.part("model").candidates()}
    assert set(card.table("Models", header="candidate")) == names


def test_the_shares_of_the_split_are_those_of_the_words(detector: Detector, card: Card) -> None:
    shares = [f"{100 * share:.0f}" for share in detector.spec.split.parts.values()]
    assert re.findall(r"(\d+) %", card.section("Split")) == shares


def test_every_metric_of_the_table_is_one_of_a_verdict(card: Card) -> None:
    assert set(card.table("Measured", header="metric")) <= set(TITLES)


def test_every_candidate_that_is_a_baseline_is_measured_as_one(detector: Detector, card: Card) -> None:
    simpler = detector.spec.simpler if isinstance(detector.spec, Binary) else []
    if simpler:
        usual = {"majority", "single feature", "look-up table"}
        assert set(card.table("Measured", header="baseline")) == usual | set(simpler)


def test_it_names_no_place_that_is_not_there(detector: Detector, card: Card) -> None:
    for target in re.findall(r"\]\((\.[^)#]*)", card.text):
        assert Path(detector.folder, target).exists(), target
