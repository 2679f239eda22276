"""How many rows one caller may have scored in a minute, counted in this process.

Comes in: a caller's name and what a request costs. Goes out: whether it fits, and how long to wait where
it does not. Never: more memory than for `MOST` callers, nor a clock that can be set.

The generic cell rate algorithm (ITU-T I.371): a token bucket that keeps one number a caller, the moment at
which its bucket is full again. The library ``limits`` takes 4 to 5 µs a request for the same in memory and
keeps an entry a row; it is used where the count is shared (`detectory.serve.shared_limits`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple, Protocol

MOST = 500_000  # callers remembered, about 100 MB; of more in a minute the oldest are forgotten
WINDOW_S = 60


class Limit(NamedTuple):
    """So many rows in a window, all at once or spread over it; ``name`` is what headers call it."""

    name: str
    quota: int
    window_s: int = WINDOW_S

    def policy(self) -> str:
        """The limit as a ``RateLimit-Policy`` (draft-ietf-httpapi-ratelimit-headers-10).

        >>> Limit("key", 600).policy()
        '"key";q=600;w=60'
        """
        return f'"{self.name}";q={self.quota};w={self.window_s}'


class Taken(NamedTuple):
    """What became of a request: ``wait_s`` is 0 where it fits, ``full_s`` until nothing is used any more."""

    wait_s: float
    left: int
    full_s: float


class Limiter(Protocol):
    """Counts rows by caller; ``away`` is how often a shared count could not be had."""

    away: int

    def take(self, who: str, cost: int, limit: Limit) -> Taken:
        """Take so many rows of a caller's limit, or none of them."""


class Buckets:
    """Counts in this process's memory.

    >>> buckets = Buckets(clock=lambda: 0.0)
    >>> [buckets.take("192.0.2.1", 4, Limit("anonymous", 10)).wait_s for _ in range(3)]
    [0.0, 0.0, 12.0]
    """

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = monotonic) -> None:
        self.away = 0
        self._young: dict[str, float] = {}
        self._old: dict[str, float] = {}
        self._most, self._clock, self._turned = most // 2, clock, clock()

    def take(self, who: str, cost: int, limit: Limit) -> Taken:
        """Take so many rows of a caller's limit, or none; of two threads at once, one may not count."""
        now = self._clock()
        if now - self._turned >= limit.window_s or len(self._young) >= self._most:
            self._turn(now)
        full = self._young.get(who) or self._old.get(who, 0.0)
        used = (full - now if full > now else 0.0) + cost * limit.window_s / limit.quota
        over = used - limit.window_s
        if over > 1e-6:
            return Taken(over, 0, full - now)
        self._young[who] = now + used
        return Taken(0.0, int(limit.quota * (1.0 - used / limit.window_s) + 1e-6), used)

    def _turn(self, now: float) -> None:
        """Forget who has not asked since the last turn: a window later every bucket is full again."""
        self._old, self._young, self._turned = self._young, {}, now


def in_seconds(wait_s: float) -> int:
    """Whole seconds, for a header: never sooner than it holds.

    >>> in_seconds(0.2), in_seconds(12.0)
    (1, 12)
    """
    return max(1, math.ceil(wait_s))
