"""Who answers for which detector, and whether it may yet. No HTTP in it.

Comes in: for every name a callable that opens its scorer, and later whoever is to answer instead. Goes
out: a scorer that has reproduced its golden rows, or an error that says why there is none. Never: a score
from a bundle that has not reproduced them; a lock: one assignment publishes whatever was made ready before.
"""

from __future__ import annotations

import ctypes
import gc
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detectory.errors import DetectoryError, NotReady, UnknownDetector, UnknownVersion

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Answers, Scorer
    from detectory.schema import Rows
    from detectory.serve.canary.beside import Beside

Opener = Callable[[], "Scorer"]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Starting:
    """The bundle is still being opened."""

    word = "starting"


@dataclass(frozen=True, slots=True)
class Ready:
    """The bundle has reproduced its golden rows."""

    scorer: Scorer
    golden_rows: int
    word = "ready"


@dataclass(frozen=True, slots=True)
class Failed:
    """The bundle could not be opened, or gives other scores here than where it was judged."""

    reason: str
    word = "failed"


class Slot:
    """One detector's place in the server: its champion, and the challenger while one is tried.

    ``trouble`` says in words what keeps the slot from what the store wants; empty: nothing. ``refused``
    says it of the challenger alone.
    """

    __slots__ = ("challenger", "name", "opener", "refused", "reload_failures", "state", "trouble")

    def __init__(self, name: str, opener: Opener) -> None:
        self.name, self.opener = name, opener
        self.state: Starting | Ready | Failed = Starting()
        self.challenger: Ready | None = None
        self.trouble, self.refused, self.reload_failures = "", "", 0

    def load(self) -> None:
        """Open the bundle and let it reproduce its golden rows; never raises, ``state`` says it."""
        try:
            self.publish(proven(self.opener()))
        except Exception as error:  # noqa: BLE001  # whatever fails, the other detectors must still be opened
            self.state = Failed(reason_of(error))
            logger.error("detector failed", extra={"facts": {"detector": self.name, "reason": str(error)}})

    def publish(self, ready: Ready) -> None:
        """Let it answer from now on; requests under way are answered by whom they began with."""
        facts = {"detector": self.name, "version": ready.scorer.version, "before": version_of(self.state)}
        self.state = ready
        logger.info("detector ready", extra={"facts": facts})

    def scorer(self, version: str | None) -> Scorer:
        """The champion, or whoever is loaded under a number. Raises `NotReady` or `UnknownVersion`."""
        state, challenger = self.state, self.challenger  # read once: another thread may publish meanwhile
        if not isinstance(state, Ready):
            raise NotReady({self.name: described(state)})
        if version in (None, state.scorer.version):
            return state.scorer
        if challenger is not None and version == challenger.scorer.version:
            return challenger.scorer
        raise UnknownVersion(self.name, str(version), known=self.versions())

    def loaded(self) -> list[Scorer]:
        """Whoever can answer, the champion first."""
        return [one.scorer for one in (self.state, self.challenger) if isinstance(one, Ready)]

    def versions(self) -> list[str]:
        """The versions of those."""
        return [scorer.version for scorer in self.loaded()]


class Predictor:
    """The detectors that one process answers for, and the ``trials`` that run for some of them.

    >>> Predictor({"dga": lambda: None}).waiting()
    {'dga': 'starting'}
    """

    def __init__(self, openers: Mapping[str, Opener]) -> None:
        self.slots = {name: Slot(name, opener) for name, opener in openers.items()}
        self.trials: dict[str, Beside] = {}
        self.stopping = False  # asked to stop: it answers still, and wants no new callers

    def load(self) -> None:
        """Open every detector, one after another; each answers as soon as it is ready itself.

        What is in memory then stays: the garbage collector need not walk it again (a third of the time
        under load, and pauses of 20 ms).
        """
        for slot in self.slots.values():
            slot.load()
        gc.freeze()

    def scorer(self, name: str, *, version: str | None = None) -> Scorer:
        """The scorer that answers for a detector: the champion, or a loaded version by its number.

        Raises `UnknownDetector`, `NotReady`, or `UnknownVersion` when other versions are loaded.
        """
        slot = self.slots.get(name)
        if slot is None:
            raise UnknownDetector(name, known=self.slots)
        return slot.scorer(version)

    def score(self, name: str, rows: Rows, *, version: str | None = None) -> Answers:
        """Score columns of a door's fields. Raises what `scorer` raises."""
        return self.scorer(name, version=version).score(rows)

    def ready(self) -> Iterator[Ready]:
        """The states of the detectors that answer now."""
        states = [slot.state for slot in self.slots.values()]
        return (state for state in states if isinstance(state, Ready))

    def degraded(self) -> dict[str, str]:
        """The detectors that answer, but not as the store wants it, and why."""
        slots = self.slots.values()
        return {slot.name: slot.trouble for slot in slots if slot.trouble and isinstance(slot.state, Ready)}

    def starting(self) -> dict[str, str]:
        """The detectors that are still being opened for the first time."""
        return {
            name: slot.state.word for name, slot in self.slots.items() if isinstance(slot.state, Starting)
        }

    def waiting(self) -> dict[str, str]:
        """The detectors that do not answer yet, and why; all of them once the server is to stop."""
        if self.stopping:
            return dict.fromkeys(self.slots, "stopping")
        states = {name: slot.state for name, slot in self.slots.items()}
        return {name: described(state) for name, state in states.items() if not isinstance(state, Ready)}


def proven(scorer: Scorer) -> Ready:
    """A scorer that has reproduced its golden rows; what only opening it needed is let go.

    Raises `GoldenMismatch`.
    """
    ready = Ready(scorer, scorer.check_golden())
    scorer.forget_graphs()
    with suppress(AttributeError):  # glibc keeps what was freed, another C library need not
        ctypes.CDLL(None).malloc_trim(0)
    return ready


def described(state: Starting | Ready | Failed) -> str:
    """A state in words.

    >>> described(Failed("E9004 the bundle does not reproduce its golden rows here"))
    'failed: E9004 the bundle does not reproduce its golden rows here'
    """
    return f"{state.word}: {state.reason}" if isinstance(state, Failed) else state.word


def version_of(state: Starting | Ready | Failed | None) -> str | None:
    """The version that a state answers with; None where it does not answer."""
    return state.scorer.version if isinstance(state, Ready) else None


def reason_of(error: Exception) -> str:
    """An error in words for whoever asks over HTTP; what is a bug is told to the log alone.

    >>> reason_of(UnknownVersion("dga", "4", known=[]))
    "E6002 detector 'dga' has no version '4': there are none yet"
    """
    if isinstance(error, DetectoryError):
        return ": ".join(filter(None, (f"{error.code} {error.what}", error.why)))
    logger.error("a bug met while loading", exc_info=error)
    return "an error inside Detectory; the server's log has it"
