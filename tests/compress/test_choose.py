"""The cheapest model that is as good as the best ships."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.compress.choose import best_of, choose, refusal
from detectory.compress.cost import Cost
from detectory.compress.entries import Entry
from detectory.compress.measure import Compared, Measured
from detectory.metrics import Floats, Interval
from detectory.models.candidate import Candidate
from detectory.spec import Compress, Limits


def entry(name: str, size: int) -> Entry:
    return Entry(Candidate(name, "score", "linear", ("ids",)), b"x" * size, b"", {})


def compared(
    name: str, *, size: int, us: float = 10.0, lost: float = 0.0, low: float | None = None
) -> Compared:
    """An entry that loses so much, and at least so much on nearly all resamples."""
    interval = Interval(lost, -0.01 if low is None else low, 0.02)
    return Compared(entry(name, size), Interval(0.9 - lost, 0.8, 1.0), interval, Cost(us, us, 1e5), "F1")


BEST = compared("best", size=100, low=0.0)
SMALL = compared("small", size=10, us=20.0, lost=0.001)
FAST = compared("fast", size=50, us=1.0, lost=0.002)
WORSE = compared("worse", size=1, lost=0.002, low=0.001)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (Compress(), "best"),
        (Compress(lose=0.001), "small"),
        (Compress(lose=0.002), "small"),
        (Compress(lose=0.002, prefer="time"), "fast"),
    ],
)
def test_what_loses_no_more_than_may_be_lost_is_as_good(words: Compress, name: str) -> None:
    assert choose([BEST, SMALL, FAST, WORSE], refused={}, words=words).name == name


def test_what_can_be_told_from_the_best_does_not_ship_however_small() -> None:
    chosen = choose([BEST, WORSE], refused={}, words=Compress(lose=0.5))
    assert chosen.name == "best"
    assert "told from the best" in chosen.why["worse"]


def test_of_two_that_are_equally_good_the_smaller_ships() -> None:
    assert choose([BEST, compared("equal", size=99)], refused={}, words=Compress()).name == "equal"


def test_everything_is_told_why() -> None:
    chosen = choose([BEST, SMALL, FAST], refused={"fast": "too large"}, words=Compress(lose=0.001))
    assert chosen.why == {
        "best": "as good, but larger",
        "small": "the smallest of 2 that are as good",
        "fast": "too large",
    }
    lone = choose([BEST, SMALL], refused={}, words=Compress())
    assert lone.why == {"best": "the best", "small": "loses 0.001"}


def graded(weight: Floats) -> float:
    return float(weight.mean())


@pytest.mark.parametrize(
    ("size", "us", "why"),
    [
        (2**20, 1.0, ""),
        (2**20 + 1, 1.0, "larger than the limit of 1 MiB"),
        (1, 31.0, "far slower than the limit"),
    ],
)
def test_a_model_over_a_limit_is_refused_for_its_time_only_when_clearly_over(
    size: int, us: float, why: str
) -> None:
    one = Measured(entry("one", size), graded, 0.5, Cost(us, us, 1e5))
    assert refusal(one, Limits(size_mib=1, row_us=10)).startswith(why)


def test_what_answers_a_row_by_its_neighbours_never_ships() -> None:
    one = Measured(entry("one", 1), graded, 1.0, Cost(1, 1, 1), steady=False)
    assert "when others stand beside it" in refusal(one, Limits())


def test_a_quality_that_is_not_defined_is_no_quality() -> None:
    cost = Cost(1, 1, 1)
    found = [
        Measured(entry(name, 1), graded, value, cost) for name, value in (("none", np.nan), ("some", 0.1))
    ]
    assert best_of(found).entry.name == "some"


def undefined(name: str, *, size: int) -> Compared:
    """An entry that answers no numbers, say: no comparison with it says anything."""
    nothing = Interval(np.nan, np.nan, np.nan)
    return Compared(entry(name, size), nothing, nothing, Cost(1, 1, 1), "MAE, negative")


def test_what_has_no_quality_never_ships_for_being_small() -> None:
    chosen = choose([undefined("tiny", size=1), BEST], refused={}, words=Compress(lose=1.0))
    assert chosen.name == "best"
    assert chosen.why["tiny"] == "its quality is not defined on the validation rows"


def test_where_no_quality_is_defined_the_first_that_may_ships() -> None:
    found = [undefined(name, size=size) for name, size in (("large", 9), ("own", 3), ("tiny", 1))]
    assert choose(found, refused={"large": "too large"}, words=Compress()).name == "own"
