"""The HTTP app: composed here, decided elsewhere.

Comes in: a predictor, settings, a version. Goes out: a FastAPI app whose order is, from the outside
in: count and log, trace, errors to problem documents, who may ask, routes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from detectory.ledger.keeper import Keeper
from detectory.serve import docs
from detectory.serve.access import PUBLIC, TABLE, Access
from detectory.serve.admitted import Admitted
from detectory.serve.gate import Gate
from detectory.serve.gate_metrics import GateMetrics
from detectory.serve.keeping import Keeping, witness_of
from detectory.serve.lane import Lane
from detectory.serve.observed import Observed
from detectory.serve.platform import Platform
from detectory.serve.posted import Posted
from detectory.serve.predictor import Predictor
from detectory.serve.problems import Guard, http_error
from detectory.serve.protocol import House
from detectory.serve.quality import Quality, told_by
from detectory.serve.routes import (
    about,
    bulk,
    explain,
    feedback,
    health,
    invocations,
    metrics,
    open_inference,
    pages,
    predict,
    review,
    score,
)
from detectory.serve.scoring import Scoring
from detectory.serve.telemetry import Metrics
from detectory.settings import Serving

if TYPE_CHECKING:
    from detectory.serve.tracing import Tracing

HERE = Platform()
Layer = Callable[[ASGIApp], ASGIApp]
DESCRIPTION = "Scores rows with signed detectors. Errors are RFC 9457 problem documents."


class App(FastAPI):
    """FastAPI, with whatever scores answered before its layers: they cost as much as a score does."""

    score: ASGIApp
    posted: Posted
    contracts: ASGIApp  # what was ``posted``, inside of our own layers
    house: House
    tasks: list[Callable[[], None]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI app."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif found := score.PATTERN.fullmatch(scope["path"]):
            scope["path_params"] = found.groupdict()
            await self.score(scope, receive, send)
        elif self.posted.finds(scope):
            await self.contracts(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    predictor: Predictor,
    *,
    serving: Serving,
    version: str,
    platform: Platform = HERE,
    keeper: Keeper | None = None,
    gate: Gate | None = None,
    tracing: Tracing | None = None,
) -> App:
    """The app that answers for a predictor; loading its detectors is the caller's affair.

    With a keeper, predictions are kept and labels for them taken; when it begins is the caller's affair too.
    Without a gate there are no keys: everybody may ask.
    """
    gate = gate or Gate(serving)
    access = Access({**TABLE, platform.health_route: PUBLIC, platform.predict_route: "predict"})
    app = App(
        title="Detectory",
        version=version,
        description=DESCRIPTION,
        openapi_url=None,  # ours is served by routes.pages, without a cache: detectors become ready later
        redirect_slashes=False,
    )
    app.tasks = []  # what is to go on beside it, each in a thread of its own
    numbers = Metrics(predictor, version=version)
    numbers.registry.register(GateMetrics(gate))
    witnesses = [witness_of(keeper)] if keeper else []
    scoring = Scoring(predictor, serving, numbers, witnesses, bulkheads=gate.bulkheads)
    scores = score.Score(predictor, serving, scoring)
    admitted = Admitted(scores, gate, access)
    traced = _layer_of(tracing)
    app.score = observed = Observed(traced(Guard(admitted)), numbers, access_log=serving.access_log)
    straight = predictor.slots if tracing is None else ()  # a trace tells parts apart, the lane does not
    lane = Lane(scores, observed, admitted, names=straight, most_bytes=serving.max_body_bytes)
    app.house = House(lane, observed, numbers, predictor, serving)
    explained = explain.Explain(predictor, serving, scoring, gate.bulkheads)
    for path in (explain.PATH, explain.VERSION_PATH):
        app.router.routes.append(Route(path, explained))
    app.posted = Posted(
        bulk.endpoints(predictor, serving=serving, metrics=numbers, bulkheads=gate.bulkheads)
        | predict.endpoints(predictor, serving=serving, scoring=scoring, platform=platform)
        | invocations.endpoints(predictor, serving=serving, scoring=scoring)
        | open_inference.endpoints(predictor, serving=serving, scoring=scoring)
    )
    app.contracts = Observed(Guard(Admitted(app.posted, gate, access)), numbers)
    for router in (
        open_inference.routes(predictor, version=version),
        invocations.routes(predictor, serving=serving, batch=platform.batch, version=version),
        predict.routes(predictor, platform=platform),
        about.routes(predictor, version=version),
        health.routes(predictor),
        metrics.routes(numbers),
    ):
        app.include_router(router)
    if keeper:
        app.include_router(feedback.routes(predictor, keeper, heard=numbers.heard))
        app.include_router(review.routes(keeper.database))
        numbers.registry.register(Keeping(keeper))
        numbers.registry.register(quality := Quality(predictor, told_by(keeper.database)))
        app.tasks.append(quality.run)
    if serving.docs:
        document = partial(docs.openapi, app, predictor, serving=serving, predict=platform.predict_route)
        app.include_router(pages.routes(document))
    app.add_exception_handler(HTTPException, http_error)
    app.add_middleware(Admitted, gate=gate, access=access)
    app.add_middleware(Guard)
    app.add_middleware(traced)
    app.add_middleware(Observed, metrics=numbers, access_log=serving.access_log)
    return app


def _layer_of(tracing: Tracing | None) -> Layer:
    """The layer that traces; without a place to send them to there is none, and it is not even imported."""
    if tracing is None:
        return lambda app: app
    from detectory.serve.tracing import Traced

    return partial(Traced, tracing=tracing)
