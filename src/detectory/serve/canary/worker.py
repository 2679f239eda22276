"""One thread of its own for a challenger: it may raise, crawl or hang there, and nobody else does."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")
ROWS = 20_000  # waiting; where there are more the challenger cannot keep up, and the next ones pass it by


class Worker:
    """Does one job after another, in the order in which they came.

    >>> worker = Worker("doctest")
    >>> promise = worker.do(lambda: 6 * 7)
    >>> promise.result(timeout=10)
    42
    >>> worker.stop()
    """

    def __init__(self, name: str, *, clock: Callable[[], float] = monotonic) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], int, Future[Any]] | None] = queue.SimpleQueue()
        self._clock, self._stopped = clock, False
        self._rows, self._lock = 0, threading.Lock()
        self._began: float | None = None
        # a daemon: a challenger that hangs must not keep the process from its end
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def do(self, job: Callable[[], T], *, rows: int = 1) -> Future[T] | None:
        """Promise what a job about so many rows gives or raises; None, and it is never done, without room.

        A job finds room whenever none waits, however large it is.
        """
        with self._lock:
            if self._rows and self._rows + rows > ROWS:
                return None
            self._rows += rows
        promise: Future[T] = Future()
        self._jobs.put((job, rows, promise))
        return promise

    def stop(self) -> None:
        """Begin no other job."""
        self._stopped = True
        self._jobs.put(None)

    @property
    def busy_s(self) -> float:
        """For how long it has been at its present job; 0 when it is at none."""
        began = self._began
        return 0.0 if began is None else self._clock() - began

    def _run(self) -> None:
        while (next_one := self._jobs.get()) is not None and not self._stopped:
            job, rows, promise = next_one
            with self._lock:
                self._rows -= rows
            self._began = self._clock()
            try:
                promise.set_result(job())
            except Exception as error:  # noqa: BLE001  # whoever holds the promise hears of it
                promise.set_exception(error)
            self._began = None
