"""A trial under whatever people, servers and faults do to it, beside a value that says what is right."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from detectory import signing
from detectory.artifacts import Store
from detectory.errors import DetectoryError
from detectory.failpoints import NAMES, arm
from detectory.registry import promote, trials, versions
from detectory.registry.trial import Move
from detectory.settings import Canary
from tests.serve.shelf import Shelf

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PLACES = [name for name in NAMES if name.startswith(("promote.", "document."))]
NUMBERS = st.integers(1, 3)


@dataclass(frozen=True)
class World:
    """What is right: who served in turn, and the trial: whom, how far, and the rows it was seen at."""

    history: tuple[int, ...] = (1,)
    challenger: int | None = None
    beside: int | None = None
    share: int = 0
    rows: int = 0

    def ended(self) -> World:
        return replace(self, challenger=None, beside=None, share=0, rows=0)

    def promoted(self, number: int) -> World:
        same = self.history[-1] == number
        return self if same else replace(self, history=(*self.history, number))


def _promote(shelf: Shelf, number: int) -> None:
    trusted = shelf.releases.keys()
    promote.promote(shelf.store, "flow", str(number), trusted=trusted, now=NOW, override="a test")


@cache
def made() -> Path:
    """A folder with three versions, the first of which serves."""
    root = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, root)
    signing.new_key(root / "signing.key")
    shelf = Shelf(Store(root / "store"), root / "signing.key")
    for number in (1, 2, 3):
        shelf.add(number)
    _promote(shelf, 1)
    return root


class Trials(RuleBasedStateMachine):
    """Each rule does one thing to the store, and says what it makes of the world."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        shutil.copytree(made(), self.root, dirs_exist_ok=True)
        self.shelf = Shelf(Store(self.root / "store"), self.root / "signing.key")
        self.world, self.place = World(), ""

    def teardown(self) -> None:
        arm("")
        shutil.rmtree(self.root)

    @rule(place=st.sampled_from(PLACES))
    def break_the_next(self, place: str) -> None:
        self.place = place

    @rule(number=NUMBERS)
    def start(self, number: int) -> None:
        may = self.world.challenger is None and number != self.world.history[-1]
        after = replace(self.world, challenger=number, beside=self.world.history[-1]) if may else self.world
        self._do(lambda: self._start(number), after)

    @precondition(lambda self: self.world.challenger)
    @rule(rows=st.integers(0, 9), step=st.sampled_from([0, 5, 50]))
    def a_server_looks(self, rows: int, step: int) -> None:
        move = Move("step", step, "on") if step > self.world.share else Move("hold", self.world.share, "so")
        after = replace(self.world, share=move.share, rows=self.world.rows + rows)
        self._do(lambda: self._look(move, rows), self._unless_overtaken(after))

    @precondition(lambda self: self.world.challenger)
    @rule()
    def a_server_takes_it_out(self) -> None:
        self._do(lambda: self._look(Move("rollback", 0, "it failed"), 0), self.world.ended())

    @precondition(lambda self: self.world.challenger)
    @rule()
    def a_person_promotes_the_challenger(self) -> None:
        trusted = self.shelf.releases.keys()
        move = Move("promote", 100, "a person")
        after = self.world.promoted(self.world.challenger or 0).ended()
        between = self.world.promoted(self.world.challenger or 0)  # the champion is there, the trial not over
        self._do(
            lambda: trials.conclude(
                self.shelf.store, "flow", move, trusted=trusted, now=NOW, override="a test"
            ),
            after,
            between,
        )

    @rule()
    def a_person_aborts(self) -> None:
        self._do(lambda: trials.abort(self.shelf.store, "flow", reason="enough", now=NOW), self.world.ended())

    @rule(number=NUMBERS)
    def a_person_promotes_another(self, number: int) -> None:
        self._do(lambda: _promote(self.shelf, number), self.world.promoted(number))

    @precondition(lambda self: len(self.world.history) > 1)
    @rule()
    def a_person_rolls_back(self) -> None:
        trusted = self.shelf.releases.keys()
        self._do(
            lambda: promote.rollback(self.shelf.store, "flow", trusted=trusted, now=NOW, reason="a test"),
            replace(self.world, history=self.world.history[:-1]),
        )

    @invariant()
    def the_store_is_as_the_world(self) -> None:
        assert self._seen() == self.world

    @invariant()
    def the_trail_explains_who_is_tried_and_who_serves(self) -> None:
        trail = promote.trail(self.shelf.store, "flow")
        assert [entry for entry in trail if entry["version"] == self.world.history[-1]]
        if self.world.challenger:
            started = [entry for entry in trail if entry["action"] == "canary start"]
            assert self.world.challenger in {entry["version"] for entry in started}

    def _do(self, act: Callable[[], Any], *worlds: World) -> None:
        """Do it; if a fault is in its way the world is as before, or as after some of it."""
        arm(f"{self.place}=EIO" if self.place else "")
        try:
            with suppress(DetectoryError):
                act()
                self.world = worlds[0]
        except OSError:
            assert self.place
        finally:
            arm("")
        if self.place:
            seen = self._seen()
            assert seen in (self.world, *worlds)
            self.world, self.place = seen, ""

    def _start(self, number: int) -> None:
        trusted = self.shelf.releases.keys()
        trial = trials.planned(
            self.shelf.store,
            "flow",
            str(number),
            rules=Canary(),
            budget=lambda spec: 0.1,
            trusted=trusted,
            now=NOW,
            override="a test",
        )
        trials.start(self.shelf.store, "flow", trial, now=NOW)

    def _look(self, move: Move, rows: int) -> None:
        trial = trials.required(self.shelf.store, "flow")
        trials.advance(
            self.shelf.store, "flow", trial.id, seen={"rows": rows}, decide=lambda trial: move, now=NOW
        )

    def _unless_overtaken(self, after: World) -> World:
        """A trial whose champion serves no longer is over."""
        return after if self.world.beside == self.world.history[-1] else self.world.ended()

    def _seen(self) -> World:
        store = self.shelf.store
        history = tuple(store.document("flow/champion.json")["history"])
        assert versions.champion(store, "flow") == history[-1]
        trial = trials.running(store, "flow")
        if trial is None:
            return World(history)
        return World(history, trial.challenger, trial.champion, trial.share, trial.counts.get("rows", 0))


TestTrials = Trials.TestCase
TestTrials.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
