"""Names of points in a plot: each beside its point, and over no other name or point.

In: points in pixels, and the vertical lines through them. Out: where each name stands. A name that finds no
room near its point stands further away, and a line joins the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

#: pixels: how wide a letter of ten pixels is, how high its line, and how far a name is from its point
LETTER, LINE, GAP = 5.8, 11.0, 7.0
#: so many lines up or down a name looks for a place that crosses nothing; further away it may cross lines
NEAR = 3


class Point(NamedTuple):
    """A point with its name; ``top`` and ``bottom`` are the ends of the line through it."""

    name: str
    x: float
    y: float
    top: float
    bottom: float


class Box(NamedTuple):
    """What a text or a mark covers."""

    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether two boxes have more than an edge in common."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


class Label(NamedTuple):
    """A name whose text begins at ``x``, or ends there where ``is_left`` of its point, centred on ``y``."""

    point: Point
    x: float
    y: float
    is_left: bool

    @property
    def box(self) -> Box:
        """What the text covers."""
        width = LETTER * len(self.point.name)
        left = self.x - width if self.is_left else self.x
        return Box(left, left + width, self.y - LINE / 2, self.y + LINE / 2)

    @property
    def is_apart(self) -> bool:
        """Whether it stands so far off that a line must say whose name it is."""
        return self.y != self.point.y


def placed(points: Sequence[Point], width: float, height: float) -> list[Label]:
    """A label for each point, within the plot wherever there is room.

    >>> near = [Point("a", 52, 50, 40, 60), Point("b", 50, 50, 40, 60)]
    >>> [(label.x, label.y, label.is_left) for label in placed(near, 100, 100)]
    [(59.0, 50, False), (43.0, 50, True)]
    """
    plot, marks = Box(0, width, 0, height), [Box(p.x - 4, p.x + 4, p.y - 4, p.y + 4) for p in points]
    lines = [Box(p.x - 1, p.x + 1, p.top, p.bottom) for p in points]
    labels: list[Label] = []
    for point in points:
        taken = [*marks, *(label.box for label in labels)]
        labels.append(_first(point, taken, lines, plot))
    return labels


def _first(point: Point, taken: Sequence[Box], lines: Sequence[Box], plot: Box) -> Label:
    """The nearest place that meets nothing; else one that meets no text and no mark; else the nearest."""
    steps = int((plot.bottom - plot.top) / LINE)
    for most, avoided in ((NEAR, [*taken, *lines]), (steps, taken)):
        for label in _places(point, most):
            if _is_in(label.box, plot) and not any(label.box.meets(box) for box in avoided):
                return label
    return next(_places(point, 0))


def _places(point: Point, most: int) -> Iterator[Label]:
    """Right and left of a point, then a line higher and lower, and so on."""
    for step in range(most + 1):
        for y in (point.y - step * LINE, point.y + step * LINE) if step else (point.y,):
            yield Label(point, point.x + GAP, y, is_left=False)
            yield Label(point, point.x - GAP, y, is_left=True)


def _is_in(box: Box, plot: Box) -> bool:
    across = plot.left <= box.left and box.right <= plot.right
    return across and plot.top <= box.top and box.bottom <= plot.bottom
