"""``POST /v1/feedback``: what a prediction should have been. Answered once it is committed, in a thread."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from detectory import errors
from detectory.errors import RequestInvalid, UnknownPrediction
from detectory.ledger.keeper import Keeper
from detectory.serve.admission import LEDGER, Bulkhead
from detectory.serve.decoding import decoded
from detectory.serve.docs import problems
from detectory.serve.predictor import Predictor
from detectory.serve.routes.score import caller_of, declared_length, read_body

if TYPE_CHECKING:  # SQLAlchemy is loaded with the first label
    from detectory.ledger.feedback import Asked, Feedback

PATH = "/v1/feedback"
LIMIT_BYTES = 16 << 10
EVENT = re.compile(r"[\x21-\x7e]{1,128}")
REFUSALS = (
    errors.RequestMalformed,
    errors.UnknownPrediction,
    errors.LabelConflict,
    errors.BodyTooLarge,
    errors.UnsupportedContent,
    errors.RequestInvalid,
    errors.UnknownLabel,
    errors.NotReady,
    errors.LedgerAway,
    errors.Overloaded,
    errors.TooLate,
)


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body: for which prediction, which label, and why."""

    prediction_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    label: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | float
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


DECODER = msgspec.json.Decoder(Given)


class Kept(BaseModel):
    """A label that is committed."""

    feedback: int = Field(description="its number in the ledger")
    prediction_id: str
    detector: str
    label: str


def routes(
    predictor: Predictor, keeper: Keeper, *, heard: Callable[[str], None], bulkhead: Bulkhead
) -> APIRouter:
    """The route, over the ledger that the keeper writes to; ``heard`` is told of whom each new label is."""
    router, desk = APIRouter(tags=["feedback"]), Desk(predictor, keeper)
    described = {"requestBody": _body(), "parameters": [_event_header()]}
    told: dict[int | str, dict[str, Any]] = {200: {"model": Kept, "description": "it was stored before"}}

    @router.post(
        PATH,
        summary="Say what a prediction should have been",
        status_code=201,
        response_model=Kept,
        responses={**told, **problems(*REFUSALS)},
        openapi_extra=described,
    )
    async def give(request: Request) -> Response:
        body = await read_body(request.receive, length=declared_length(request.scope), limit=LIMIT_BYTES)
        given, event, caller = decoded(DECODER, body or b""), event_of(request), caller_of(request.scope)
        async with bulkhead.at_work(within_s=caller.ticket.deadline_s):
            kept, is_new = await desk.give(given, event=event, who=caller.key)
        if is_new:
            heard(kept.detector)
        return Response(kept.model_dump_json(), 201 if is_new else 200, media_type="application/json")

    return router


class Desk:
    """Takes labels, one thread's work each."""

    def __init__(self, predictor: Predictor, keeper: Keeper) -> None:
        self._predictor, self._keeper = predictor, keeper
        self._pool = ThreadPoolExecutor(LEDGER, thread_name_prefix="feedback")

    async def give(self, given: Given, *, event: str, who: str) -> tuple[Kept, bool]:
        """Store a label; gives what is kept and whether it was new.

        Raises `UnknownPrediction`, `UnknownLabel`, `LabelConflict` or `LedgerAway`.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._given, given, event, who)

    def _given(self, given: Given, event: str, who: str) -> tuple[Kept, bool]:
        from detectory.ledger.feedback import Feedback, Label
        from detectory.ledger.labels import checked

        feedback = Feedback(self._keeper.database)
        asked = self._asked(feedback, given.prediction_id)
        scorer = self._predictor.scorer(asked.detector)
        family = scorer.bundle.manifest.heads.get("family")
        label = checked(given.label, scorer.spec, family.classes if family else ())
        stored = feedback.record(Label(given.prediction_id, label, given.note, who, event))
        kept = Kept(
            feedback=stored.seq, prediction_id=given.prediction_id, detector=asked.detector, label=label
        )
        return kept, stored.is_new

    def _asked(self, feedback: Feedback, prediction_id: str) -> Asked:
        """Whose prediction it is; one that is still queued is written first."""
        try:
            return feedback.asked(prediction_id)
        except UnknownPrediction:
            self._keeper.flush()
            return feedback.asked(prediction_id)


def event_of(request: Request) -> str:
    """The caller's name for this event; empty where he gives none. Raises `RequestInvalid`."""
    name = request.headers.get("idempotency-key", "")
    if name and not EVENT.fullmatch(name):
        raise RequestInvalid(pointer="", why="Idempotency-Key is not 1 to 128 visible ASCII characters")
    return name


def _body() -> dict[str, Any]:
    """The body in OpenAPI's words, as msgspec checks it."""
    schema = msgspec.json.schema(Given)["$defs"]["Given"]
    example = {"prediction_id": "4eb59d4cf034748f-1", "label": "benign", "note": "our own mail gateway"}
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def _event_header() -> dict[str, Any]:
    """The header in OpenAPI's words."""
    text = "names this event among yours: sent again, it is stored once; by default the prediction's id"
    schema = {"type": "string", "pattern": f"^{EVENT.pattern}$"}
    return {"name": "Idempotency-Key", "in": "header", "description": text, "schema": schema}
