"""What Ray Tune is given: what to try next and what came of it, and the function that tries it.

In: Ray's calls, each about one trial. Out: the file of trials, and word of each that ended. Nothing here is
imported before Ray is known to be installed.
"""

from __future__ import annotations

import json
import math
import os
import signal
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ray import tune
from ray.tune.search import Searcher

from detectory.engine.search import Evaluate, Pruned, Search, State, Trial, is_hopeless, is_rung
from detectory.engine.storage import Storage
from detectory.engine.suggest import Suggestions
from detectory.engine.worker import sentence
from detectory.models.candidate import Step, Value


@dataclass(slots=True)
class _Begun:
    """A trial that Ray has: ``since`` is when its function began to run, which takes a process first."""

    number: int
    params: dict[str, Value]
    since: float | None = None
    steps: list[tuple[int, float]] = field(default_factory=list)


class Tuned(Searcher):  # type: ignore[misc]  # Ray ships no types
    """A search as Ray Tune asks for it: our suggestions, kept as they begin and as they end."""

    def __init__(
        self, what: Search, on_trial: Callable[[Trial], None], storage: Storage, suggestions: Suggestions
    ) -> None:
        super().__init__(metric="quality", mode="max")
        self.until = time.monotonic() + (what.seconds or math.inf)
        self._what, self._on_trial, self._storage, self._suggestions = what, on_trial, storage, suggestions
        self._live: dict[str, _Begun] = {}
        self._ended: list[State] = []
        history = storage.read()
        self._waiting = suggestions.resumed(history)
        self.missing = max(what.trials - len(history.ended), 0)

    # ── what Ray calls ───────────────────────────────────────────────────────────────────────────

    def suggest(self, trial_id: str) -> Any:
        """The parameters of Ray's next trial; word that there is none where all failed."""
        if is_hopeless(self._ended):
            return Searcher.FINISHED
        number, params = self._waiting.pop(0) if self._waiting else self._suggestions.next()
        self._storage.begin(number, params)
        self._live[trial_id] = _Begun(number, params)
        return {"number": number, "params": params}

    def on_trial_result(self, trial_id: str, result: Mapping[str, Any]) -> None:
        """A trial began, or reached a rung."""
        begun = self._live[trial_id]
        begun.since = begun.since or time.monotonic()
        if "step" in result:
            begun.steps.append((result["step"], result["loss"]))
            # who ends trials is Ray's scheduler; the suggestions are to know of the losses all the same
            self._suggestions.is_worse(begun.number, *begun.steps[-1])

    def on_trial_complete(
        self, trial_id: str, result: Mapping[str, Any] | None = None, error: bool = False
    ) -> None:
        """A trial ended: by itself, by its scheduler, by its death, or because the budget did."""
        begun, said = self._live.pop(trial_id), (result or {}).get("ended")
        if not said and time.monotonic() >= self.until:
            return  # cut off: it is run again when the search goes on
        cut = self._died(begun) if error else {"state": "pruned"}
        self._end(begun, json.loads(said) if said else cut)

    def save(self, checkpoint_path: str) -> None:
        """Nothing: the file of trials has it all."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing to restore."""

    # ── how a trial ends ─────────────────────────────────────────────────────────────────────────

    def _died(self, begun: _Begun) -> dict[str, Any]:
        limit = self._what.trial_seconds
        if begun.since is not None and time.monotonic() - begun.since >= limit:
            return {"state": "timed out", "why": f"it had not ended after {limit:g} s"}
        return {"state": "failed", "why": "its process ended"}

    def _end(self, begun: _Begun, said: Mapping[str, Any]) -> None:
        seconds = time.monotonic() - begun.since if begun.since else 0.0
        trial = Trial(
            begun.number,
            begun.params,
            said["state"],
            said.get("value"),
            round(said.get("seconds", seconds), 3),
            said.get("why", ""),
            tuple(begun.steps),
            said.get("noted", {}),
        )
        self._storage.end(trial, extra=self._suggestions.end(trial))
        self._ended.append(trial.state)
        self._on_trial(trial)


def trainable(evaluate: Evaluate, limit_s: float) -> Callable[[Mapping[str, Any]], None]:
    """The function that Ray runs in its processes, once a trial."""

    here = Path.cwd()

    def tried(config: Mapping[str, Any]) -> None:
        os.chdir(here)  # Ray's processes stand elsewhere, and paths of a workspace may be relative
        # the system ends a process that hangs, in whatever code: nothing in it needs to go on for that
        signal.setitimer(signal.ITIMER_REAL, limit_s)
        try:
            tune.report({"began": True})
            # as one text: Ray takes tables apart, and makes of every entry a metric of its own
            tune.report({"ended": json.dumps(_ended(evaluate, config["params"]))})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    return tried


def _ended(evaluate: Evaluate, params: Mapping[str, Value]) -> dict[str, Any]:
    warnings.simplefilter("ignore")  # said a hundred times they help nobody; the fit that is kept says them
    began = time.monotonic()
    try:
        grade = evaluate(params, _watch)
    except Pruned:
        return {"state": "pruned"}
    except Exception as error:  # noqa: BLE001  # whatever a fit raises is the end of one trial, not of all
        return {"state": "failed", "why": sentence(error)}
    if not math.isfinite(grade.value):
        return {"state": "failed", "why": f"its quality is no number: {grade.value}"}
    seconds = time.monotonic() - began
    return {"state": "complete", "value": grade.value, "noted": dict(grade.noted), "seconds": seconds}


def _watch(step: Step) -> None:
    """Tell Ray of a rung; where it ends the trial, this does not return."""
    if is_rung(step.at, step.of) and math.isfinite(step.loss):
        tune.report({"step": step.at, "loss": step.loss})
