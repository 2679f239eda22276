"""The same count of rows for several processes, in a Redis. Extra ``redis``.

Comes in: what `limits.Buckets` takes. Goes out: the same answers, from one count that all processes share.
Rows are fetched a hundredth of a limit at a time and spent here, so that a busy caller costs a word to the
Redis once in a while; a caller with a small limit costs one each time. Never: a wait beyond `WITHIN_S`. A
Redis that is away is left alone for `PAUSE_S`; until then each process counts for itself, or refuses.

The count is a sliding window (library ``limits``): never more than the quota in any minute, all processes
together, by the weight of the minute before. What was fetched and not spent by then is lost to the caller.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic, time
from typing import TYPE_CHECKING, NamedTuple

from detectory.errors import BadSetting, MissingExtra
from detectory.serve.limits import Buckets, Limit, Taken

if TYPE_CHECKING:
    from limits.storage import RedisStorage

WITHIN_S = 0.1  # connect or answer: an event loop waits for it
PAUSE_S = 5.0
SHARE = 100  # a hundredth of the limit is fetched at a time
MOST = 50_000  # callers whose rows are at hand
logger = logging.getLogger(__name__)


class _Lease(NamedTuple):
    """Rows at hand until a moment; ``spent``: there are no more to fetch until then."""

    rows: int
    left: int
    until: float
    spent: bool = False


NONE = _Lease(0, 0, 0.0)


class SharedBuckets:
    """Counts in a Redis, and in this process while that is away; ``away`` counts how often it was met so."""

    def __init__(
        self, url: str, *, refuses_alone: bool = False, clock: Callable[[], float] = monotonic
    ) -> None:
        """Raises `BadSetting` for what is no address of a Redis, `MissingExtra` without its library."""
        self._storage = _storage(url)
        self._alone, self._refuses_alone, self._clock = Buckets(clock=clock), refuses_alone, clock
        self._leases: dict[str, _Lease] = {}
        self._resumes = 0.0
        self.away = 0

    def take(self, who: str, cost: int, limit: Limit) -> Taken:
        """Take so many rows of a caller's limit, or none of them."""
        now = self._clock()
        lease = self._leases.get(who, NONE)
        if now >= lease.until:
            lease = NONE
        if lease.rows < cost and not lease.spent:
            fetched = self._fetched(who, cost - lease.rows, limit, now)
            if fetched is None:
                return self._taken_alone(who, cost, limit)
            lease = fetched._replace(rows=fetched.rows + lease.rows)
        fits = lease.rows >= cost
        self._leases[who] = lease = lease._replace(rows=lease.rows - cost) if fits else lease
        over_s = lease.until - now
        return Taken(0.0 if fits else over_s, lease.left + lease.rows if fits else 0, over_s)

    def _fetched(self, who: str, least: int, limit: Limit, now: float) -> _Lease | None:
        """Rows from the shared count, at least so many or none; nothing while the Redis is away."""
        from limits.errors import StorageError

        if now < self._resumes:
            return None
        try:
            return self._from_redis(who, least, limit, now)
        except StorageError as error:
            self.away, self._resumes = self.away + 1, now + PAUSE_S
            logger.error(
                "limits are not shared", extra={"facts": {"reason": type(error.storage_error).__name__}}
            )
            return None

    def _from_redis(self, who: str, least: int, limit: Limit, now: float) -> _Lease:
        from limits import RateLimitItemPerSecond
        from limits.strategies import SlidingWindowCounterRateLimiter

        item, window = (
            RateLimitItemPerSecond(limit.quota, limit.window_s),
            SlidingWindowCounterRateLimiter(self._storage),
        )
        if len(self._leases) >= MOST:
            self._leases = {}
        for rows in sorted({max(least, limit.quota // SHARE), least}, reverse=True):
            if window.hit(item, who, cost=rows):
                return _Lease(rows, window.get_window_stats(item, who).remaining, now + limit.window_s)
        reset, left = window.get_window_stats(item, who)
        return _Lease(0, left, now + max(reset - time(), 0.001), spent=left == 0)

    def _taken_alone(self, who: str, cost: int, limit: Limit) -> Taken:
        if self._refuses_alone:
            return Taken(PAUSE_S, 0, PAUSE_S)
        return self._alone.take(who, cost, limit)


def _storage(url: str) -> RedisStorage:
    from limits.errors import ConfigurationError
    from limits.storage import RedisStorage

    try:
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        return RedisStorage(
            url,
            key_prefix="detectory",
            wrap_exceptions=True,
            socket_timeout=WITHIN_S,
            socket_connect_timeout=WITHIN_S,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # handed to redis.from_url, which takes it
        )
    except (ImportError, ConfigurationError) as error:
        raise MissingExtra("redis", extra="redis", because="to share limits (limits.url)") from error
    except ValueError as error:
        raise BadSetting("limits.url", why="it is not of the form redis://HOST:PORT") from error
