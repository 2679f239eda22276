"""What is changed in a flow, and what is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectory.blocks.cicflowmeter import FIELDS
from detectory.detectors.iotid20.behaviour import directional, evasions, invariances
from detectory.detectors.iotid20.parse import parse

FLOWS: dict[str, list[Any]] = {name: [float(at + 1), None] for at, name in enumerate(FIELDS)}
FLOWS["Flow_Duration"] = [100.0, 5.0]


def changed(name: str) -> dict[str, list[Any]]:
    (check,) = (check for check in [*invariances(), *evasions()] if check.name == name)
    return check.mutate(FLOWS, np.random.default_rng(0))


@pytest.mark.parametrize("name", [check.name for check in invariances()])
def test_another_spelling_is_the_same_flow(name: str) -> None:
    assert changed(name) != FLOWS
    assert parse(changed(name)).rows == FLOWS


@pytest.mark.parametrize("name", [check.name for check in evasions()])
def test_an_evasion_is_another_flow_that_parses(name: str) -> None:
    parsed = parse(changed(name))
    assert parsed.rejected == []
    assert parsed.rows != FLOWS


def test_ten_times_slower_is_longer_gaps_at_lower_rates_and_the_same_bytes() -> None:
    slow = changed("ten times slower")
    assert slow["Flow_Duration"] == [1000.0, 50.0]
    assert slow["Flow_Pkts/s"][0] == pytest.approx(FLOWS["Flow_Pkts/s"][0] / 10)
    assert slow["TotLen_Fwd_Pkts"] == FLOWS["TotLen_Fwd_Pkts"]


def test_no_direction_is_claimed() -> None:
    assert directional() == []
