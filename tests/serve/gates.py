"""Gates with keys that a test made, asked in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from detectory import apikey
from detectory.apikey import Key
from detectory.serve.gate import Gate
from detectory.serve.keys import Keys
from detectory.settings import Limits, Serving

NOW = 1_000.0


@dataclass
class Shelf:
    """A store of keys that can be changed, and can be away."""

    keys: list[Key] = field(default_factory=list)
    away: bool = False
    read: threading.Event = field(default_factory=threading.Event)

    def all(self) -> list[Key]:
        self.read.set()
        if self.away:
            raise OSError("the database is away")
        return self.keys

    def add(self, *scopes: str, expires: float | None = None) -> str:
        """A new key that is shown once."""
        text, key = apikey.new("test", scopes, now=NOW, expires=expires)
        self.keys = [*self.keys, key]
        return text


def gate_of(
    shelf: Shelf,
    *,
    serving: Serving | None = None,
    limits: Limits | None = None,
    clock: Callable[[], float] = lambda: NOW,
    **more: Any,
) -> Gate:
    """A gate that has read the shelf."""
    keys = Keys(shelf.all, clock=clock)
    keys.read()
    return Gate(serving, limits=limits, keys=keys, **more)


def bearer(text: str) -> list[tuple[bytes, bytes]]:
    """The headers that show a key."""
    return [(b"host", b"test"), (b"authorization", b"Bearer " + text.encode("latin-1"))]
