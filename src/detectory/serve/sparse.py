"""Which of many alike are logged: one a second, with how many were not since the one before.

What is turned away for want of rows or of room comes by the thousand. A line for each would cost more than
the answer does, and writing it lets every other thread of the interpreter go first.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

EVERY_S = 1.0
SHED = (429, 503)  # the statuses of what was turned away


class Sparse:
    """Counts what is not said.

    >>> sparse = Sparse(clock=iter([0.0, 0.5, 0.9, 1.0]).__next__)
    >>> [sparse.unsaid(503) for _ in range(4)], sparse.unsaid(404)
    ([0, None, None, 2], 0)
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._said: dict[int, tuple[float, int]] = {}

    def unsaid(self, status: int) -> int | None:
        """How many answers of that status were not logged before this one; None where this one is not."""
        if status not in SHED:
            return 0
        now = self._clock()
        at, unsaid = self._said.get(status, (now - EVERY_S, 0))
        if now - at < EVERY_S:
            self._said[status] = (at, unsaid + 1)
            return None
        self._said[status] = (now, 0)
        return unsaid
