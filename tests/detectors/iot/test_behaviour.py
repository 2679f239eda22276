"""The checks of iot: their changes give valid flows, and the ones they promise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectory.blocks.behaviour import Check
from detectory.detectors.iot.behaviour import directional, evasions, invariances
from detectory.detectors.iot.features import features
from detectory.detectors.iot.parse import parse
from tests.detectors.iot.test_parse import flows

SIZES = {"orig_bytes": 10, "resp_bytes": 20, "orig_pkts": 2, "orig_ip_bytes": 90, "duration": 1.5}
ROWS = flows({}, SIZES, SIZES | {"service": "http,ssl", "conn_state": "SF", "history": "ShAD", "ts": 1.5})
ALL = [*invariances(), *directional(), *evasions()]


def changed_by(check: Check, *, seed: int = 0) -> dict[str, list[Any]]:
    rows = {name: list(column) for name, column in parse(ROWS).rows.items() if name in ROWS}
    return check.mutate(rows, np.random.default_rng(seed))


def named(name: str) -> Check:
    return next(check for check in ALL if check.name == name)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_changed_flow_is_a_flow_and_the_seed_decides_which(check: Check) -> None:
    changed = changed_by(check)
    assert parse(changed).rejected == []
    assert changed == changed_by(check)


@pytest.mark.parametrize("check", invariances(), ids=lambda check: check.name)
def test_another_spelling_has_the_same_features(check: Check) -> None:
    before, after = features(parse(ROWS).rows), features(parse(changed_by(check)).rows)
    assert all(before[key].tobytes() == after[key].tobytes() for key in before)


def test_every_check_has_its_own_name_and_its_own_kind() -> None:
    assert len({check.name for check in ALL}) == len(ALL)
    assert {check.kind for check in directional()} == {"directional"}
    assert {check.kind for check in evasions()} == {"evasion"}


def test_padding_adds_as_many_bytes_to_the_payload_as_to_the_packets() -> None:
    changed = changed_by(named("padded payload"))
    more = [size - 10 for size in changed["orig_bytes"][1:]]
    assert [size - 90 for size in changed["orig_ip_bytes"][1:]] == more
    assert all(1 <= extra <= 200 for extra in more)
    assert changed["orig_bytes"][0] is changed["orig_ip_bytes"][0] is None


def test_more_packets_are_of_forty_bytes() -> None:
    changed = changed_by(named("more packets"))
    packets, sizes = changed["orig_pkts"][1] - 2, changed["orig_ip_bytes"][1] - 90
    assert sizes == 40 * packets > 0
