"""A process that evaluates one set of parameters after another, and can be killed.

Comes in: what evaluates, sent once. Goes out: for each set of parameters a quality, or why there is none.
Between the two stands one pipe; what goes over it is the business of `multiprocessing`, as it is never
kept. A worker ends with its parent, however that ends: it watches it, and needs nobody to kill it.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

from detectory.engine.search import Evaluate, Grade, Pruned, State, is_rung
from detectory.errors import DetectoryError
from detectory.models.candidate import Step, Value

DYING_S = 5.0  # a process whose line is closed has no more than this to do


class Ended(NamedTuple):
    """A trial's end, as a worker tells it."""

    state: State
    grade: Grade | None = None
    why: str = ""


class Ready(NamedTuple):
    """A worker has started; its first trial begins now."""


class Stepped(NamedTuple):
    """A rung that a fit reached; the worker waits to be told whether it may go on."""

    at: int
    loss: float


@dataclass(eq=False)
class Worker:
    """A running process, as its parent holds it. ``line`` is readable when it has something to say."""

    process: Any
    line: Connection

    @classmethod
    def start(cls, evaluate: Evaluate) -> Worker:
        """Start a process. It is a fresh one and no fork: threads of libraries do not survive that."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(evaluate, theirs), daemon=True)
        # Ctrl-C at a terminal goes to all processes; that it ends a search is for the parent to say
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return cls(process, ours)

    def hand(self, params: Mapping[str, Value]) -> None:
        """Give it the next parameters."""
        self._send(dict(params))

    def answer(self, may_go_on: bool) -> None:
        """Say of a step whether the fit may go on."""
        self._send(may_go_on)

    def _send(self, said: Any) -> None:
        with suppress(OSError):  # that it died is heard next
            self.line.send(said)

    def heard(self) -> Ready | Stepped | Ended:
        """What it says next. Raises `EOFError` when it died."""
        try:
            said: Ready | Stepped | Ended = self.line.recv()
        except OSError as error:  # it died before it had read what it was handed, or in the middle of a word
            raise EOFError from error
        return said

    def died(self) -> str:
        """How a worker that closed its line ended, in words."""
        self.process.join(DYING_S)
        code = self.process.exitcode
        self.end()
        how = f"with {code}" if code is None or code >= 0 else f"by {signal.Signals(-code).name}"
        return f"its process ended {how}"

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.join()
        self.line.close()
        self.process.close()


def _work(evaluate: Evaluate, line: Connection) -> None:
    """The life of a worker: until its parent closes the line."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")  # said a hundred times they help nobody; the fit that is kept says them
    with suppress(EOFError, OSError):  # the parent hung up
        line.send(Ready())
        while True:
            line.send(_ended(evaluate, line.recv(), line))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)


def _ended(evaluate: Evaluate, params: Mapping[str, Value], line: Connection) -> Ended:
    def watch(step: Step) -> None:
        # a loss that is no number is compared with none: the end of the trial says more
        if is_rung(step.at, step.of) and math.isfinite(step.loss):
            line.send(Stepped(int(step.at), float(step.loss)))
            if not line.recv():
                raise Pruned

    try:
        grade = evaluate(params, watch)
    except Pruned:
        return Ended("pruned")
    except Exception as error:  # noqa: BLE001  # whatever a fit raises is the end of one trial, not of all
        return Ended("failed", why=sentence(error))
    if not math.isfinite(grade.value):
        return Ended("failed", why=f"its quality is no number: {grade.value}")
    return Ended("complete", grade)


def sentence(error: Exception) -> str:
    """Why a trial failed, in one line."""
    if isinstance(error, DetectoryError):
        return f"{error.code}: {error.what}" + (f" ({error.why})" if error.why else "")
    return f"{type(error).__name__}: {error}"[:500]
