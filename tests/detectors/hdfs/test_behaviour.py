"""The checks change sequences as they say, and what they give still parses."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.blocks.behaviour import Check
from detectory.detectors.hdfs.behaviour import directional, evasions, invariances
from detectory.detectors.hdfs.parse import parse

CHECKS = [*invariances(), *directional(), *evasions()]
ROWS = {"sequence": ["5", "5 22 7 7", "5 22 5 5 9 9 9 11 11 11 26 26 26"], "block": ["a", "b", "c"]}


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_what_a_check_gives_still_parses(check: Check) -> None:
    rows = {**ROWS, "latency_s": [None, 1.0, 2.0]}
    changed = check.mutate(rows, np.random.default_rng(0))
    assert parse(changed).rejected == []
    assert len(changed["sequence"]) == 3


def mutated(name: str, sequence: str) -> list[str]:
    [check] = [check for check in CHECKS if check.name == name]
    changed: str = check.mutate({"sequence": [sequence]}, np.random.default_rng(0))["sequence"][0]
    return changed.split()


def test_half_of_an_odd_number_of_lines_is_the_greater_half() -> None:
    assert mutated("first half only", "5 22 9") == ["5", "22"]


def test_a_block_of_one_line_loses_none() -> None:
    assert mutated("one line lost", "5") == ["5"]
    assert len(mutated("one line lost", "5 22 9")) == 2


def test_faults_go_and_other_events_stay() -> None:
    assert mutated("faults not logged", "5 7 22 14 9") == ["5", "22", "9"]
