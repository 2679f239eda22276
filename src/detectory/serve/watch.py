"""Who is to answer, as the store says it → who answers, without a request that notices.

Comes in: a predictor, and what the store wants served. Goes out: a champion or a challenger published by
one assignment, after its digest, signature and format held, a process of its own could load it, and it
reproduced its golden rows here. Never: a server without a model because of a bad one, of a pointer that
cannot be read, or of a store that is away; it serves on with what it has, and says so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from detectory.serve import probe
from detectory.serve.periodic import Periodic
from detectory.serve.predictor import Failed, Predictor, Ready, Slot, proven, reason_of, version_of
from detectory.serve.releases import Releases

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.bundle import Opened
    from detectory.signing import TrustedKey

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0
Clock = Callable[[], float]
TryOut = Callable[["Opened", "Sequence[TrustedKey]"], None]
logger = logging.getLogger(__name__)


class Refusals:
    """Which version was refused, and when it may be tried again: the pause doubles each time.

    >>> now = [0.0]
    >>> refusals = Refusals(lambda: now[0])
    >>> refusals.add("4", "it is damaged")
    >>> refusals.holds_back("4"), refusals.holds_back("5")
    (True, False)
    >>> now[0] = FIRST_PAUSE_S
    >>> refusals.holds_back("4")
    False
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._version, self._times, self._until = clock, "", 0, 0.0
        self.why = ""

    def add(self, version: str, why: str) -> None:
        """Remember a version that was refused."""
        self._times = self._times + 1 if version == self._version else 1
        pause = min(FIRST_PAUSE_S * 2 ** (self._times - 1), LONGEST_PAUSE_S)
        self._version, self._until, self.why = version, self._clock() + pause, why

    def clear(self) -> None:
        """Forget it: another version was let in, or none is asked for."""
        self._version, self._times, self.why = "", 0, ""

    def holds_back(self, version: str) -> bool:
        """Whether it is too early to try this version."""
        return version == self._version and self._clock() < self._until


class Watch(Periodic):
    """Lets the slots of a predictor follow the store."""

    def __init__(
        self,
        predictor: Predictor,
        releases: Releases,
        *,
        every_s: float,
        digits: int = 6,
        clock: Clock = time.monotonic,
        try_out: TryOut = probe.try_out,
    ) -> None:
        super().__init__(every_s=every_s)
        self._predictor, self._releases = predictor, releases
        self._try_out, self._digits = try_out, digits
        self._proven = set[str]()  # digests that this process has loaded: a rollback waits for no probe
        self._champions = {name: Refusals(clock) for name in predictor.slots}
        self._challengers = {name: Refusals(clock) for name in predictor.slots}

    def run(self) -> None:
        """Load every detector, then follow the store until `stop`."""
        self._predictor.load()
        self._proven.update(state.scorer.bundle.digest for state in self._predictor.ready())
        super().run()

    def look(self) -> None:
        """Compare every slot with the store once; never raises."""
        for slot in self._predictor.slots.values():
            try:
                trouble = self._follow(slot)
            except Exception as error:  # noqa: BLE001  # whatever fails, the others must still be followed
                trouble = reason_of(error)
            _tell(slot, trouble)

    def _follow(self, slot: Slot) -> str:
        """Let in who is wanted; gives what keeps that from being done, in words."""
        wanted = self._releases.wanted(slot.name)
        champion, challenger = self._champions[slot.name], self._challengers[slot.name]
        if wanted.champion is None:
            return "the store names no champion"
        if wanted.champion == version_of(slot.state):
            champion.clear()
        elif found := self._let_in(slot, wanted.champion, champion):
            slot.publish(found)
        if wanted.challenger != version_of(slot.challenger):
            slot.challenger = None  # its trial has ended, or another one has begun
        if wanted.challenger is None:
            challenger.clear()
        elif slot.challenger is None:
            slot.challenger = self._let_in(slot, wanted.challenger, challenger)
        slot.refused = challenger.why
        return "; ".join(filter(None, (champion.why, challenger.why)))

    def _let_in(self, slot: Slot, version: str, refusals: Refusals) -> Ready | None:
        """A version that has passed everything; None where it has not, or is not to be tried yet."""
        if slot.challenger and version_of(slot.challenger) == version:
            return slot.challenger
        if refusals.holds_back(version):
            return None
        try:
            ready = self._ready(slot.name, version)
        except Exception as error:  # noqa: BLE001  # the one that serves must serve on, whatever is wrong with another
            slot.reload_failures += 1
            refusals.add(version, f"version {version} is refused: {reason_of(error)}")
            facts = {"detector": slot.name, "version": version, "reason": str(error)}
            logger.error("version refused", extra={"facts": facts})
            return None
        refusals.clear()
        return ready

    def _ready(self, name: str, version: str) -> Ready:
        from detectory.runtime import open_scorer

        opened = self._releases.opened(name, version)
        if opened.digest not in self._proven:
            self._try_out(opened, self._releases.keys())
        scorer = open_scorer(opened, version=version, digits=self._digits)
        ready = proven(scorer)
        self._proven.add(opened.digest)
        return ready


def _tell(slot: Slot, trouble: str) -> None:
    """Keep what is wrong where `/readyz` finds it; the log hears of it once."""
    if trouble == slot.trouble:
        return
    slot.trouble = trouble
    if isinstance(slot.state, Failed) and trouble:
        slot.state = Failed(trouble)
    level, words = (logging.WARNING, "degraded") if trouble else (logging.INFO, "no longer degraded")
    facts = {"detector": slot.name, "version": version_of(slot.state), "reason": trouble}
    logger.log(level, words, extra={"facts": facts})
