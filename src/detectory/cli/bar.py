"""A bar at a terminal: what is worked on, how far it is, how long it took and how long it will take.

In: how far something is, as often as it is known. Out: one line on stderr, gone when the work is over.
Never: a decision whether there is a terminal; see `Session.draws`.
"""

from __future__ import annotations

import math

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

A_SECOND = 4  # more often nobody reads it, and what is timed meanwhile would feel the drawing
WIDTH = 20


class Bar:
    """One bar, drawn from `begin` to `end`; it begins anew with everything that is worked on.

    Remaining time is that of steps like those so far, so it is known after the second one.
    """

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(WIDTH),
            TextColumn("{task.fields[said]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        # stdout is for answers: what is printed there is none of the bar's business
        self._bar = Progress(
            *columns,
            console=console,
            refresh_per_second=A_SECOND,
            speed_estimate_period=math.inf,
            transient=True,
            redirect_stdout=False,
        )
        self._stage = self._text = ""

    def begin(self, stage: str) -> None:
        """Draw it for a stage, of which nothing else is known yet."""
        self._stage = stage
        self._anew(stage)
        self._bar.start()
        self._bar.console.show_cursor()  # who is killed or stopped meanwhile could not show it again

    def show(self, text: str, said: str, *, done: int, of: int) -> None:
        """How far it is with ``text``; without ``of`` nobody knows how far it will go."""
        if text != self._text:
            self._anew(text)
        self._bar.update(self._task, completed=done, total=of or None, said=said)

    def end(self) -> None:
        """Take it away."""
        self._bar.stop()

    def _anew(self, text: str) -> None:
        self._text = text
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        shown = text if text == self._stage else f"{self._stage:10}{text}"
        self._task = self._bar.add_task(shown, total=None, said="")
