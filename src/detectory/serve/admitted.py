"""The door as a layer of the app: whoever is let in goes on, with who he is."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from detectory.serve.access import Access
from detectory.serve.contract import Caller
from detectory.serve.gate import Gate
from detectory.serve.problems import REQUEST_ID, TICKET
from detectory.serve.routes.score import CALLER

ACCESS = Access()


class Admitted:
    """Asks the gate before the app inside is called."""

    def __init__(self, app: ASGIApp, gate: Gate, access: Access = ACCESS) -> None:
        self._app, self._gate, self._access = app, gate, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI app."""
        if scope["type"] == "http":
            self.enter(scope)
        await self._app(scope, receive, send)

    def enter(self, scope: Scope) -> None:
        """Note in a request's scope who it is. Raises what `Gate.enter` and `Access.scope_of` raise."""
        peer = scope["client"][0] if scope.get("client") else ""
        ticket = self._gate.enter(scope["headers"], peer, self._access.scope_of(scope["path"]))
        scope[TICKET] = ticket
        scope[CALLER] = Caller(scope.get(REQUEST_ID, ""), ticket.key, ticket)
