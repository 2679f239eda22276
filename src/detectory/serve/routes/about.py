"""``/v1/detectors`` and ``/v1/version``: what this server answers, and in which version."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, Field

from detectory.serve.predictor import Failed, Predictor, Ready, Slot, Starting
from detectory.spec import Binary, Budget, Regression

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Scorer


class FieldInfo(BaseModel):
    """One field that a row must hold."""

    type: Literal["string", "float", "integer"]
    description: str
    example: str | float | int


class DoorInfo(BaseModel):
    """A set of fields that goes together."""

    description: str
    fields: dict[str, FieldInfo]


class ThresholdInfo(BaseModel):
    """Where alerts begin, and how many false ones to expect."""

    log_odds: float = Field(description="a row alerts when its log-odds are strictly greater")
    score: float = Field(description="the same as a probability, for people")
    false_positive_rate: float = Field(description="false alerts a day ÷ benign events a day")
    false_alerts_a_day: float
    benign_events_a_day: float


class TargetInfo(BaseModel):
    """The number that is predicted, and how often its interval holds the truth."""

    unit: str
    coverage: float = Field(description="the share of truths that the intervals promise to hold")


class ReadyDetector(BaseModel):
    """A detector that answers."""

    state: Literal["ready"] = "ready"
    name: str
    title: str
    question: str
    version: str
    digest: str = Field(description="SHA-256 of the signed manifest of what answers")
    doors: dict[str, DoorInfo]
    threshold: ThresholdInfo | None = Field(None, description="of a detector that alerts")
    target: TargetInfo | None = Field(None, description="of a detector that predicts a number")


class WaitingDetector(BaseModel):
    """A detector that does not answer yet."""

    state: Literal["starting", "failed"]
    name: str
    reason: str = ""


class Detectors(BaseModel):
    """Every detector of this server."""

    detectors: list[ReadyDetector | WaitingDetector]


class Version(BaseModel):
    """The version of Detectory that answers."""

    version: str


def routes(predictor: Predictor, *, version: str) -> APIRouter:
    """The two routes."""
    router = APIRouter(tags=["about"])

    @router.get("/v1/detectors", summary="Which detectors answer here?")
    async def detectors() -> Detectors:
        return Detectors(detectors=[info_of(slot) for slot in predictor.slots.values()])

    @router.get("/v1/version", summary="Which version of Detectory is this?")
    async def about() -> Version:
        return Version(version=version)

    return router


def info_of(slot: Slot) -> ReadyDetector | WaitingDetector:
    """What is known of the detector in a slot."""
    match slot.state:
        case Ready() as state:
            return _ready(state)
        case Failed(reason):
            return WaitingDetector(state="failed", name=slot.name, reason=reason)
        case Starting():
            return WaitingDetector(state="starting", name=slot.name)


def _ready(state: Ready) -> ReadyDetector:
    spec, scorer = state.scorer.spec, state.scorer
    return ReadyDetector(
        name=spec.name,
        title=spec.title,
        question=spec.question,
        version=scorer.version,
        digest=scorer.bundle.digest,
        doors={name: DoorInfo(**msgspec.to_builtins(door)) for name, door in spec.doors.items()},
        **_decides(scorer),
    )


def _decides(scorer: Scorer) -> dict[str, Any]:
    """What stands behind an answer: a threshold, or the promise of an interval."""
    match scorer.spec:
        case Binary() as spec:
            return {"threshold": _threshold(scorer.bundle.json("threshold.json")["log_odds"], spec.budget)}
        case Regression() as spec:
            return {"target": TargetInfo(unit=spec.target.unit, coverage=spec.intervals.coverage)}


def _threshold(log_odds: float, budget: Budget) -> ThresholdInfo:
    return ThresholdInfo(
        log_odds=log_odds,
        score=0.5 + 0.5 * math.tanh(log_odds / 2),  # the logistic function, without overflow
        false_positive_rate=budget.false_alerts_a_day / budget.benign_events_a_day,
        false_alerts_a_day=budget.false_alerts_a_day,
        benign_events_a_day=budget.benign_events_a_day,
    )
