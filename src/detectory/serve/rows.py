"""The body of a request → columns of rows. The shape is checked while it is decoded, by msgspec.

Comes in: bytes from a stranger, and the doors of a detector. Goes out: columns that hold what the
fields declare, None where an optional one is not said. Never: a key that is not declared (an open door
lets it pass unread), a number that does not fit in 64 bits, more rows than allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from detectory.doors import Door, Field
from detectory.errors import RequestInvalid, TooManyRows
from detectory.serve.decoding import UNREADABLE, invalid, malformed
from detectory.serve.sent import Sent
from detectory.spec import Spec

#: what a field of a detector is in Python; JSON knows no NaN, and integers here are 64-bit
TYPES = {
    "string": str,
    "float": float,
    "integer": Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)],
}
VERSIONS = 2  # of a detector that answer at once: champion and challenger


class RowsDecoder:
    """Decodes ``{"rows": [{field: value, …}, …]}`` for one detector."""

    def __init__(self, spec: Spec, *, max_rows: int) -> None:
        self.spec, self._max_rows = spec, max_rows
        self._doors = [(tuple(door.fields), _decoder(door)) for door in spec.doors.values()]

    def decode(self, body: bytes) -> Sent:
        """The rows, in the order in which they were sent.

        Raises `RequestMalformed`, `RequestInvalid` or `TooManyRows`.
        """
        return self._sent(*self._through_a_door(lambda door: door.decode(body).rows))

    def typed(self, rows: list[dict[str, Any]], *, strict: bool = True) -> Sent:
        """The same of rows that another contract decoded; unless ``strict``, numbers may come as text.

        Raises `RequestInvalid` or `TooManyRows`.
        """
        self._check_length(rows)
        body = {"rows": rows}
        return self._sent(
            *self._through_a_door(lambda door: msgspec.convert(body, door.type, strict=strict).rows)
        )

    def _sent(self, fields: tuple[str, ...], rows: list[Any]) -> Sent:
        self._check_length(rows)
        return Sent(fields, list(map(msgspec.structs.astuple, rows)))

    def _check_length(self, rows: list[Any]) -> None:
        if not rows:
            raise RequestInvalid(pointer="/rows", why="there is no row in it")
        if len(rows) > self._max_rows:
            raise TooManyRows(len(rows), limit=self._max_rows)

    def _through_a_door(
        self, rows_of: Callable[[msgspec.json.Decoder[Any]], list[Any]]
    ) -> tuple[tuple[str, ...], list[Any]]:
        refused: RequestInvalid | None = None
        for fields, decoder in self._doors:
            try:
                return fields, rows_of(decoder)
            except msgspec.ValidationError as error:
                refused = refused or invalid(str(error))
            except UNREADABLE as error:
                raise malformed(error) from error
        raise refused or RequestInvalid(pointer="", why=f"'{self.spec.name}' declares no door")


class Decoders:
    """The decoders of each detector, made once for every version's own fields."""

    def __init__(self, *, max_rows: int) -> None:
        self._max_rows, self._known = max_rows, dict[str, tuple[RowsDecoder, ...]]()

    def of(self, spec: Spec) -> RowsDecoder:
        """The decoder of these very words."""
        known = self._known.get(spec.name, ())
        for decoder in known:
            if decoder.spec is spec:
                return decoder
        made = RowsDecoder(spec, max_rows=self._max_rows)
        self._known[spec.name] = (made, *known)[:VERSIONS]
        return made


def _decoder(door: Door) -> msgspec.json.Decoder[Any]:
    members = [_typed(at, field) for at, field in enumerate(door.fields.values())]
    row = msgspec.defstruct(
        "Row",
        members,
        rename={_member(at): name for at, name in enumerate(door.fields)},
        forbid_unknown_fields=not door.open,
        kw_only=True,
        gc=False,
    )
    request = msgspec.defstruct("Request", [("rows", list[row])], forbid_unknown_fields=True)  # type: ignore[valid-type]  # made at run time from the detector's words
    return msgspec.json.Decoder(request)


def _member(at: int) -> str:
    """What a field is called in Python: its own name (``id.resp_p``) need not be an identifier."""
    return f"field_{at}"


def _typed(at: int, field: Field) -> tuple[Any, ...]:
    kind: Any = TYPES[field.type]
    return (_member(at), kind | None, None) if field.optional else (_member(at), kind)
