"""Names in a plot can be read, however near their points are to one another."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from detectory.judge.labels import Label, Point, placed

WIDTH, HEIGHT = 400, 260


def crowded(seed: int, count: int) -> list[Label]:
    """Labels of points that lie in a corner of the plot."""
    rng = np.random.default_rng(seed)
    at = zip(rng.uniform(20, 120, count), rng.uniform(20, 90, count), strict=True)
    points = [Point(f"model_{number}", x, y, y - 15, y + 15) for number, (x, y) in enumerate(at)]
    return placed(points, WIDTH, HEIGHT)


@pytest.mark.parametrize("seed", range(5))
def test_no_name_is_over_another_or_outside(seed: int) -> None:
    labels = crowded(seed, count=12)
    assert not [pair for pair in combinations(labels, 2) if pair[0].box.meets(pair[1].box)]
    assert all(one.box.left >= 0 and one.box.right <= WIDTH and one.box.top >= 0 for one in labels)


@pytest.mark.parametrize("seed", range(5))
def test_no_name_is_over_a_point(seed: int) -> None:
    labels = crowded(seed, count=12)
    points = [one.point for one in labels]
    assert not [
        (one.point.name, point.name)
        for one in labels
        for point in points
        if one.box.left < point.x < one.box.right and one.box.top < point.y < one.box.bottom
    ]


def test_a_name_with_room_stands_right_of_its_point_and_at_the_edge_left_of_it() -> None:
    middle, edge = placed([Point("a", 50, 50, 45, 55), Point("b", 398, 50, 45, 55)], WIDTH, HEIGHT)
    assert (middle.is_left, edge.is_left) == (False, True)
    assert not middle.is_apart


def test_where_all_points_are_one_every_name_has_its_place() -> None:
    labels = placed([Point(f"model_{number}", 200, 130, 120, 140) for number in range(8)], WIDTH, HEIGHT)
    assert len({(one.y, one.is_left) for one in labels}) == 8
    assert [one.is_apart for one in labels].count(False) <= 2
