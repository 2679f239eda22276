"""The HTTP app: composed here, decided elsewhere.

Comes in: a predictor, settings, a version. Goes out: a FastAPI app whose order is, from the outside
in: count and log, trace, errors to problem documents, who may ask, routes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from detectory.ledger.keeper import Keeper
from detectory.serve import docs
from detectory.serve.access import PUBLIC, TABLE, Access
from detectory.serve.admission import Bulkhead
from detectory.serve.gate import Gate
from detectory.serve.gate_metrics import GateMetrics
from detectory.serve.keeping import Keeping, witness_of
from detectory.serve.lane import Lane
from detectory.serve.layers import Layers
from detectory.serve.platform import Platform
from detectory.serve.posted import Posted
from detectory.serve.predictor import Predictor
from detectory.serve.problems import http_error
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
DESCRIPTION = "Scores rows with signed detectors. Errors are RFC 9457 problem documents."


class App(FastAPI):
    """FastAPI, with whatever scores answered before its layers: they cost as much as a score does."""

    score: ASGIApp
    posted: Posted
    contracts: ASGIApp  # what is ``posted``, inside of our own layers
    house: House
    tasks: list[Callable[[], None]]  # what is to go on beside it, each in a thread of its own

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
    app = App(
        title="Detectory",
        version=version,
        description=DESCRIPTION,
        openapi_url=None,  # ours is served by routes.pages, without a cache: detectors become ready later
        redirect_slashes=False,
    )
    numbers = Metrics(predictor, version=version)
    numbers.registry.register(GateMetrics(gate))
    witnesses = [witness_of(keeper)] if keeper else []
    scoring = Scoring(predictor, serving, numbers, witnesses, bulkheads=gate.bulkheads)
    access = Access({**TABLE, platform.health_route: PUBLIC, platform.predict_route: "predict"})
    layers = Layers(numbers, gate, access, access_log=serving.access_log, tracing=tracing)
    app.score, app.house = _scores(layers, predictor, serving, scoring)
    bulks = bulk.endpoints(predictor, serving=serving, metrics=numbers, bulkheads=gate.bulkheads)
    app.posted = Posted(bulks | _contracts(predictor, serving, scoring, platform))
    app.contracts = layers.around(layers.admitted(app.posted))
    explained = explain.Explain(predictor, serving, scoring, gate.bulkheads)
    app.router.routes.extend(Route(path, explained) for path in (explain.PATH, explain.VERSION_PATH))
    for router in _routers(predictor, serving, platform, keeper, version=version):
        app.include_router(router)
    app.include_router(metrics.routes(numbers))
    app.tasks = _kept(app, predictor, keeper, numbers, gate.bulkheads.ledger) if keeper else []
    if serving.docs:
        document = partial(docs.openapi, app, predictor, serving=serving, predict=platform.predict_route)
        app.include_router(pages.routes(document))
    app.add_exception_handler(HTTPException, http_error)
    layers.add_to(app)
    return app


def _contracts(
    predictor: Predictor, serving: Serving, scoring: Scoring, platform: Platform
) -> dict[str, ASGIApp]:
    """Where other platforms post rows, by path."""
    return (
        predict.endpoints(predictor, serving=serving, scoring=scoring, platform=platform)
        | invocations.endpoints(predictor, serving=serving, scoring=scoring)
        | open_inference.endpoints(predictor, serving=serving, scoring=scoring)
    )


def _routers(
    predictor: Predictor, serving: Serving, platform: Platform, keeper: Keeper | None, *, version: str
) -> Iterator[APIRouter]:
    """The routes that only tell: of detectors, of contracts, of health."""
    yield open_inference.routes(predictor, version=version)
    yield invocations.routes(predictor, serving=serving, batch=platform.batch, version=version)
    yield predict.routes(predictor, platform=platform)
    yield about.routes(predictor, version=version)
    yield health.routes(predictor, keeper)


def _scores(
    layers: Layers, predictor: Predictor, serving: Serving, scoring: Scoring
) -> tuple[ASGIApp, House]:
    """The score route, and the same as connections ask for it."""
    scores = score.Score(predictor, serving, scoring)
    observed = layers.around(admitted := layers.admitted(scores))
    straight = () if layers.tracing else predictor.slots  # a trace tells parts apart, the lane does not
    lane = Lane(scores, observed, admitted, names=straight, most_bytes=serving.max_body_bytes)
    return observed, House(lane, observed, layers.numbers, predictor, serving)


def _kept(
    app: App, predictor: Predictor, keeper: Keeper, numbers: Metrics, bulkhead: Bulkhead
) -> list[Callable[[], None]]:
    """The routes and numbers of a ledger, and what goes on beside them."""
    app.include_router(feedback.routes(predictor, keeper, heard=numbers.heard, bulkhead=bulkhead))
    app.include_router(review.routes(keeper.database, bulkhead))
    quality = Quality(predictor, told_by(keeper.database))
    for collector in (Keeping(keeper), quality):
        numbers.registry.register(collector)
    return [quality.run]
