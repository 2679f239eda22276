"""Trials on this machine: processes that evaluate, a file that remembers, Optuna that suggests.

Comes in: a search and what evaluates. Goes out: every trial. A trial over its time is killed, one that
raises or whose process dies has failed, and the search goes on. Killed itself, at any moment, it goes on
from the same folder: what ended is never tried again, what was running runs again with the same parameters.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait

from detectory.engine import storage
from detectory.engine.search import Evaluate, Search, State, Trial, is_hopeless
from detectory.engine.storage import Storage
from detectory.engine.suggest import Suggestions
from detectory.engine.worker import Ended, Ready, Stepped, Worker
from detectory.models.candidate import Value

#: seconds that a process may take to start, beside the time of its first trial
STARTING_S = 60.0


def search(what: Search, evaluate: Evaluate, *, on_trial: Callable[[Trial], None]) -> list[Trial]:
    """Run the trials that are missing; see `detectory.engine.search.Engine`.

    The end of the whole budget cuts off what runs; it is run again when the search goes on. Ends early
    when the first five trials all fail. Raises `StudyDamaged`, `StoreUnwritable`, `MissingExtra`.
    """
    with storage.opened(what.storage) as trials:
        _Running(what, evaluate, on_trial, trials, Suggestions(what)).run()
        return trials.trials()


@dataclass(slots=True)
class _Busy:
    """A worker and the trial that it evaluates."""

    worker: Worker
    number: int
    params: dict[str, Value]
    began: float
    limit: float
    steps: list[tuple[int, float]] = field(default_factory=list)


@dataclass
class _Running:
    """A search that is going on."""

    what: Search
    evaluate: Evaluate
    on_trial: Callable[[Trial], None]
    storage: Storage
    suggestions: Suggestions
    busy: list[_Busy] = field(default_factory=list)
    idle: list[Worker] = field(default_factory=list)
    waiting: list[tuple[int, dict[str, Value]]] = field(default_factory=list)
    ended: list[State] = field(default_factory=list)
    before: int = 0
    until: float = math.inf

    def run(self) -> None:
        """Until all trials ended or the budget did."""
        self.until = time.monotonic() + (self.what.seconds or math.inf)
        self._recall()
        try:
            while self._start() or self.busy:
                self._listen()
                self._cut_off()
        finally:
            for worker in (*self.idle, *(one.worker for one in self.busy)):
                worker.end()

    def _recall(self) -> None:
        history = self.storage.read()
        self.before = len(history.ended)
        self.waiting = self.suggestions.resumed(history)

    def _start(self) -> bool:
        """Give every free job a trial; true if any was given."""
        given = False
        while len(self.busy) < self.what.jobs and (trial := self._next()):
            number, params = trial
            self.storage.begin(number, params)
            now, starting_s = time.monotonic(), 0.0 if self.idle else STARTING_S
            worker = self.idle.pop() if self.idle else Worker.start(self.evaluate)
            limit = now + starting_s + self.what.trial_seconds
            self.busy.append(_Busy(worker, number, params, now, limit))
            worker.hand(params)
            given = True
        return given

    def _next(self) -> tuple[int, dict[str, Value]] | None:
        missing = self.what.trials - self.before - len(self.ended) - len(self.busy)
        if is_hopeless(self.ended) or missing <= 0 or time.monotonic() >= self.until:
            return None
        return self.waiting.pop(0) if self.waiting else self.suggestions.next()

    def _listen(self) -> None:
        """Wait for messages of the workers until the next limit, and take them in."""
        limits = [self.until, *(one.limit for one in self.busy)]
        left = min(limits) - time.monotonic()
        ready = wait([one.worker.line for one in self.busy], None if math.isinf(left) else max(left, 0))
        for one in [one for one in self.busy if one.worker.line in ready]:
            self._hear(one)

    def _hear(self, one: _Busy) -> None:
        try:
            said = one.worker.heard()
        except EOFError:
            return self._end(one, Ended("failed", why=one.worker.died()))
        if isinstance(said, Ready):
            one.began = time.monotonic()
            one.limit = one.began + self.what.trial_seconds
        elif isinstance(said, Ended):
            self.idle.append(one.worker)
            self._end(one, said)
        else:
            self._judge(one, said)

    def _judge(self, one: _Busy, step: Stepped) -> None:
        one.steps.append((step.at, step.loss))
        worse = self.suggestions.is_worse(one.number, step.at, step.loss)
        one.worker.answer(not worse)

    def _cut_off(self) -> None:
        """Kill the trials that are over their time; at the end of the budget all of them, to be run again."""
        now = time.monotonic()
        for one in [one for one in self.busy if now >= one.limit]:
            one.worker.end()
            why = f"it had not ended after {self.what.trial_seconds:g} s"
            self._end(one, Ended("timed out", why=why))
        if now >= self.until:
            for one in self.busy:
                one.worker.end()
            self.busy.clear()

    def _end(self, one: _Busy, ended: Ended) -> None:
        self.busy.remove(one)
        trial = Trial(
            one.number,
            one.params,
            ended.state,
            ended.grade.value if ended.grade else None,
            round(time.monotonic() - one.began, 3),
            ended.why,
            tuple(one.steps),
            ended.grade.noted if ended.grade else {},
        )
        self.storage.end(trial, extra=self.suggestions.end(trial))
        self.ended.append(trial.state)
        self.on_trial(trial)
