"""Trials: which challenger is tried beside the champion, in the store, with every step on the trail.

Comes in: a version, a rule book, what servers counted. Goes out: a `Trial`, one a detector at most. Never:
a decision (`monitor.policy` makes it); a step that the audit trail does not explain; two deciders: the
document is swapped only as it was read, so whoever comes second starts from what the first one wrote.

What servers counted is added up here, so a server that is killed loses what it saw since it last wrote, and
the next one goes on from the rest.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from detectory.artifacts import Store, Swappable
from detectory.errors import NoTrial, PromotionRefused, TrialRunning
from detectory.registry import promote
from detectory.registry.trial import Move, Moved, Trial, begun, decoded, grown, moved, overtaken
from detectory.registry.versions import champion, resolve
from detectory.settings import Canary
from detectory.signing import TrustedKey
from detectory.spec import Spec, read_spec

NAME = "canary.json"


def running(store: Store, detector: str) -> Trial | None:
    """The trial that runs now, if any."""
    return decoded(store.document(f"{detector}/{NAME}"))


def required(store: Store, detector: str) -> Trial:
    """The trial that runs now. Raises `NoTrial`."""
    found = running(store, detector)
    if found is None:
        raise NoTrial(detector)
    return found


def ended(store: Store, detector: str) -> Mapping[str, Any] | None:
    """How the last trial ended; None while one runs, and before the first."""
    body = store.document(f"{detector}/{NAME}")
    found: Mapping[str, Any] | None = body and body.get("ended")
    return found


def planned(
    store: Store,
    detector: str,
    wanted: str,
    *,
    rules: Canary,
    budget: Callable[[Spec], float],
    trusted: Sequence[TrustedKey],
    now: datetime,
    override: str = "",
) -> Trial:
    """The trial of a version beside the champion, not yet begun.

    ``budget`` says how many more of the rows may alert. Raises `NoChampion`, `TrialRunning`, and what
    `promote` raises: what may not serve is not tried.
    """
    number, opened, _ = promote.promotable(store, detector, wanted, trusted=trusted, override=override)
    beside = resolve(store, detector)
    if number == beside:
        raise PromotionRefused(detector, number, why="it is the champion already", is_final=True)
    _refuse_second(detector, running(store, detector))
    return Trial(
        id=uuid.uuid4().hex[:12],
        champion=beside,
        challenger=number,
        share=rules.steps[0],
        budget=budget(read_spec(opened.files["detector.toml"].decode(), where=opened.where)),
        rules=rules,
        digest=opened.digest,
        began=now,
        since=now,
        heard=now,
        override=override,
    )


def start(store: Store, detector: str, trial: Trial, *, now: datetime) -> None:
    """Begin a trial. Raises `TrialRunning`."""

    def decided(before: Swappable) -> Moved:
        _refuse_second(detector, decoded(before.body))
        return begun(trial)

    promote.audited(store, detector, NAME, decided, now=now)


def advance(
    store: Store,
    detector: str,
    trial: str,
    *,
    seen: Mapping[str, int],
    decide: Callable[[Trial], Move],
    now: datetime,
) -> tuple[Trial | None, Move | None]:
    """Add what was ``seen`` to a trial, and do what ``decide`` makes of it; None once it is over.

    The move is given back, since a promotion is only begun here: `conclude` does it. A process that dies
    in between leaves the step before or the step after, and the next one goes on from there; a promotion
    that had happened by then ends the trial, and nothing is done twice.
    """
    moves: list[Move] = []  # of each time that another process was first

    def decided(before: Swappable) -> Moved | None:
        found = decoded(before.body)
        if found is None or found.id != trial:
            return None
        after = grown(found, seen, now)
        moves.append(overtaken(after, champion(store, detector)) or decide(after))
        return moved(after, moves[-1], now)

    found = decoded(promote.audited(store, detector, NAME, decided, now=now))
    return (found if found and found.id == trial else None), (moves[-1] if moves else None)


def conclude(
    store: Store,
    detector: str,
    move: Move,
    *,
    trusted: Sequence[TrustedKey],
    now: datetime,
    override: str = "",
) -> None:
    """Promote the challenger, and end its trial. Raises `NoTrial`, and what `promote` raises."""
    found = required(store, detector)
    because = {"trial": found.id, "reason": move.reason, "evidence": move.evidence}
    promote.promote(
        store,
        detector,
        str(found.challenger),
        trusted=trusted,
        now=now,
        override=override or found.override,
        because=because,
    )
    end(store, detector, found, Move("promoted", 100, move.reason, move.evidence), now=now)


def end(store: Store, detector: str, trial: Trial, move: Move, *, now: datetime) -> None:
    """End a trial, if it is the one that runs."""

    def decided(before: Swappable) -> Moved | None:
        found = decoded(before.body)
        return moved(found, move, now) if found and found.id == trial.id else None

    promote.audited(store, detector, NAME, decided, now=now)


def abort(store: Store, detector: str, *, reason: str, now: datetime) -> Trial:
    """End the trial that runs, for a person's reason. Raises `NoTrial`."""
    found = required(store, detector)
    end(store, detector, found, Move("abort", 0, reason), now=now)
    return found


def _refuse_second(detector: str, trial: Trial | None) -> None:
    if trial is not None:
        raise TrialRunning(detector, challenger=trial.challenger)
