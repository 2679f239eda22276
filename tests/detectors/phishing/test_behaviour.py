"""The checks of phishing: their changes give valid URLs, and the ones they promise."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.blocks.behaviour import Check
from detectory.detectors.phishing.behaviour import directional, evasions, invariances
from detectory.detectors.phishing.features import features
from detectory.detectors.phishing.parse import parse

URLS = [
    "example.com",
    "shop.example.co.uk/a/b.html?x=1&y=2",
    "xn--bcher-kva.example/%2F",
    "me@example.com:8080/~me/",
    "1.2.3.4/login.php",
    "[2001:db8::1]:81/x",
    "blogspot.com/x/?q",
]
ALL = [*invariances(), *directional(), *evasions()]


def changed_by(check: Check, urls: list[str], *, seed: int) -> list[str]:
    return check.mutate({"url": list(urls)}, np.random.default_rng(seed))["url"]


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_changed_url_is_a_url_and_the_seed_decides_which(check: Check) -> None:
    changed = changed_by(check, URLS, seed=7)
    assert parse({"url": changed}).rejected == []
    assert changed == changed_by(check, URLS, seed=7)
    assert changed != URLS


@pytest.mark.parametrize("check", invariances(), ids=lambda check: check.name)
def test_another_spelling_has_the_same_features(check: Check) -> None:
    before = features(parse({"url": URLS}).rows)
    after = features(parse({"url": changed_by(check, URLS, seed=1)}).rows)
    assert all(before[key].tobytes() == after[key].tobytes() for key in before)


def test_every_check_has_its_own_name_and_its_own_kind() -> None:
    assert len({check.name for check in ALL}) == len(ALL)
    assert {check.kind for check in directional()} == {"directional"}
    assert {check.kind for check in evasions()} == {"evasion"}
