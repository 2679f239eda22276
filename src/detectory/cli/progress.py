"""Progress on stderr: a bar at a terminal, a line every ten seconds anywhere else, nothing under -q."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from detectory.cli.session import Session

if TYPE_CHECKING:
    from detectory.pipeline import Event

EVERY_S = 10.0
Advance = Callable[[int], None]


def stages(session: Session, *, clock: Callable[[], float] = time.monotonic) -> Callable[[Event], None]:
    """Says what becomes of each stage: its seconds, and the last thing that it said of itself.

    While one goes on, what it says is shown every ten seconds, and all of it under -v.
    """
    last, shown = "", clock()

    def watch(event: Event) -> None:
        nonlocal last, shown
        if event.state == "started":
            last, shown = "", clock()
        elif event.state == "said":
            last = event.text
            if session.verbose or clock() - shown >= EVERY_S:
                shown = clock()
                session.say(f"{'':10}{event.text}")
        elif event.state == "told":
            session.say(f"{event.stage:10}{event.text}")
        else:
            session.say(f"{event.stage:10}{_ended(event, last)}")

    return watch


def _ended(event: Event, last: str) -> str:
    if event.state == "kept":
        return f"kept: {event.text}" if event.text else "kept"
    made = event.text or f"made in {event.seconds:.1f} s"
    return f"{made}: {last}" if last and not event.text else made


@contextmanager
def rows(session: Session, what: str) -> Iterator[Advance]:
    """Counts rows while they are worked on: call what is given with how many more are done."""
    if session.quiet:
        yield lambda more: None
    elif sys.stderr.isatty():
        with _bar(what) as advance:
            yield advance
    else:
        yield spoken(session.say, what, clock=time.monotonic)


@contextmanager
def _bar(what: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description} {task.completed:,.0f} rows, {task.fields[rate]:,.0f}/s")
    console = Console(stderr=True)
    with Progress(SpinnerColumn(), text, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=None, rate=0.0)

        def advance(more: int) -> None:
            # the speed is not known before the second step
            bar.update(task, advance=more, rate=bar.tasks[0].speed or 0.0)

        yield advance


def spoken(say: Callable[[str], None], what: str, *, clock: Callable[[], float]) -> Advance:
    """A line every ten seconds, for logs."""
    done, began, told = 0, clock(), clock()

    def advance(more: int) -> None:
        nonlocal done, told
        done, now = done + more, clock()
        if now - told >= EVERY_S:
            told = now
            say(f"{what} {done:,} rows, {done / (now - began):,.0f}/s")

    return advance
