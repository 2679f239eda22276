"""Probes. ``/livez``: the process answers; ``/healthz`` is another name of it. ``/startupz``: every detector
was opened, or could not be. ``/readyz``: every detector has reproduced its golden rows.

None of them asks the store or any other dependency: a restart would not bring that back. What the server met
of them by itself, ``/readyz`` tells.
"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from detectory.errors import NotReady
from detectory.ledger.keeper import Keeper
from detectory.serve.docs import problems
from detectory.serve.predictor import Predictor


class Alive(BaseModel):
    """The process answers."""

    status: str = "alive"


class IsReady(BaseModel):
    """Every detector answers; ``degraded`` names those that do so otherwise than the store wants, and why.

    While the ``ledger`` is away scores are given, but labels refused and predictions held in memory.
    """

    status: Literal["ready", "degraded"] = "ready"
    detectors: list[str]
    degraded: dict[str, str] | None = None
    ledger: Literal["away"] | None = None


class HasStarted(BaseModel):
    """Every detector was opened, or could not be."""

    status: str = "started"


def routes(predictor: Predictor, keeper: Keeper | None = None) -> APIRouter:
    """The probes."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Is the process alive? (Another name of /livez.)")
    @router.get("/livez", summary="Is the process alive?")
    async def livez() -> Alive:
        return Alive()

    @router.get("/startupz", summary="Was every detector opened?", responses=problems(NotReady))
    async def startupz() -> HasStarted:
        if starting := predictor.starting():
            raise NotReady(starting)
        return HasStarted()

    @router.get(
        "/readyz",
        summary="Has every detector reproduced its golden rows?",
        responses=problems(NotReady),
        response_model_exclude_none=True,
    )
    async def readyz() -> IsReady:
        check_ready(predictor)
        told = IsReady(detectors=list(predictor.slots), degraded=predictor.degraded() or None)
        if keeper and keeper.away:
            told.ledger = "away"
        if told.degraded or told.ledger:
            told.status = "degraded"
        return told

    return router


def check_ready(predictor: Predictor) -> None:
    """Raises `NotReady` unless every detector answers, and there is one."""
    waiting = predictor.waiting()
    if waiting or not predictor.slots:
        raise NotReady(waiting)
