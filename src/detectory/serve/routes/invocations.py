"""``/invocations`` with its probes: SageMaker's contract and MLflow's, which share the address.

JSON is MLflow's: an object with one of its four keys in, ``{"predictions": […]}`` out. CSV and JSON lines are
SageMaker's, a line in and a line out. ``Accept`` decides the form of the answer in either case.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from detectory.errors import DetectorNotNamed, NotReady
from detectory.serve import frames
from detectory.serve.contract import Ask, Caller, Scored
from detectory.serve.decoding import UNREADABLE
from detectory.serve.docs import problems
from detectory.serve.endpoint import JSON, Endpoint, Head, Headers, asked
from detectory.serve.instances import Instances
from detectory.serve.observed import SANE_ID
from detectory.serve.platform import Batch
from detectory.serve.predictor import Predictor
from detectory.serve.routes.health import check_ready
from detectory.serve.rows import RowsDecoder
from detectory.serve.scoring import Scoring
from detectory.serve.sent import Sent
from detectory.settings import Serving

PATH = "/invocations"
PROBES = ("/ping", "/health")
CSV, JSON_LINES = "text/csv", ("application/jsonlines", "application/x-jsonlines", "application/jsonl")
KINDS = (JSON, CSV, *JSON_LINES)
ATTRIBUTES = b"x-amzn-sagemaker-custom-attributes"
INFERENCE_ID = b"x-amzn-sagemaker-inference-id"
TARGET_MODEL = b"x-amzn-sagemaker-target-model"
VISIBLE = re.compile(rb"[\x20-\x7e]{0,1024}")  # what InvokeEndpoint lets through
ENCODER = msgspec.json.Encoder()
NAMED = re.compile(r"(?:^|[,;\s])(detector|version)=([\w.-]+)")


class Invocation:
    """One request to `PATH`."""

    def __init__(self, head: Head, predictor: Predictor) -> None:
        head.check_kind(KINDS)
        self._head, self._predictor, self._instances = head, predictor, Instances()
        self._accept = accepted(head.text(b"accept"), sent=head.kind)

    def ask(self, body: bytes) -> Ask:
        """The detector that headers or ``params`` name, or the only one. Raises `DetectorNotNamed`."""
        attributes = dict(NAMED.findall(self._head.text(ATTRIBUTES)))
        name = attributes.get("detector") or self._head.text(TARGET_MODEL)
        if not name and len(self._predictor.slots) > 1 and self._head.kind == JSON:
            name = detector_in(body)
        ask = asked(self._head, name or only(self._predictor), attributes.get("version"))
        return replace(ask, caller=self._caller(ask.caller))

    def rows(self, body: bytes, decoder: RowsDecoder) -> Sent:
        """The rows, whichever way they were sent."""
        if self._head.kind == JSON:
            rows = frames.framed(frames.object_of(body), decoder.spec)
        elif self._head.kind == CSV:
            rows = frames.csv_rows(body, decoder.spec)
        else:
            rows = frames.json_lines(body, decoder.spec)
        return self._instances.columns(rows, decoder, strict=self._head.kind != CSV)

    def answer(self, scored: Scored) -> bytes:
        """An answer for every row, in the form that is accepted."""
        records = self._instances.answers(scored)
        if self._accept == CSV:
            return frames.csv_lines(records, [*scored.scorer.ANSWER, "prediction_id", "error"])
        if self._accept in JSON_LINES:
            return ENCODER.encode_lines(records)
        return ENCODER.encode({"predictions": records})

    def headers(self) -> Headers:
        """The form of the answer, and what the caller wants to see again."""
        echoed = [
            (name, value)
            for name in (ATTRIBUTES, INFERENCE_ID)
            if (value := self._head.headers.get(name)) and VISIBLE.fullmatch(value)
        ]
        return [(b"content-type", self._accept.encode()), *echoed]

    def _caller(self, caller: Caller) -> Caller:
        """SageMaker's own id of the inference is the one by which its captures and labels are joined."""
        known = self._head.headers.get(INFERENCE_ID, b"")
        return replace(caller, request_id=known.decode()) if SANE_ID.fullmatch(known) else caller


def accepted(accept: str, *, sent: str) -> str:
    """The form of the answer: the first known one of ``Accept``, otherwise JSON, or lines for lines.

    >>> accepted("text/csv;q=0.9, */*", sent="application/json")
    'text/csv'
    """
    for entry in accept.split(","):
        if (kind := entry.partition(";")[0].strip().lower()) in KINDS:
            return kind
    return sent if sent in JSON_LINES else JSON


def only(predictor: Predictor) -> str:
    """The only detector. Raises `DetectorNotNamed` where several are served, `NotReady` where none is."""
    if not predictor.slots:
        raise NotReady({})
    if len(predictor.slots) > 1:
        raise DetectorNotNamed(predictor.slots)
    return next(iter(predictor.slots))


class _Options(msgspec.Struct):
    """What stands beside the rows, which are passed over: MLflow's name for it, and Vertex AI's."""

    params: dict[str, Any] = {}
    parameters: dict[str, Any] = {}


def detector_in(body: bytes) -> str:
    """The detector that a JSON document names beside its rows, empty when it names none."""
    try:
        options = msgspec.json.decode(body, type=_Options)
    except UNREADABLE:  # whoever reads the rows says what is wrong
        return ""
    name = options.params.get("detector") or options.parameters.get("detector")
    return name if isinstance(name, str) else ""


def endpoints(predictor: Predictor, *, serving: Serving, scoring: Scoring) -> dict[str, ASGIApp]:
    """The one address."""
    begin = partial(Invocation, predictor=predictor)
    return {PATH: Endpoint(begin, route=PATH, serving=serving, scoring=scoring)}


def routes(predictor: Predictor, *, serving: Serving, batch: Batch, version: str) -> APIRouter:
    """The probes, and what else is told."""
    router = APIRouter(tags=["SageMaker and MLflow"])
    _add_probes(router, predictor)

    @router.get("/version", summary="The version, as MLflow tells it", response_class=PlainTextResponse)
    async def told() -> str:
        return version

    @router.get("/execution-parameters", summary="What batch transform may send")
    async def execution_parameters() -> dict[str, Any]:
        return {
            "MaxConcurrentTransforms": batch.concurrent,
            "BatchStrategy": batch.strategy,
            "MaxPayloadInMB": max(serving.max_body_bytes >> 20, 1),
        }

    return router


def _add_probes(router: APIRouter, predictor: Predictor) -> None:
    async def healthy() -> Response:
        check_ready(predictor)
        return PlainTextResponse("\n")

    for probe in PROBES:
        router.add_api_route(
            probe,
            healthy,
            name=probe,
            summary="Does every detector answer?",
            response_class=PlainTextResponse,
            responses=problems(NotReady),
        )
