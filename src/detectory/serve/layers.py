"""What stands around everything that answers: count and log, trace, errors to problems, who may ask.

Comes in: an ASGI app. Goes out: the same, behind all four. Never: an address that lacks one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import ASGIApp

from detectory.serve.access import Access
from detectory.serve.admitted import Admitted
from detectory.serve.gate import Gate
from detectory.serve.observed import Observed
from detectory.serve.problems import Guard
from detectory.serve.telemetry import Metrics

if TYPE_CHECKING:
    from detectory.serve.tracing import Tracing


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of one app; with no ``tracing`` that one is left out."""

    numbers: Metrics
    gate: Gate
    access: Access
    access_log: bool
    tracing: Tracing | None = None

    def admitted(self, app: ASGIApp) -> Admitted:
        """The app behind the door alone, the innermost layer."""
        return Admitted(app, self.gate, self.access)

    def around(self, admitted: Admitted) -> Observed:
        """The other three around it."""
        return Observed(self._traced(Guard(admitted)), self.numbers, access_log=self.access_log)

    def add_to(self, app: FastAPI) -> None:
        """All four around whatever the framework answers; the last one added is the outermost."""
        app.add_middleware(Admitted, gate=self.gate, access=self.access)
        app.add_middleware(Guard)
        app.add_middleware(partial(Layers._traced, self))
        app.add_middleware(Observed, metrics=self.numbers, access_log=self.access_log)

    def _traced(self, app: ASGIApp) -> ASGIApp:
        """Without a place to send traces to there is no such layer, and it is not even imported."""
        if self.tracing is None:
            return app
        from detectory.serve.tracing import Traced

        return Traced(app, tracing=self.tracing)
