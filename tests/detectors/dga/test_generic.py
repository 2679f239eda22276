"""Generic names are host names, the same every time, and of nobody's algorithm."""

from __future__ import annotations

import pytest

from detectory.blocks.domain import host_names
from detectory.detectors.dga.generic import ALGORITHMS, KINDS, LONGEST, SHORTEST, generic

each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
def test_every_name_is_a_host_name_of_a_fair_length(kind: str) -> None:
    names = [name for name, _ in generic(kind, ["com", "net"])]
    cut = host_names(names)
    assert not list(cut.refused)
    assert all(SHORTEST <= len(name) <= LONGEST for name in cut.name)
    assert set(cut.suffix) == {"com", "net"}


@each_kind
def test_every_algorithm_gives_names_of_its_own(kind: str) -> None:
    made = list(generic(kind, ["com"]))
    assert len({batch for _, batch in made}) >= 0.9 * ALGORITHMS  # some know short names only
    assert len({name for name, _ in made}) == len(made)


@each_kind
def test_the_names_are_the_same_every_time(kind: str) -> None:
    assert list(generic(kind, ["com"])) == list(generic(kind, ["com"]))
