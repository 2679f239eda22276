"""``{"instances": […]}`` in, ``{"predictions": […]}`` out: Vertex AI's contract, and KServe's V1.

Vertex says in its environment which addresses it asks; without that they are ``/predict`` and ``/health``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.types import ASGIApp

from detectory.errors import NotReady
from detectory.serve import frames
from detectory.serve.contract import Ask, Scored
from detectory.serve.contract_docs import REFUSED, responses
from detectory.serve.docs import problems
from detectory.serve.endpoint import JSON, Endpoint, Head, Headers, asked
from detectory.serve.instances import Instances
from detectory.serve.platform import Platform
from detectory.serve.predictor import Predictor
from detectory.serve.routes.health import check_ready
from detectory.serve.routes.invocations import PROBES, detector_in, only
from detectory.serve.rows import RowsDecoder
from detectory.serve.scoring import Scoring
from detectory.serve.sent import Sent
from detectory.settings import Serving

V1 = "/v1/models/{name}:predict"


class Prediction:
    """One request; its address names the detector, or ``parameters.detector`` does, or it is the only one."""

    def __init__(self, head: Head, predictor: Predictor) -> None:
        head.check_kind([JSON])
        self._head, self._predictor, self._instances = head, predictor, Instances()

    def ask(self, body: bytes) -> Ask:
        """Which detector is asked. Raises `DetectorNotNamed`."""
        name = self._head.scope["path_params"].get("name")
        if not name and len(self._predictor.slots) > 1:
            name = detector_in(body)
        return asked(self._head, name or only(self._predictor))

    def rows(self, body: bytes, decoder: RowsDecoder) -> Sent:
        """The instances as columns."""
        return self._instances.columns(frames.instances(frames.object_of(body), decoder.spec), decoder)

    def answer(self, scored: Scored) -> bytes:
        """As many predictions as there are instances, in the same order."""
        return msgspec.json.encode({"predictions": self._instances.answers(scored)})

    def headers(self) -> Headers:
        """JSON."""
        return [(b"content-type", b"application/json")]


def endpoints(
    predictor: Predictor, *, serving: Serving, scoring: Scoring, platform: Platform
) -> dict[str, ASGIApp]:
    """The address that Vertex AI asks, and V1's."""
    begin, paths = partial(Prediction, predictor=predictor), (platform.predict_route, V1)
    return {path: Endpoint(begin, route=path, serving=serving, scoring=scoring) for path in paths}


def routes(predictor: Predictor, *, platform: Platform) -> APIRouter:
    """Whether all detectors, or one, can answer."""
    router = APIRouter(tags=["Vertex AI and KServe V1"])

    if platform.health_route not in PROBES:
        _mount_health(router, predictor, platform.health_route)

    @router.get("/v1/models/{name}", summary="Does a model answer?", responses=responses(REFUSED))
    async def model_ready(name: str) -> dict[str, Any]:
        predictor.scorer(name)
        return {"name": name, "ready": True}

    return router


def _mount_health(router: APIRouter, predictor: Predictor, path: str) -> None:
    @router.get(path, summary="Does every detector answer?", responses=problems(NotReady))
    async def healthy() -> dict[str, Any]:
        check_ready(predictor)
        return {}
