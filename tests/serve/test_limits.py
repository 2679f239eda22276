"""Rows a minute: what fits, what waits, and that a million callers take bounded memory."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from detectory.serve.limits import Buckets, Limit

TEN = Limit("anonymous", 10)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def take(clock: Clock) -> Callable[..., bool]:
    buckets = Buckets(clock=clock)
    return lambda who="a", cost=1: buckets.take(who, cost, TEN).wait_s == 0


def test_ten_fit_at_once_and_the_eleventh_waits_six_seconds(clock: Clock) -> None:
    buckets = Buckets(clock=clock)

    taken = [buckets.take("a", 1, TEN) for _ in range(11)]

    assert [one.left for one in taken] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]
    assert [one.wait_s for one in taken[:10]] == [0.0] * 10
    assert taken[10].wait_s == pytest.approx(6.0)


def test_what_is_refused_takes_nothing(clock: Clock, take: Callable[..., bool]) -> None:
    assert take(cost=9)
    assert not take(cost=2)
    assert take(cost=1)


def test_one_caller_takes_nothing_of_another(take: Callable[..., bool]) -> None:
    assert take("a", 10)
    assert take("b", 10)


def test_a_minute_later_all_of_it_is_there_again(clock: Clock, take: Callable[..., bool]) -> None:
    assert take(cost=10)
    clock.now += 59.9
    assert not take(cost=10)
    clock.now += 0.2
    assert take(cost=10)


def test_more_rows_than_the_limit_never_fit(clock: Clock, take: Callable[..., bool]) -> None:
    assert not take(cost=11)
    clock.now += 3600
    assert not take(cost=11)


@given(st.lists(st.tuples(st.floats(0, 90), st.integers(1, 10)), max_size=60))
def test_never_more_than_twice_the_limit_fits_into_any_minute(asked: list[tuple[float, int]]) -> None:
    """A token bucket holds a full minute's worth, and fills while it is used."""
    clock = Clock()
    buckets = Buckets(clock=clock)
    passed: list[tuple[float, int]] = []
    for wait_s, cost in asked:
        clock.now += wait_s
        if buckets.take("a", cost, TEN).wait_s == 0:
            passed.append((clock.now, cost))

    for start, _ in passed:
        assert sum(cost for at, cost in passed if start <= at < start + 60) <= 20


def test_a_million_callers_take_bounded_memory(clock: Clock) -> None:
    buckets = Buckets(clock=clock)
    for number in range(1_000_000):
        buckets.take(f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::/64", 1, TEN)

    held = [buckets._young, buckets._old]

    assert sum(map(len, held)) <= 500_000
    entry = sys.getsizeof("2001:db8:f:ffff::/64") + sys.getsizeof(1.0)
    assert sum(sys.getsizeof(one) + len(one) * entry for one in held) < 100 << 20
