"""``GET /v1/review``: the predictions whose truth is wanted next."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from detectory import errors
from detectory.errors import RequestInvalid
from detectory.ledger.database import Database
from detectory.serve.admission import Bulkhead
from detectory.serve.docs import problems
from detectory.serve.routes.score import caller_of

PATH = "/v1/review"
MOST = 100


class Question(BaseModel):
    """A prediction that nobody has labelled, and why it is asked about."""

    prediction_id: str
    at: float = Field(description="Unix seconds")
    detector: str
    version: str
    row: dict[str, Any] = Field(description="as it was sent")
    level: float | None = Field(description="score or value, as it was told")
    alert: bool | None
    said: str | None = Field(description="the label that was told")
    why: str = Field(description="disagreed, alerts or quiet")


class Questions(BaseModel):
    """What to look at, the most telling first."""

    questions: list[Question]


def routes(database: Database, bulkhead: Bulkhead) -> APIRouter:
    """The route, over a ledger."""
    router = APIRouter(tags=["feedback"])

    @router.get(
        PATH,
        summary="Which predictions should somebody look at?",
        response_model=Questions,
        responses=problems(errors.RequestInvalid, errors.LedgerAway, errors.Overloaded, errors.TooLate),
        openapi_extra={"parameters": _parameters()},
    )
    async def review(request: Request) -> Response:
        asked = request.query_params
        find = partial(_found, database, asked.get("detector"), asked.get("of"), limit_of(asked.get("limit")))
        async with bulkhead.at_work(within_s=caller_of(request.scope).ticket.deadline_s):
            body = await asyncio.get_running_loop().run_in_executor(None, find)
        return Response(body, media_type="application/json")

    return router


def limit_of(text: str | None) -> int:
    """How many are asked for, 20 by default; raises `RequestInvalid`.

    >>> limit_of(None), limit_of("5")
    (20, 5)
    """
    if text is None:
        return 20
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= MOST):
        raise RequestInvalid(pointer="", why=f"limit is a number from 1 to {MOST}")
    return int(text)


def _found(database: Database, detector: str | None, kind: str | None, limit: int) -> bytes:
    from detectory.ledger.review import KINDS, queue

    kinds = tuple(one for one in KINDS if one == kind) if kind else KINDS[:2]
    if not kinds:
        raise RequestInvalid(pointer="", why=f"of is one of {', '.join(KINDS)}")
    found = queue(database, detector, kinds=kinds, limit=limit)
    return msgspec.json.encode({"questions": [asdict(one) for one in found]})


def _parameters() -> list[dict[str, Any]]:
    """The query in OpenAPI's words."""
    text = {"type": "string"}
    described = {
        "detector": ("of this detector only", text),
        "of": ("one kind; otherwise the first two", {**text, "enum": ["disagreed", "alerts", "quiet"]}),
        "limit": ("at most so many", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 20}),
    }
    return [
        {"name": name, "in": "query", "description": words, "schema": schema}
        for name, (words, schema) in described.items()
    ]
