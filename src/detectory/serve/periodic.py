"""What is looked at every few seconds beside the answering, until it is told to stop."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Periodic(ABC):
    """Calls its `look` every ``every_s`` seconds, in the thread that calls `run`.

    >>> class Looks(Periodic):
    ...     def look(self):
    ...         print("a look")
    ...         self.stop()
    >>> Looks(every_s=0.001).run()
    a look
    """

    def __init__(self, *, every_s: float) -> None:
        self._every_s, self._stopped = every_s, threading.Event()

    def run(self) -> None:
        """Look again and again until `stop`; for the first time after a pause."""
        while not self._stopped.wait(self._every_s):
            self.look()

    def stop(self) -> None:
        """Let `run` return; a look that has begun is finished first."""
        self._stopped.set()

    @abstractmethod
    def look(self) -> None:
        """Look once; never raises."""
