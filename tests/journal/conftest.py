"""Journals with a clock that a test moves, and records of processes that live or do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from detectory.artifacts import Store
from detectory.journal import Environment, Journal, Process, Running
from detectory.journal.process import this

ENVIRONMENT = Environment("0.1", "CPython 3.11", "Linux", "a processor", 2, {"numpy": "2.4"})


@dataclass
class Clock:
    """Moments in UTC, a second later each time that it is moved."""

    now: datetime = datetime(2026, 11, 21, 15, 31, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float = 1.0) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def journal(store: Store, clock: Clock) -> Journal:
    return Journal(store, clock=clock)


@pytest.fixture
def begun(store: Store, clock: Clock) -> Callable[..., Running]:
    """A run that was begun a second after the one before it, by this process or by one that is ``dead``."""

    def begin(detector: str = "dga", *, dead: bool = False, **known: object) -> Running:
        clock.move()
        process = msgspec.structs.replace(this(), started="1") if dead else this()
        journal = Journal(store, clock=clock, process=process)
        return journal.begin("run", detector, environment=ENVIRONMENT, **known)

    return begin


def elsewhere() -> Process:
    """A process of another machine."""
    return msgspec.structs.replace(this(), host="another")
