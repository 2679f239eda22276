"""What a contract and the scoring hand to each other: who asks, how a body is read, and the scored rows.

A contract knows one form of request and answer; it knows neither HTTP nor how rows are scored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from detectory.serve.rows import RowsDecoder
from detectory.serve.sent import Sent
from detectory.serve.tickets import FREE, Ticket

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record, Scorer


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id of the request, and of the key or the subject of the token; never a secret.

    ``ticket`` is what rows are taken from, and how long the answer may take.
    """

    request_id: str
    key: str = ""
    ticket: Ticket = FREE


@dataclass(frozen=True, slots=True)
class Ask:
    """Which detector is asked, by whom; ``version`` is a number, None for the one that answers now."""

    detector: str
    caller: Caller
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows with their records: one for every entity and every row that does not parse."""

    ask: Ask
    scorer: Scorer
    rows: Sent
    records: list[Record]


class Contract(Protocol):
    """How one request is read and answered; made anew for a request where it must remember something."""

    def rows(self, body: bytes, decoder: RowsDecoder) -> Sent:
        """The rows of a body. Raises what `RowsDecoder` raises."""

    def answer(self, scored: Scored) -> bytes:
        """The body of the answer."""


#: called with everything that was scored, in any thread; quick, and never raises
Witness = Callable[[Scored], None]
