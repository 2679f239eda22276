"""Promotion, rollback and the audit trail that tells who did it, when and why.

Comes in: a version. Goes out: a champion. Never: a champion without a passing verdict on its own
bytes, unless a person says why and the trail keeps it; a version made from synthetic rows.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from detectory.artifacts import Store
from detectory.bundle import Opened
from detectory.errors import NothingBefore, PromotionRefused
from detectory.failpoints import failpoint
from detectory.registry.verdict import objections
from detectory.registry.versions import champion, changing, open_version
from detectory.signing import TrustedKey


def promote(
    store: Store,
    detector: str,
    wanted: str,
    *,
    trusted: Sequence[TrustedKey],
    now: datetime,
    override: str = "",
) -> int:
    """Make a version the champion.

    Raises `PromotionRefused` when its verdict is not a passing one on its own bytes (``override`` gives
    the reason to do it all the same, which is audited) or when synthetic rows are in its lineage (never
    overridden).
    """
    number, opened = open_version(store, detector, wanted, trusted)
    _refuse_synthetic(detector, number, opened)
    against = objections(opened)
    if against and not override:
        raise PromotionRefused(detector, number, why="; ".join(against))
    entry = {"action": "promote", "version": number, "digest": opened.digest}
    if override:
        entry |= {"override": override, "against": against}
    with changing(store, detector):
        history = _history(store, detector)
        if number not in history[-1:]:
            before = history[-1] if history else None
            _swap(store, detector, [*history, number], entry={**entry, "before": before}, now=now)
    return number


def rollback(
    store: Store, detector: str, *, trusted: Sequence[TrustedKey], now: datetime, reason: str
) -> int:
    """Make the champion before this one serve again.

    Raises `NothingBefore` when there is none.
    """
    with changing(store, detector):
        history = _history(store, detector)
        if len(history) < 2:
            raise NothingBefore(detector)
        number, opened = open_version(store, detector, str(history[-2]), trusted)
        entry = {"action": "rollback", "version": number, "digest": opened.digest, "reason": reason}
        _swap(store, detector, history[:-1], entry={**entry, "before": history[-1]}, now=now)
    return number


def may_serve(store: Store, detector: str, number: int) -> bool:
    """Whether a run may promote a version: not the one that serves, nor one that somebody replaced.

    An entry of the trail alone does not say that it served: its process may have died before the swap.
    """
    served = any(entry.get("before") == number for entry in trail(store, detector))
    return not served and champion(store, detector) != number


def audit(store: Store, detector: str, entry: Mapping[str, Any], *, now: datetime) -> None:
    """Add an entry to the trail: one document each, never written over."""
    stamped = {**entry, "at": now.isoformat(timespec="seconds"), "by": _who()}
    number = len(store.listing(f"{detector}/audit")) + 1
    while not store.create(f"{detector}/audit/{number:06}.json", stamped):
        number += 1


def _who() -> str:
    """The user's name; the number where a container has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def trail(store: Store, detector: str) -> list[dict[str, Any]]:
    """The audit trail, oldest first; every entry's digest is checked."""
    names = store.listing(f"{detector}/audit")
    return [entry for name in names if (entry := store.document(f"{detector}/audit/{name}"))]


def _history(store: Store, detector: str) -> list[int]:
    """The champions that rollbacks would go through, the one that serves last."""
    pointer = store.document(f"{detector}/champion.json")
    history: list[int] = pointer["history"] if pointer else []
    return history


def _swap(
    store: Store, detector: str, history: list[int], *, entry: Mapping[str, Any], now: datetime
) -> None:
    # the trail first: a promotion that nobody can explain is worse than an entry that came to nothing
    failpoint("promote.before_audit")
    audit(store, detector, entry, now=now)
    failpoint("promote.before_swap")
    store.put(f"{detector}/champion.json", {"version": history[-1], "history": history})
    failpoint("promote.after_swap")


def _refuse_synthetic(detector: str, number: int, opened: Opened) -> None:
    if opened.manifest.lineage.get("origins", {}).get("synthetic"):
        why = "rows made for tests (synthetic) are in its lineage; such a version never serves"
        raise PromotionRefused(detector, number, why=why, is_final=True)
