"""``/v2``: the Open Inference Protocol V2 over HTTP, as KServe, Triton and MLServer speak it.

Every detector is a model. Errors are ``{"error": …}`` (`detectory.serve.refusals`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter
from starlette.types import ASGIApp

from detectory.errors import RequestInvalid
from detectory.serve import inference
from detectory.serve.contract import Ask, Scored
from detectory.serve.contract_docs import REFUSED, responses
from detectory.serve.endpoint import JSON, Endpoint, Head, Headers, asked
from detectory.serve.instances import Instances
from detectory.serve.predictor import Predictor
from detectory.serve.routes.health import check_ready
from detectory.serve.rows import RowsDecoder
from detectory.serve.scoring import Scoring
from detectory.serve.sent import Sent
from detectory.settings import Serving

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Scorer

MODEL = "/v2/models/{name}"
VERSION = "/v2/models/{name}/versions/{version}"
PREDICTION_ID = "prediction_id"  # of a row that a ledger keeps
Json = dict[str, Any]
TOLD = responses(REFUSED)


class Inference:
    """One inference request; tritonclient says no content type at all, so none is asked for."""

    def __init__(self, head: Head, predictor: Predictor) -> None:
        if head.kind:
            head.check_kind([JSON])
        name, version = head.scope["path_params"]["name"], head.scope["path_params"].get("version")
        predictor.scorer(name, version=version)  # a stranger's body is not read for nothing
        self._ask = asked(head, name, version)
        self._instances = Instances()

    def ask(self, body: bytes) -> Ask:
        """The detector of the address."""
        return self._ask

    def rows(self, body: bytes, decoder: RowsDecoder) -> Sent:
        """The tensors as columns."""
        self._request = inference.decode(body)
        return self._instances.columns(inference.rows_of(self._request, decoder.spec), decoder)

    def answer(self, scored: Scored) -> bytes:
        """One tensor for every answer, or for those that were asked for."""
        records = self._instances.answers(scored)
        outputs = inference.outputs_of(records, self._wanted(records, scored.scorer))
        echo = {} if self._request.id is None else {"id": self._request.id}
        said = {"model_name": scored.scorer.spec.name, "model_version": scored.scorer.version, **echo}
        return msgspec.json.encode({**said, "outputs": outputs})

    def headers(self) -> Headers:
        """JSON."""
        return [(b"content-type", b"application/json")]

    def _wanted(self, records: list[Json], scorer: Scorer) -> list[str]:
        known, kept = outputs_of(scorer), any(PREDICTION_ID in record for record in records)
        for at, one in enumerate(self._request.outputs):
            if one.name not in (*known, PREDICTION_ID):
                raise RequestInvalid(pointer=f"/outputs/{at}/name", why=f"known: {', '.join(known)}")
        return [one.name for one in self._request.outputs] or [*known, *([PREDICTION_ID] if kept else [])]


def outputs_of(scorer: Scorer) -> list[str]:
    """What every row is answered with; ``error`` says why one has no answer."""
    tells = next(iter(scorer.spec.doors.values())).tells
    return [*tells, *scorer.ANSWER, "error"]


def endpoints(predictor: Predictor, *, serving: Serving, scoring: Scoring) -> dict[str, ASGIApp]:
    """The addresses that infer."""
    begin, paths = partial(Inference, predictor=predictor), (f"{MODEL}/infer", f"{VERSION}/infer")
    return {path: Endpoint(begin, route=path, serving=serving, scoring=scoring) for path in paths}


def routes(predictor: Predictor, *, version: str) -> APIRouter:
    """The addresses that tell something."""
    router = APIRouter(tags=["Open Inference Protocol V2"])
    _about_server(router, predictor, version)
    _about_models(router, predictor)
    return router


def _about_server(router: APIRouter, predictor: Predictor, version: str) -> None:
    @router.get("/v2/health/live", summary="Is the server alive?")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/v2/health/ready", summary="Does every model answer?", responses=TOLD)
    async def ready() -> dict[str, bool]:
        check_ready(predictor)
        return {"live": True, "ready": True}

    @router.get("/v2", summary="Which server is this?")
    async def server() -> Json:
        return {"name": "detectory", "version": version, "extensions": []}

    @router.get("/v2/models", summary="Which models are served?")
    async def models() -> dict[str, list[str]]:
        return {"models": list(predictor.slots)}


def _about_models(router: APIRouter, predictor: Predictor) -> None:
    @router.get(MODEL, summary="What does a model take and give?", responses=TOLD)
    async def model(name: str) -> Json:
        return metadata(predictor.scorer(name), predictor.slots[name].versions())

    @router.get(VERSION, summary="What does a version of a model take and give?", responses=TOLD)
    async def version_of(name: str, version: str) -> Json:
        return metadata(predictor.scorer(name, version=version), predictor.slots[name].versions())

    @router.get(f"{MODEL}/ready", summary="Does a model answer?", responses=TOLD)
    async def model_ready(name: str) -> Json:
        predictor.scorer(name)
        return {"name": name, "ready": True}

    @router.get(f"{VERSION}/ready", summary="Does a version of a model answer?", responses=TOLD)
    async def version_ready(name: str, version: str) -> Json:
        predictor.scorer(name, version=version)
        return {"name": name, "ready": True}


def metadata(scorer: Scorer, versions: list[str]) -> Json:
    """A model as the protocol describes it, with the versions that are loaded.

    Other doors than the first are told by ``/v1/detectors``.
    """
    outputs = [
        {"name": name, "datatype": inference.ANSWERS.get(name, "BYTES"), "shape": [-1]}
        for name in outputs_of(scorer)
    ]
    told = {"name": scorer.spec.name, "versions": versions, "platform": "detectory_onnx"}
    return {**told, "inputs": inference.inputs_told(scorer.spec), "outputs": outputs}
