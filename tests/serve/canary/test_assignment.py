"""For whom the challenger answers: the same entities always, and as many as the step says."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from detectory.serve.canary.assignment import assigned

KEYS = [f"host-{number}.example" for number in range(4_000)]


def whose(share: int, *, trial: str = "one") -> list[bool]:
    return list(assigned(KEYS, detector="dga", trial=trial, share=share))


@pytest.mark.parametrize("share", [0, 5, 10, 25, 50, 100])
def test_as_many_entities_are_assigned_as_the_step_says(share: int) -> None:
    assert sum(whose(share)) / len(KEYS) == pytest.approx(share / 100, abs=0.02)


def test_who_was_assigned_stays_assigned_in_later_steps() -> None:
    for before, after in pairwise(whose(share) for share in (5, 10, 25, 50, 100)):
        assert all(later for was, later in zip(before, after, strict=True) if was)


def test_another_trial_deals_the_entities_anew() -> None:
    both = sum(first and second for first, second in zip(whose(50), whose(50, trial="two"), strict=True))
    assert both / len(KEYS) == pytest.approx(0.25, abs=0.03)


@given(st.text())
def test_any_key_has_a_place(key: str) -> None:
    assert list(assigned([key, "\ud800"], detector="dga", trial="one", share=100)) == [True, True]
