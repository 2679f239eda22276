"""``/docs``, its assets and ``/openapi.json``: the documentation, served by the app itself.

Swagger UI comes from the installed package ``fastapi-swagger``, the page and the lines that start it
from ``serve/web``: nothing is fetched from elsewhere, nothing is inline, and the policy says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePath
from typing import Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

# S13: Swagger UI sets styles from its scripts, which a policy without 'unsafe-inline' allows
HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}


def routes(openapi: Callable[[], dict[str, Any]]) -> APIRouter:
    """The pages; ``openapi`` gives the document as it is now."""
    router = APIRouter(tags=["documentation"])

    @router.get("/", summary="To the documentation", status_code=307, response_class=RedirectResponse)
    async def index() -> RedirectResponse:
        return RedirectResponse("docs")

    @router.get("/openapi.json", summary="This API as OpenAPI 3.1")
    async def document() -> dict[str, Any]:
        return openapi()

    for address, path in pages().items():
        content = {kind_of(path): {"schema": {"type": "string"}}}
        router.add_api_route(
            address,
            _served(path),
            name=address,
            summary="Read and try out",
            response_class=Response,
            responses={200: {"content": content}},
        )
    return router


def pages() -> dict[str, Traversable]:
    """Address → file, of the page and of what it loads."""
    ours, swagger = files("detectory.serve") / "web", files("fastapi_swagger") / "resources"
    return {
        "/docs": ours / "docs.html",
        "/docs/docs.js": ours / "docs.js",
        "/docs/docs.css": ours / "docs.css",
        "/docs/swagger-ui-bundle.js": swagger / "swagger-ui-bundle.js",
        "/docs/swagger-ui.css": swagger / "swagger-ui.css",
    }


def kind_of(file: Traversable) -> str:
    """The content type that a file's suffix stands for."""
    return KINDS[PurePath(file.name).suffix]


def _served(path: Traversable) -> Callable[[], Awaitable[Response]]:
    async def file() -> Response:
        """A file of the documentation, as it is."""
        return Response(path.read_bytes(), headers=HEADERS, media_type=kind_of(path))

    return file
