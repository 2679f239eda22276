"""The addresses to rows are posted, found without the framework, whose layers cost as much as a score.

Comes in: a path. Goes out: the endpoint that answers it, with the parts that its address names. Never: an
address that is told of here and not in the OpenAPI document (a test compares them).
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

ENDPOINT = "detectory.endpoint"  # where a scope says which one was found


class Posted:
    """Endpoints by their addresses; as an ASGI app it calls the one that was found.

    >>> posted = Posted({"/v2/models/{name}/infer": print})
    >>> scope = {"path": "/v2/models/dga/infer"}
    >>> posted.finds(scope), scope["path_params"]
    (True, {'name': 'dga'})
    """

    def __init__(self, endpoints: Mapping[str, ASGIApp]) -> None:
        self.paths = frozenset(endpoints)
        self._plain = {path: endpoint for path, endpoint in endpoints.items() if "{" not in path}
        named = ((path, endpoint) for path, endpoint in endpoints.items() if "{" in path)
        self._named = [(compile_path(path)[0], endpoint) for path, endpoint in named]

    def finds(self, scope: Scope) -> bool:
        """Whether a path is one of these; then the scope holds its endpoint and its parts."""
        path = scope["path"]
        if path in self._plain:
            scope[ENDPOINT], scope["path_params"] = self._plain[path], {}
            return True
        for pattern, endpoint in self._named:
            if found := pattern.match(path):
                scope[ENDPOINT], scope["path_params"] = endpoint, found.groupdict()
                return True
        return False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI app."""
        await scope[ENDPOINT](scope, receive, send)
