"""Who waits for a result, without a task of the event loop: it is told when the result is there.

Comes in: whoever waits, a future or an exchange of the lane. Goes out: the same, with something to be done on
the way. Never: a result told twice, or to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from detectory.serve.admission import Bulkhead


class Promise(Protocol):
    """Who waits for a result: a future, or whatever is quicker."""

    def done(self) -> bool:
        """Whether it does not wait any more."""

    def set_result(self, result: Any, /) -> None:
        """Here it is."""

    def set_exception(self, error: Any, /) -> None:
        """There is none."""


@dataclass(frozen=True, slots=True)
class Then:
    """What is to be done with a result, on the way to the promise of something else."""

    do: Callable[[Any], None]
    promise: Promise

    def done(self) -> bool:
        """Whether nobody waits for it."""
        return self.promise.done()

    def set_result(self, result: Any) -> None:
        """Do it."""
        try:
            self.do(result)
        except Exception as error:  # noqa: BLE001  # whatever it is, whoever waits must hear of it
            self.promise.set_exception(error)

    def set_exception(self, error: Exception) -> None:
        """There is nothing to do it with."""
        self.promise.set_exception(error)


class Turn:
    """A promise whose work takes room in a bulkhead until it is kept, or nobody waits for it."""

    __slots__ = ("_bulkhead", "_promise", "_weight")

    def __init__(self, promise: Promise, bulkhead: Bulkhead, weight: int) -> None:
        self._promise, self._bulkhead, self._weight = promise, bulkhead, weight

    def leave(self) -> None:
        """Give the room back, once."""
        weight, self._weight = self._weight, 0
        if weight:
            self._bulkhead.leave(weight)

    def done(self) -> bool:
        """Whether nobody waits for it."""
        if not self._promise.done():
            return False
        self.leave()
        return True

    def set_result(self, result: Any) -> None:
        """Keep it."""
        self.leave()
        self._promise.set_result(result)

    def set_exception(self, error: BaseException) -> None:
        """There is nothing to keep."""
        self.leave()
        self._promise.set_exception(error)
