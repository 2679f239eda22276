"""What the policy decides of a trial, every few seconds, and what that means for this server.

Comes in: the store's trial, what was counted here, labels. Goes out: the trial one move further, in the
store and on its trail; a `Beside` while both versions are loaded. Never: a decision of this process alone:
of several servers each adds what it counted, and the first to write is the one that has decided. One that
is killed leaves the trial in the store, and whoever looks next goes on with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from detectory.errors import GateFailed, IntegrityError
from detectory.monitor.evidence import Counts, Evidence, Truth
from detectory.monitor.policy import Step, decide
from detectory.registry import trials
from detectory.registry.trial import Move, Trial
from detectory.serve.canary.beside import Beside, Shadows
from detectory.serve.periodic import Periodic
from detectory.serve.predictor import Predictor, Ready, Slot, version_of
from detectory.serve.releases import Releases

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Scorer

EVERY_S = 5.0
Truths = Callable[[Trial, "Scorer"], Truth]
logger = logging.getLogger(__name__)


class Control(Periodic):
    """Follows the trials of a store for the detectors of one server."""

    def __init__(
        self,
        predictor: Predictor,
        releases: Releases,
        *,
        truths: Truths = lambda trial, scorer: Truth(),
        shadows: Shadows = lambda records, others: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        every_s: float = EVERY_S,
    ) -> None:
        super().__init__(every_s=every_s)
        self._predictor, self._store, self._keys = predictor, releases.store, releases.keys
        self._truths, self._shadows, self._now = truths, shadows, now

    def look(self) -> None:
        """Bring every trial one move further; never raises."""
        for slot in self._predictor.slots.values():
            try:
                self._follow(slot)
            except Exception as error:  # noqa: BLE001  # whatever fails, the other trials must go on
                facts = {"detector": slot.name, "reason": str(error)}
                logger.warning("trial not followed", extra={"facts": facts})

    def _follow(self, slot: Slot) -> None:
        trial = trials.running(self._store, slot.name)
        beside = self._beside(slot, trial)
        if trial is None:
            return
        after, move = self._advanced(slot, trial, beside)
        if move and move.action != "hold":
            facts = {"detector": slot.name, "version": trial.challenger, "reason": move.reason}
            logger.info(f"canary {move.action}", extra={"facts": facts})
        if move and move.action == "promote":
            self._promote(slot, trial, move)
        elif move and move.action == "rollback":
            self._close(slot)
        elif after and beside:
            beside.trial = after

    def _advanced(self, slot: Slot, trial: Trial, beside: Beside | None) -> tuple[Trial | None, Move | None]:
        now, seen = self._now(), beside.take() if beside else Counts()
        trouble = beside.trouble if beside else _refused(slot, trial)
        truth = self._truths(trial, slot.state.scorer) if isinstance(slot.state, Ready) else Truth()
        decided = partial(decided_of, truth=truth, trouble=trouble, now=now)
        try:
            return trials.advance(
                self._store, slot.name, trial.id, seen=asdict(seen), decide=decided, now=now
            )
        except Exception:
            if beside:
                beside.give_back(seen)
            raise

    def _promote(self, slot: Slot, trial: Trial, move: Move) -> None:
        """Promote, or take it out where it may not be. It goes on answering until it is the champion here."""
        now = self._now()
        try:
            trials.conclude(self._store, slot.name, move, trusted=self._keys(), now=now)
        except (GateFailed, IntegrityError) as error:
            reason = f"it may not be promoted: {error.what}: {error.why}"
            trials.end(self._store, slot.name, trial, Move("rollback", 0, reason, move.evidence), now=now)
            self._close(slot)

    # ── both versions in this server ─────────────────────────────────────────────────────────────

    def _beside(self, slot: Slot, trial: Trial | None) -> Beside | None:
        """Both versions of the trial, where both are loaded."""
        known = self._predictor.trials.get(slot.name)
        if known and trial and known.trial.id == trial.id and _holds(slot, known):
            return known
        self._close(slot)
        champion, challenger = slot.state, slot.challenger
        if trial is None or challenger is None or not isinstance(champion, Ready):
            return None
        if (version_of(champion), version_of(challenger)) != (str(trial.champion), str(trial.challenger)):
            return None
        beside = Beside(trial, champion.scorer, challenger.scorer, shadows=self._shadows)
        self._predictor.trials[slot.name] = beside
        return beside

    def _close(self, slot: Slot) -> None:
        beside = self._predictor.trials.pop(slot.name, None)
        if beside:
            beside.worker.stop()


def decided_of(trial: Trial, *, truth: Truth, trouble: str, now: datetime) -> Move:
    """What the policy makes of a trial as it stands."""
    step = Step(trial.share, trial.rows, (now - trial.since).total_seconds())
    counts, silent_s = Counts(**trial.counts), (now - trial.heard).total_seconds()
    labelled = truth.champion + truth.challenger + truth.neither
    waiting = max(0, counts.added + counts.lost + counts.moved - labelled)
    evidence = Evidence(counts, replace(truth, waiting=waiting), silent_s, trouble)
    found = decide(step, evidence, rules=trial.rules, budget=trial.budget)
    return Move(found.action, found.share, found.reason, evidence.to_dict())


def _holds(slot: Slot, beside: Beside) -> bool:
    """Whether the slot still answers with the scorers of a trial."""
    scorers = [state.scorer for state in (slot.state, slot.challenger) if isinstance(state, Ready)]
    return scorers == [beside.champion, beside.challenger]


def _refused(slot: Slot, trial: Trial) -> str:
    """Why the challenger was not let in; of an earlier one it would be no news."""
    return slot.refused if slot.refused.startswith(f"version {trial.challenger} ") else ""
