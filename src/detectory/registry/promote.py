"""Promotion, rollback and the audit trail that tells who did it, when and why.

Comes in: a version. Goes out: a champion. Never: a champion without a passing verdict on its own
bytes, unless a person says why and the trail keeps it; a version made from synthetic rows.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from detectory.artifacts import Store
from detectory.bundle import Opened
from detectory.errors import NothingBefore, PromotionRefused
from detectory.registry.versions import champion, open_version
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

    Raises `PromotionRefused` when a gate of its verdict failed (``override`` gives the reason to do
    it all the same, which is audited) or when synthetic rows are in its lineage (never overridden).
    """
    number, opened = open_version(store, detector, wanted, trusted)
    _refuse_synthetic(detector, number, opened)
    failed = failed_gates(opened)
    if failed and not override:
        raise PromotionRefused(detector, number, why="; ".join(failed))
    before = champion(store, detector)
    if before == number:
        return number
    entry = {"action": "promote", "version": number, "before": before, "digest": opened.digest}
    if override:
        entry |= {"override": override, "failed_gates": failed}
    _swap(store, detector, number, before=before, entry=entry, now=now)
    return number


def rollback(
    store: Store, detector: str, *, trusted: Sequence[TrustedKey], now: datetime, reason: str
) -> int:
    """Make the champion before this one serve again.

    Raises `NothingBefore` when there is none.
    """
    pointer = store.document(f"{detector}/champion.json") or {}
    if not pointer.get("before"):
        raise NothingBefore(detector)
    number, opened = open_version(store, detector, str(pointer["before"]), trusted)
    entry = {"action": "rollback", "version": number, "before": pointer["version"], "digest": opened.digest}
    earlier = _champion_before(store, detector, number)
    _swap(store, detector, number, before=earlier, entry={**entry, "reason": reason}, now=now)
    return number


def failed_gates(opened: Opened) -> list[str]:
    """The gates of a bundle's verdict that did not pass, in words."""
    gates: list[Mapping[str, Any]] = opened.json("verdict.json")["gates"]
    return [str(gate["sentence"]) for gate in gates if not gate["passed"]]


def was_promoted(store: Store, detector: str, number: int) -> bool:
    """Whether a version ever was the champion."""
    promoted = [entry["version"] for entry in trail(store, detector) if entry["action"] == "promote"]
    return number in promoted


def audit(store: Store, detector: str, entry: Mapping[str, Any], *, now: datetime) -> None:
    """Add an entry to the trail: one document each, never written over."""
    stamped = {**entry, "at": now.isoformat(timespec="seconds"), "by": getpass.getuser()}
    number = len(store.listing(f"{detector}/audit")) + 1
    while not store.create(f"{detector}/audit/{number:06}.json", stamped):
        number += 1


def trail(store: Store, detector: str) -> list[dict[str, Any]]:
    """The audit trail, oldest first; every entry's digest is checked."""
    names = store.listing(f"{detector}/audit")
    return [entry for name in names if (entry := store.document(f"{detector}/audit/{name}"))]


def _swap(
    store: Store, detector: str, number: int, *, before: int | None, entry: Mapping[str, Any], now: datetime
) -> None:
    # the trail first: a promotion that nobody can explain is worse than an entry that came to nothing
    audit(store, detector, entry, now=now)
    store.put(f"{detector}/champion.json", {"version": number, "before": before})


def _champion_before(store: Store, detector: str, number: int) -> int | None:
    for entry in reversed(trail(store, detector)):
        if entry["action"] == "promote" and entry["version"] == number:
            before: int | None = entry["before"]
            return before
    return None


def _refuse_synthetic(detector: str, number: int, opened: Opened) -> None:
    if opened.manifest.lineage.get("origins", {}).get("synthetic"):
        why = "rows made for tests (synthetic) are in its lineage; such a version never serves"
        raise PromotionRefused(detector, number, why=why)
