"""``/livez``: the process answers. ``/readyz``: every detector has reproduced its golden rows."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from detectory.errors import NotReady
from detectory.serve.docs import problems
from detectory.serve.predictor import Predictor


class Alive(BaseModel):
    """The process answers."""

    status: str = "alive"


class IsReady(BaseModel):
    """Every detector answers."""

    status: str = "ready"
    detectors: list[str]


def routes(predictor: Predictor) -> APIRouter:
    """The two probes."""
    router = APIRouter(tags=["health"])

    @router.get("/livez", summary="Is the process alive?")
    async def livez() -> Alive:
        return Alive()

    @router.get(
        "/readyz", summary="Has every detector reproduced its golden rows?", responses=problems(NotReady)
    )
    async def readyz() -> IsReady:
        waiting = predictor.waiting()
        if waiting or not predictor.slots:
            raise NotReady(waiting)
        return IsReady(detectors=list(predictor.slots))

    return router
