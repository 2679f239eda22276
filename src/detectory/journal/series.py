"""A metric by step, thinned while it comes in: few points however long a fit takes."""

from __future__ import annotations

from detectory.journal.record import Series, finite

MOST = 500


class Curve:
    """Points of one series, ``MOST`` of them at the most, evenly spread, and the last one always.

    When there are too many, every other one is left out, and from then on every other one is kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most, self._stride, self._steps = most - 1, 1, 0  # one place is for the last point
        self._kept: list[tuple[int, float | None]] = []
        self._last: tuple[int, float | None] | None = None

    def add(self, at: int, value: float) -> None:
        """One more point."""
        self._last = (at, finite(value))
        if self._steps % self._stride == 0:
            self._kept.append(self._last)
        self._steps += 1
        if len(self._kept) > self._most:
            self._kept, self._stride = self._kept[::2], self._stride * 2

    def series(self, name: str) -> Series:
        """What is kept of it.

        >>> curve = Curve(most=4)
        >>> for step in range(10):
        ...     curve.add(step, step / 10)
        >>> curve.series("loss")
        Series(name='loss', steps=10, at=[0, 4, 8, 9], value=[0.0, 0.4, 0.8, 0.9])
        """
        points = list(self._kept)
        if self._last and points[-1] != self._last:
            points.append(self._last)
        return Series(name, self._steps, [at for at, _ in points], [value for _, value in points])
