"""One trial: how far a challenger is, and what a move makes of it. Pure: no store, no clock, no decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from detectory.settings import Canary

#: the next body of the document, and what the trail says of it
Moved = tuple[Mapping[str, Any], Mapping[str, Any]]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A challenger beside the champion.

    ``share`` percent of the entities get the challenger's answer, since ``since``, when ``rows_before``
    rows had been compared. ``heard`` is when both last answered a row. ``budget`` is the share of all
    rows that may alert more than before. ``said`` is the last reason to hold, ``evidence`` what it was
    held on.
    """

    id: str
    champion: int
    challenger: int
    share: int
    budget: float
    rules: Canary
    digest: str
    began: datetime
    since: datetime
    heard: datetime
    rows_before: int = 0
    counts: dict[str, int] = {}
    said: str = ""
    evidence: Mapping[str, Any] = {}
    override: str = ""

    @property
    def rows(self) -> int:
        """The rows that were compared in this step."""
        return self.counts.get("rows", 0) - self.rows_before


class Move(msgspec.Struct, frozen=True):
    """What is to become of a trial: hold, step, promote or rollback; the share then, and why."""

    action: str
    share: int
    reason: str
    evidence: Mapping[str, Any] = {}


def overtaken(trial: Trial, serves: int | None) -> Move | None:
    """What becomes of a trial when somebody changed the champion meanwhile."""
    if serves == trial.champion:
        return None
    if serves == trial.challenger:
        return Move("promoted", 100, "the challenger is the champion")
    return Move("rollback", 0, f"version {serves} became the champion meanwhile")


def grown(trial: Trial, seen: Mapping[str, int], now: datetime) -> Trial:
    """The trial with what else was seen."""
    counts = Counter(trial.counts)
    counts.update(seen)
    return msgspec.structs.replace(trial, counts=dict(counts), heard=now if seen.get("rows") else trial.heard)


def begun(trial: Trial) -> Moved:
    """The first document of a trial, and its line in the trail."""
    entry = {"action": "canary start", "trial": trial.id, "version": trial.challenger, "digest": trial.digest}
    rules = msgspec.to_builtins(trial.rules)
    return body(trial), {**entry, "beside": trial.champion, "share": trial.share, "rules": rules}


def moved(trial: Trial, move: Move, now: datetime) -> Moved:
    """The document after a move, and its line in the trail; holding has none."""
    if move.action in ("hold", "promote"):
        return body(msgspec.structs.replace(trial, said=move.reason, evidence=move.evidence)), {}
    entry = {"action": f"canary {move.action}", "trial": trial.id, "version": trial.challenger}
    entry |= {"share": move.share, "before": trial.share, "reason": move.reason, "evidence": move.evidence}
    if move.action != "step":
        return {
            "challenger": None,
            "trial": None,
            "ended": {**entry, "at": now.isoformat(timespec="seconds")},
        }, entry
    known = {"share": move.share, "since": now, "rows_before": trial.counts.get("rows", 0), "said": ""}
    return body(msgspec.structs.replace(trial, **known, evidence=move.evidence)), entry


def body(trial: Trial) -> Mapping[str, Any]:
    """The document of a trial that runs; servers load whom it names as ``challenger``."""
    return {"challenger": trial.challenger, "trial": msgspec.to_builtins(trial)}


def decoded(body: Mapping[str, Any] | None) -> Trial | None:
    """The trial of a document; None where none runs."""
    return msgspec.convert(body["trial"], Trial) if body and body.get("trial") else None
