"""Flows to one tensor."""

from __future__ import annotations

import numpy as np
import pytest

from detectory import detectors
from detectory.blocks.cicflowmeter import FIELDS
from detectory.detectors.iotid20.features import DENSE, MISSING, features

FLOW: dict[str, list[float | None]] = {name: [0.0] for name in FIELDS}


def column(name: str, value: float | None) -> float:
    found: float = features({**FLOW, name: [value]})["dense"][0, DENSE.index(name)].item()
    return found


def test_the_columns_are_those_of_the_door() -> None:
    spec = detectors.load("iotid20").spec
    assert tuple(spec.doors["flow"].fields) == DENSE
    assert tuple(spec.key) == DENSE


def test_no_column_says_who_talked_to_whom_or_when() -> None:
    assert not {"Flow_ID", "Src_IP", "Dst_IP", "Src_Port", "Dst_Port", "Timestamp", "Cat", "Sub_Cat"} & set(
        DENSE
    )


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, 3.5, -8e6, 1e12])
def test_a_statistic_keeps_its_sign_and_its_order(value: float) -> None:
    assert np.sign(column("Idle_Max", value)) == np.sign(value)
    assert column("Idle_Max", value) < column("Idle_Max", value + abs(value) + 1)


def test_what_is_missing_is_told_from_every_whole_number() -> None:
    told = column("Idle_Max", None)
    assert told == MISSING
    assert told not in {column("Idle_Max", float(whole)) for whole in range(-5, 5)}


def test_the_largest_numbers_stay_finite() -> None:
    assert np.isfinite([column("Flow_Byts/s", 1e300), column("Flow_Byts/s", -1e300)]).all()
