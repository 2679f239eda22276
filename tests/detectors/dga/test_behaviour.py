"""The checks of dga: their changes give valid names, and the ones they promise."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.blocks.behaviour import Check
from detectory.detectors.dga.behaviour import directional, evasions, invariances
from detectory.detectors.dga.features import features
from detectory.detectors.dga.parse import parse

NAMES = [
    "google.co.uk",
    "www.example.com",
    "xn--bcher-kva.example",
    "xkzjqwvbnmtr.ru",
    "ab.com",
    "a" * 63 + ".com",
]
ALL = [*invariances(), *directional(), *evasions()]


def changed_by(check: Check, names: list[str], *, seed: int) -> list[str]:
    changed = check.mutate({"domain": list(names)}, np.random.default_rng(seed))
    return changed["domain"]


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_changed_name_is_a_name_and_the_seed_decides_which(check: Check) -> None:
    changed = changed_by(check, NAMES, seed=7)
    assert parse({"domain": changed}).rejected == []
    assert changed == changed_by(check, NAMES, seed=7)


@pytest.mark.parametrize("check", invariances(), ids=lambda check: check.name)
def test_another_spelling_has_the_same_features(check: Check) -> None:
    before = features(parse({"domain": NAMES}).rows)
    after = features(parse({"domain": changed_by(check, NAMES, seed=1)}).rows)
    assert all(before[key].tobytes() == after[key].tobytes() for key in before)


def test_every_check_has_its_own_name_and_its_own_kind() -> None:
    assert len({check.name for check in ALL}) == len(ALL)
    assert {check.kind for check in directional()} == {"directional"}
    assert {check.kind for check in evasions()} == {"evasion"}


def test_charbot_changes_two_characters_of_the_registered_label() -> None:
    charbot = next(check for check in evasions() if check.name == "charbot")
    (changed,) = changed_by(charbot, ["www.example.com"], seed=3)
    assert changed.startswith("www.")
    assert sum(a != b for a, b in zip(changed, "www.example.com", strict=True)) == 2


def test_what_is_no_name_comes_back_as_it_was() -> None:
    for check in directional() + evasions():
        assert changed_by(check, ["1.2.3.4"], seed=0) == ["1.2.3.4"]
