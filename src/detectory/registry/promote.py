"""Promotion, rollback and the audit trail that tells who did it, when and why.

Comes in: a version. Goes out: a champion. Never: a champion without a passing verdict on its own
bytes, unless a person says why and the trail keeps it; a version made from synthetic rows.
"""

from __future__ import annotations

import getpass
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from detectory.artifacts import Store, Swappable
from detectory.bundle import Opened
from detectory.errors import NothingBefore, PromotionRefused
from detectory.failpoints import failpoint
from detectory.registry.verdict import objections
from detectory.registry.versions import champion, changing, open_version
from detectory.signing import TrustedKey

#: the champions after a change, the one that serves last, and what the trail says of it
Change = tuple[list[int], Mapping[str, Any]]
#: the next body of a document, and what the trail says of it
Audited = tuple[Mapping[str, Any], Mapping[str, Any]]


def promote(
    store: Store,
    detector: str,
    wanted: str,
    *,
    trusted: Sequence[TrustedKey],
    now: datetime,
    override: str = "",
    because: Mapping[str, Any] | None = None,
) -> int:
    """Make a version the champion; ``because`` is kept in the trail beside it.

    Raises `PromotionRefused` when its verdict is not a passing one on its own bytes (``override`` gives
    the reason to do it all the same, which is audited) or when synthetic rows are in its lineage (never
    overridden).
    """
    number, opened, against = promotable(store, detector, wanted, trusted=trusted, override=override)
    entry = {"action": "promote", "version": number, "digest": opened.digest, **(because or {})}
    if override:
        entry |= {"override": override, "against": against}

    def appended(history: list[int]) -> Change | None:
        if history[-1:] == [number]:
            return None
        return [*history, number], {**entry, "before": history[-1] if history else None}

    change(store, detector, appended, now=now)
    return number


def promotable(
    store: Store, detector: str, wanted: str, *, trusted: Sequence[TrustedKey], override: str = ""
) -> tuple[int, Opened, list[str]]:
    """A version that may serve, and what is against it all the same. Raises as `promote` does."""
    number, opened = open_version(store, detector, wanted, trusted)
    _refuse_synthetic(detector, number, opened)
    against = objections(opened)
    if against and not override:
        raise PromotionRefused(detector, number, why="; ".join(against))
    return number, opened, against


def rollback(
    store: Store, detector: str, *, trusted: Sequence[TrustedKey], now: datetime, reason: str
) -> int:
    """Make the champion before this one serve again.

    Raises `NothingBefore` when there is none.
    """

    def shortened(history: list[int]) -> Change:
        if len(history) < 2:
            raise NothingBefore(detector)
        number, opened = open_version(store, detector, str(history[-2]), trusted)
        entry = {"action": "rollback", "version": number, "digest": opened.digest, "reason": reason}
        return history[:-1], {**entry, "before": history[-1]}

    return change(store, detector, shortened, now=now)[-1]


def may_serve(store: Store, detector: str, number: int) -> bool:
    """Whether a run may promote a version: not the one that serves, nor one that somebody replaced.

    An entry of the trail alone does not say that it served: its process may have died before the swap.
    """
    served = any(entry.get("before") == number for entry in trail(store, detector))
    return not served and champion(store, detector) != number


def audit(store: Store, detector: str, entry: Mapping[str, Any], *, now: datetime) -> int:
    """Add an entry to the trail, one document each, never written over; gives its number."""
    at, mark = now.isoformat(timespec="seconds"), uuid.uuid4().hex  # two entries are never the same bytes
    stamped = {**entry, "at": at, "by": who(), "id": mark}
    number = len(store.listing(f"{detector}/audit")) + 1
    while not store.create(f"{detector}/audit/{number:06}.json", stamped):
        number += 1
    return number


def who() -> str:
    """The user's name; the number where a container has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def trail(store: Store, detector: str) -> list[dict[str, Any]]:
    """The audit trail, oldest first; every entry's digest is checked."""
    names = store.listing(f"{detector}/audit")
    return [entry for name in names if (entry := store.document(f"{detector}/audit/{name}"))]


def change(
    store: Store, detector: str, decide: Callable[[list[int]], Change | None], *, now: datetime
) -> list[int]:
    """Change who serves, as often as it takes until nobody was in between; gives the history then.

    ``decide`` gets the history to build on, and gives None where nothing is to be done.
    """

    def decided(pointer: Swappable) -> Audited | None:
        found = decide(_history(pointer))
        return found and ({"version": found[0][-1], "history": found[0]}, found[1])

    body = audited(store, detector, "champion.json", decided, now=now)
    history: list[int] = body["history"] if body else []
    return history


def audited(
    store: Store, detector: str, name: str, decide: Callable[[Swappable], Audited | None], *, now: datetime
) -> Mapping[str, Any] | None:
    """Change a document of a detector together with its trail; gives the body that stands then.

    ``decide`` gets the document to build on, and gives the next one and what the trail says of it, nothing
    where nobody needs to be told; None where nothing is to be done. An entry that came to nothing, since
    another machine was first, is named by the next one as ``instead_of``.
    """
    with changing(store, detector):
        return _audited(store, detector, name, decide, now=now)


def _audited(
    store: Store, detector: str, name: str, decide: Callable[[Swappable], Audited | None], *, now: datetime
) -> Mapping[str, Any] | None:
    void: dict[str, Any] = {}
    while True:
        before = store.swappable(f"{detector}/{name}")
        decided = decide(before)
        if decided is None:
            if void:
                audit(store, detector, {"action": "withdraw", **void}, now=now)
            return cast("Mapping[str, Any] | None", before.body)
        body, entry = decided
        # the trail first: a promotion that nobody can explain is worse than an entry that came to nothing
        failpoint("promote.before_audit")
        number = audit(store, detector, {**entry, **void}, now=now) if entry else 0
        failpoint("promote.before_swap")
        if store.swap(before, body):
            failpoint("promote.after_swap")
            return body
        void = {"instead_of": number} if number else void


def _history(pointer: Swappable) -> list[int]:
    """The champions that rollbacks would go through, the one that serves last."""
    history: list[int] = pointer.body["history"] if pointer.body else []
    return history


def _refuse_synthetic(detector: str, number: int, opened: Opened) -> None:
    if opened.manifest.lineage.get("origins", {}).get("synthetic"):
        why = "rows made for tests (synthetic) are in its lineage; such a version never serves"
        raise PromotionRefused(detector, number, why=why, is_final=True)
