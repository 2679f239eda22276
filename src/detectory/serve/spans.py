"""The parts of a request that a trace tells apart, where one is kept. Nothing of OpenTelemetry is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

#: opens a part by its name: ``with span("decode"): …``
Spans = Callable[[str], AbstractContextManager[object]]
_current: ContextVar[Spans | None] = ContextVar("spans", default=None)
_nothing = nullcontext()


def current() -> Spans | None:
    """What opens the parts of the request under way; None where it is in no trace that is kept."""
    return _current.get()


@contextmanager
def timing(spans: Spans | None) -> Iterator[None]:
    """Let the parts of the request under way be timed, until it is answered."""
    token = _current.set(spans)
    try:
        yield
    finally:
        _current.reset(token)


def untimed(name: str) -> AbstractContextManager[object]:
    """What stands where no trace is kept.

    >>> with untimed("decode"):
    ...     pass
    """
    return _nothing
