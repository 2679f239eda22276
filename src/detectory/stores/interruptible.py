"""Waiting for a library that waits for a server, so that Ctrl-C is heard at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def interruptible(call: Callable[[], T]) -> T:
    """What the call gives or raises.

    Python hears a signal between two of its own steps in the main thread, never while compiled code waits
    there. So the call gets a thread that nobody waits for when the process ends.

    >>> interruptible(lambda: 6 * 7)
    42
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001  # it is raised where it is waited for
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return answer.result()
