"""Progress on stderr: a bar at a terminal, a line every ten seconds anywhere else, nothing under -q."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from detectory.cli.session import Session

if TYPE_CHECKING:
    from detectory.cli.bar import Bar
    from detectory.pipeline import Event, Plan

EVERY_S, EVERY_S_VERBOSE = 10.0, 1.0
Advance = Callable[[int], None]
Clock = Callable[[], float]


class Far:
    """How far a piece of work is: drawn on a bar, or without one said every ten seconds.

    Under -v it is said every second, and at once what is worked on; the latter beside a bar, too.
    """

    def __init__(self, session: Session, bar: Bar | None = None, *, clock: Clock = time.monotonic) -> None:
        self._session, self._bar, self._clock = session, bar, clock
        self.begin("")

    def begin(self, what: str) -> None:
        """Something long begins, of which nothing is said yet."""
        self.last, self._text, self._shown = "", "", self._clock()
        if self._bar and what:
            self._bar.begin(what)

    def at(self, text: str, *, done: int = 0, of: int = 0, note: str = "") -> None:
        """It works on ``text``, and ``done`` of so many steps are behind it; a ``note`` says how well."""
        said = ", ".join(filter(None, [f"{done:,} of {of:,}" if of else "", note]))
        self.last = f"{text}: {said}" if said else text
        if self._bar:
            self._bar.show(text, said, done=done, of=of)
        if self._is_due(text):
            self._shown = self._clock()
            self._session.say(f"{'':10}{self.last}")
        self._text = text

    def end(self) -> None:
        """It is over, well or not."""
        if self._bar:
            self._bar.end()

    def _is_due(self, text: str) -> bool:
        if self._session.verbose and text != self._text:
            return True
        every = EVERY_S_VERBOSE if self._session.verbose else EVERY_S
        return self._bar is None and self._clock() - self._shown >= every


@contextmanager
def far(session: Session, *, draws: bool) -> Iterator[Far]:
    """Shows how far something is while the block lasts, on a bar or in lines."""
    bar = None
    if draws:
        from rich.console import Console

        from detectory.cli.bar import Bar

        bar = Bar(Console(stderr=True, no_color=not session.colored(sys.stderr)))
    shown = Far(session, bar)
    try:
        yield shown
    finally:
        shown.end()


@contextmanager
def stages(session: Session, plan: Plan) -> Iterator[Plan]:
    """The plan, of whose stages a person sees what they do, and what became of each."""
    with far(session, draws=session.draws) as shown:
        yield replace(plan, watch=watching(session, shown))


def watching(session: Session, shown: Far) -> Callable[[Event], None]:
    """Shows how far a stage is; says its seconds when it is over, and the last thing that it said."""

    def watch(event: Event) -> None:
        if event.state == "started":
            shown.begin(event.stage)
        elif event.state == "said":
            shown.at(event.text, done=event.done, of=event.of, note=event.note)
        elif event.state == "told":
            session.say(f"{event.stage:10}{event.text}")
        else:
            shown.end()
            session.say(f"{event.stage:10}{_ended(event, shown.last)}")
            shown.begin("")

    return watch


def _ended(event: Event, last: str) -> str:
    if event.state == "kept":
        return f"kept: {event.text}" if event.text else "kept"
    made = event.text or f"made in {event.seconds:.1f} s"
    return f"{made}: {last}" if last and not event.text else made


@contextmanager
def rows(session: Session, what: str, *, to: TextIO | None) -> Iterator[Advance]:
    """Counts rows while they are worked on: call what is given with how many more are done.

    A bar would draw over the answers, where these come to a terminal.
    """
    with far(session, draws=session.draws and not (to and to.isatty())) as shown:
        shown.begin(what)
        yield counting(shown, what)


def counting(shown: Far, what: str, *, clock: Clock = time.monotonic) -> Advance:
    """Shows how many rows are done, and how many a second."""
    done, began = 0, clock()

    def advance(more: int) -> None:
        nonlocal done
        done += more
        shown.at(what, note=f"{done:,} rows, {done / max(clock() - began, 1e-9):,.0f}/s")

    return advance
