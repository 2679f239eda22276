"""Who answers for which detector, and whether it may yet. No HTTP in it.

Comes in: for every name a callable that opens its scorer. Goes out: a scorer that has reproduced its
golden rows, or an error that says why there is none. Never: a score from a bundle that has not
reproduced them; a lock: one assignment to ``Slot.state`` publishes whatever was made ready before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detectory.errors import DetectoryError, NotReady, UnknownDetector, UnknownVersion

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Answers, Scorer
    from detectory.schema import Rows

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
    """One detector's place in the server."""

    __slots__ = ("name", "opener", "state")

    def __init__(self, name: str, opener: Opener) -> None:
        self.name, self.opener = name, opener
        self.state: Starting | Ready | Failed = Starting()

    def load(self) -> None:
        """Open the bundle and let it reproduce its golden rows; never raises, ``state`` says it."""
        try:
            scorer = self.opener()
            self.state = Ready(scorer, scorer.check_golden())
        except DetectoryError as error:
            self.state = Failed(": ".join(filter(None, (f"{error.code} {error.what}", error.why))))
            logger.error("detector failed", extra={"facts": {"detector": self.name, "reason": str(error)}})
        except Exception:  # whatever fails, the other detectors must still be opened
            self.state = Failed("an error inside Detectory; the server's log has it")
            logger.exception("detector failed", extra={"facts": {"detector": self.name}})
        else:
            logger.info("detector ready", extra={"facts": {"detector": self.name, "version": scorer.version}})


class Predictor:
    """The detectors that one process answers for.

    >>> Predictor({"dga": lambda: None}).waiting()
    {'dga': 'starting'}
    """

    def __init__(self, openers: Mapping[str, Opener]) -> None:
        self.slots = {name: Slot(name, opener) for name, opener in openers.items()}

    def load(self) -> None:
        """Open every detector, one after another; each answers as soon as it is ready itself."""
        for slot in self.slots.values():
            slot.load()

    def scorer(self, name: str, *, version: str | None = None) -> Scorer:
        """The scorer that answers for a detector.

        Raises `UnknownDetector`, `NotReady`, or `UnknownVersion` when another version is loaded.
        """
        slot = self.slots.get(name)
        if slot is None:
            raise UnknownDetector(name, known=self.slots)
        state = slot.state  # read once: another thread may publish the next one meanwhile
        if not isinstance(state, Ready):
            raise NotReady({name: described(state)})
        if version not in (None, state.scorer.version):
            raise UnknownVersion(name, str(version), known=[state.scorer.version])
        return state.scorer

    def score(self, name: str, rows: Rows, *, version: str | None = None) -> Answers:
        """Score columns of a door's fields. Raises what `scorer` raises."""
        return self.scorer(name, version=version).score(rows)

    def ready(self) -> Iterator[Ready]:
        """The states of the detectors that answer now."""
        states = [slot.state for slot in self.slots.values()]
        return (state for state in states if isinstance(state, Ready))

    def waiting(self) -> dict[str, str]:
        """The detectors that do not answer yet, and why."""
        states = {name: slot.state for name, slot in self.slots.items()}
        return {name: described(state) for name, state in states.items() if not isinstance(state, Ready)}


def described(state: Starting | Ready | Failed) -> str:
    """A state in words.

    >>> described(Failed("E9004 the bundle does not reproduce its golden rows here"))
    'failed: E9004 the bundle does not reproduce its golden rows here'
    """
    return f"{state.word}: {state.reason}" if isinstance(state, Failed) else state.word
