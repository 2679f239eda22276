"""The API keys as the server knows them: read again and again in a thread, looked up for every request.

Comes in: a store of keys. Goes out: whom a text belongs to. Never: a read of the store while a request
waits; a key forgotten because the store is away.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from time import monotonic, time
from typing import NamedTuple

from detectory import apikey
from detectory.apikey import Key

EVERY_S = 2.0  # a revoked key must be refused within 5
logger = logging.getLogger(__name__)


class Grant(NamedTuple):
    """Who asks, and what they may."""

    who: str
    scopes: frozenset[str]


class Keys:
    """The keys of a store, as they were read last; ``known`` is None until that has happened once.

    >>> text, key = apikey.new("soc", ["predict"], now=0.0)
    >>> keys = Keys([key].copy)
    >>> keys.read()
    >>> keys.grant(text).who == key.id, keys.grant(text + "x"), keys.grant("")
    (True, None, None)
    """

    def __init__(self, all_keys: Callable[[], Iterable[Key]], *, clock: Callable[[], float] = time) -> None:
        self._all, self._clock = all_keys, clock
        self._read_at = monotonic()
        self._away = False
        self.known: Mapping[str, Key] | None = None

    def grant(self, text: str) -> Grant | None:
        """Whom a text belongs to; None where it is no usable key."""
        key = (self.known or {}).get(apikey.id_of(text))
        if key is None or not key.opened_by(text) or not key.is_usable(self._clock()):
            return None
        return Grant(key.id, key.scopes)

    def read(self) -> None:
        """Read them now. Raises what the store raises.

        A store that has lost all its keys (a file deleted, or put aside as damaged) does not open the door:
        those that were known stay.
        """
        self.known = {key.id: key for key in self._all()} or self.known or {}
        self._read_at = monotonic()

    def follow(self, stopped: threading.Event, *, every_s: float = EVERY_S) -> None:
        """Read them now, and again and again until told to stop; the work of a thread."""
        self.try_to_read()
        while not stopped.wait(every_s):
            self.try_to_read()

    def try_to_read(self) -> None:
        """Read them now, or keep those that are known; both turns are logged."""
        try:
            self.read()
        except Exception as error:  # noqa: BLE001  # whatever the store has, requests are answered
            if not self._away:
                logger.error("keys cannot be read", extra={"facts": {"reason": str(error)}})
            self._away = True
        else:
            if self._away:
                logger.info("keys are read again")
            self._away = False

    @property
    def age_s(self) -> float:
        """Seconds since they were read."""
        return monotonic() - self._read_at
