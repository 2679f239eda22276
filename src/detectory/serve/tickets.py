"""What one request may still use: let in at the door, it carries this to where its rows are counted."""

from __future__ import annotations

from detectory.errors import RateLimited
from detectory.serve.limits import Limit, Limiter, Taken, in_seconds

Headers = tuple[tuple[bytes, bytes], ...]
NO_HEADERS: Headers = ()
DEADLINE_S = 2.0


class Ticket:
    """One request that was let in: whose key it showed, how long it may take, and what its rows count for.

    >>> Ticket("", 2.0).headers()
    ()
    """

    __slots__ = ("_counted", "_limit", "_limiter", "_taken", "deadline_s", "key")

    def __init__(
        self,
        key: str,
        deadline_s: float,
        counted: str = "",
        limiter: Limiter | None = None,
        limit: Limit | None = None,
    ) -> None:
        self.key, self.deadline_s = key, deadline_s
        self._counted, self._limiter, self._limit = counted, limiter, limit
        self._taken: Taken | None = None

    def take(self, rows: int, *, before: int = 0) -> None:
        """Take rows from the caller's limit. Raises `RateLimited` where they do not fit, and takes none.

        What the request took ``before`` it pays again when it comes again: the wait is for that, too.
        """
        if self._limiter is None or self._limit is None:
            return
        self._taken = taken = self._limiter.take(self._counted, rows, self._limit)
        if taken.wait_s:
            again_s = before * self._limit.window_s / self._limit.quota
            raise RateLimited(
                cost=before + rows,
                quota=self._limit.quota,
                window_s=self._limit.window_s,
                policy=self._limit.policy(),
                retry_after=in_seconds(taken.wait_s + again_s),
            )

    def scored(self, rows: int) -> None:
        """Take what the rows cost beyond the one that the request cost at the door. Raises `RateLimited`."""
        if rows > 1:
            self.take(rows - 1, before=1)

    def headers(self) -> Headers:
        """What the answer says of the limit (draft-ietf-httpapi-ratelimit-headers-10).

        Nothing of a request that did not fit: its problem document says it.
        """
        if self._taken is None or self._limit is None or self._taken.wait_s:
            return NO_HEADERS
        left, full_s = self._taken.left, in_seconds(self._taken.full_s)
        told = b'"%s";r=%d;t=%d' % (self._limit.name.encode(), left, full_s)
        return ((b"ratelimit-policy", self._limit.policy().encode()), (b"ratelimit", told))


#: of whoever never came through the door: another thread, a test
FREE = Ticket("", DEADLINE_S)
