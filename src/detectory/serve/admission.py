"""How much is done at once, and who waits: a bounded number at work, a bounded queue, a bounded wait.

Comes in: a request whose body is there. Goes out: its turn, or a refusal within the time that it would have
waited. Never: a turn for whoever is only connected or still sending: a slow caller holds up nobody.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from detectory.errors import Overloaded, TooLate
from detectory.settings import Admission

INLINE_BYTES = 8 << 10  # of a small body: about 256 host names, half a millisecond
PACE = 0.1  # weight of the newest turn in the mean of how long turns take
LEDGER = 2  # requests that read or write the ledger at once; SQLite lets one write at a time


class Bulkhead:
    """One kind of work: ``size`` of it at once; called in the thread of the event loop only."""

    def __init__(
        self, size: int, *, queue: int, patience_s: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._size, self._queue, self._patience_s, self._clock = size, queue, patience_s, clock
        self._between_s, self._left_at, self._awaited = 0.0, -math.inf, False
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self.taken = 0
        self.refused = Counter[str]()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def take(self, weight: int = 1) -> bool:
        """Take a turn if there is one now; whoever took it calls `leave`."""
        if self._waiting or not self._fits(weight):
            return False
        if not self.taken and self._clock() - self._left_at > self._patience_s:
            self._between_s = 0.0  # an overload that is over says nothing of the next one
        self.taken += weight
        return True

    async def turn(self, weight: int = 1, *, within_s: float = 3600.0) -> None:
        """Wait for a turn, first come, first served; whoever got it calls `leave`. Raises `Overloaded`."""
        if self.take(weight):
            return
        self.check_room()
        patience_s = min(self._patience_s, within_s)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((weight, mine))
        try:
            async with asyncio.timeout(patience_s):
                await mine
        except TimeoutError:
            self._give_up(weight, mine)
            self.refused["waited"] += 1
            raise Overloaded(why=f"it was not its turn within {patience_s * 1e3:.0f} ms") from None
        except asyncio.CancelledError:
            self._give_up(weight, mine)
            raise

    def check_room(self) -> None:
        """Raises `Overloaded` where neither a turn nor a place to wait is left, or the wait would be in vain.

        Whoever waits in vain costs as much as a request that is answered: its body is read for nothing.
        """
        waiting = len(self._waiting)
        if (waiting >= self._queue or waiting * self._between_s > self._patience_s) and not self._fits(1):
            self.refused["queue_full"] += 1
            raise Overloaded(why=f"{waiting} requests are waiting already")

    def leave(self, weight: int = 1) -> None:
        """Give a turn back; those who wait move up."""
        self.taken -= weight
        self._note_pace()
        self._move_up()

    @asynccontextmanager
    async def at_work(self, *, within_s: float) -> AsyncIterator[None]:
        """A turn, and no longer than so many seconds in all. Raises `Overloaded` or `TooLate`."""
        try:
            async with asyncio.timeout(within_s) as limit:
                await self.turn(within_s=within_s)
                try:
                    yield
                finally:
                    self.leave()
        except TimeoutError:
            if not limit.expired():
                raise
            self.refused["late"] += 1
            raise TooLate(within_s=within_s) from None

    def _fits(self, weight: int) -> bool:
        return self.taken + weight <= self._size or not self.taken  # one that never fits goes alone

    def _note_pace(self) -> None:
        """How long it is from a turn given back to somebody who waits to the next one: a moving mean."""
        now = self._clock()
        if self._awaited:
            self._between_s += PACE * (now - self._left_at - self._between_s)
        self._left_at, self._awaited = now, bool(self._waiting)

    def _move_up(self) -> None:
        while self._waiting and self._fits(self._waiting[0][0]):
            weight, first = self._waiting.popleft()
            if not first.done():
                self.taken += weight
                first.set_result(None)

    def _give_up(self, weight: int, mine: asyncio.Future[None]) -> None:
        """Leave the queue; a turn that came in the very moment of giving up goes to the next."""
        if (weight, mine) in self._waiting:
            self._waiting.remove((weight, mine))
            self._move_up()
        elif not mine.cancelled():
            self.leave(weight)


class Bulkheads:
    """The kinds of work of one server, apart: a heavy kind takes no turn of a light one."""

    def __init__(self, admission: Admission) -> None:
        self.small, self.bulk, self.explain = (
            Bulkhead(size, queue=admission.queue, patience_s=admission.queue_ms / 1e3)
            for size in (admission.in_flight, admission.bulk, admission.explain)
        )
        deadline_s = (
            admission.deadline_ms / 1e3
        )  # one write after the other: who waits for a lock may wait long
        self.ledger = Bulkhead(LEDGER, queue=admission.queue, patience_s=deadline_s)

    def check_room(self, scope: str, length: int) -> None:
        """Raises `Overloaded` where a body need not be read: there is no room for what it will be."""
        if scope == "explain":
            self.explain.check_room()
        elif length > INLINE_BYTES:
            self.bulk.check_room()

    def named(self) -> dict[str, Bulkhead]:
        """Every bulkhead by its name."""
        return {"small": self.small, "bulk": self.bulk, "explain": self.explain, "ledger": self.ledger}
