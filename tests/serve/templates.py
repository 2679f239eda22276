"""The templates of every address of an app, as its routers know them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute, Route

from detectory.serve.app import App
from detectory.serve.routes import score


def of(app: App) -> set[str]:
    """Every template; the score route is answered before the router."""
    return {score.PATH, score.VERSION_PATH, *app.posted.paths, *_paths(app.routes)}


def _paths(routes: Iterable[BaseRoute]) -> Iterator[str]:
    for route in routes:
        if isinstance(route, Route):
            yield route.path
        else:  # FastAPI from 0.165 on keeps a router that was included as one route
            yield from _paths(route.original_router.routes)  # type: ignore[attr-defined]  # it has no public name
