"""A matrix of numbers ↔ rows and answers, as NumPy's own files: what many rows at once cost least in.

Comes in: the bytes of one ``.npy`` array, [N, F], a column for each field of a door. Goes out: columns, and
one ``.npy`` array float32[N, K] of what is answered. Never: pickled objects, a copy of the body, a row that
moves.

Source: NumPy enhancement proposal 1, "A Simple File Format for NumPy Arrays".
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from detectory.doors import Door, Field
from detectory.errors import RequestInvalid, RequestMalformed
from detectory.schema import Array, Rows
from detectory.spec import Spec

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Answers

MAGIC = b"\x93NUMPY"
SIZES = {b"\x01\x00": "<H", b"\x02\x00": "<I"}  # version → how the length of the header is written
# NumPy reads its header as Python; of a stranger's, only what is asked for is understood
HEADER = re.compile(
    rb"\{\s*'descr':\s*'(?P<kind><f[48])',\s*'fortran_order':\s*(?P<order>True|False),\s*"
    rb"'shape':\s*\((?P<rows>[1-9]\d{0,11}),\s*(?P<width>[1-9]\d{0,5}),?\s*\),?\s*\}\s*"
)
NUMERIC = "fb"  # what a matrix can hold of an answer: numbers and whether it alerts, not its label


def decoded(body: bytes) -> Array:
    """The matrix of a body, without copying it.

    Raises `RequestMalformed` for what is no whole ``.npy`` file, `RequestInvalid` for another array than a
    matrix of float32 or float64.
    """
    header, start = _header(body)
    found = HEADER.fullmatch(header)
    if found is None:
        raise RequestInvalid(
            pointer="", why="float32 or float64 of shape [N, F], little-endian, is asked for"
        )
    shape, kind = (int(found["rows"]), int(found["width"])), np.dtype(found["kind"].decode())
    if len(body) - start != shape[0] * shape[1] * kind.itemsize:
        raise RequestMalformed(why="its data do not fill its shape")
    flat = np.frombuffer(body, kind, offset=start)
    return flat.reshape(shape, order="F" if found["order"] == b"True" else "C")


def _header(body: bytes) -> tuple[bytes, int]:
    """The header, and where the data begin."""
    size = SIZES.get(body[6:8])
    if body[:6] != MAGIC or size is None or len(body) < 8 + struct.calcsize(size):
        raise RequestMalformed(why="it is no .npy file of version 1 or 2")
    begin = 8 + struct.calcsize(size)
    end = begin + int(struct.unpack_from(size, body, 8)[0])
    if end > len(body):
        raise RequestMalformed(why="its header is cut off")
    return body[begin:end], end


def door_of(spec: Spec, width: int) -> Door:
    """The first door of so many fields, all of them numbers. Raises `RequestInvalid`."""
    for door in spec.doors.values():
        if len(door.fields) == width and all(field.type != "string" for field in door.fields.values()):
            return door
    raise RequestInvalid(pointer="", why=f"'{spec.name}' has no door of {width} fields that are all numbers")


def columns(matrix: Array, door: Door) -> Rows:
    """The columns under the names of the fields; NaN is a field that is not said.

    Raises `RequestInvalid` for infinity, NaN in a field that must be said, and a fraction in a whole number.
    """
    return dict(_columns(matrix, door))


def _columns(matrix: Array, door: Door) -> Iterator[tuple[str, Any]]:
    is_finite = bool(np.isfinite(matrix).all())  # nearly always, so that no column is looked at by itself
    for at, (name, field) in enumerate(door.fields.items()):
        column = matrix[:, at]
        if is_finite and field.type == "float":
            yield name, column
        else:
            yield name, _checked(column, name, field)


def _checked(column: Array, name: str, field: Field) -> Any:
    missing = np.isnan(column)
    told = column[~missing]
    if np.isinf(told).any() or (missing.any() and not field.optional):
        raise RequestInvalid(pointer=f"/{name}", why="it holds NaN or infinity")
    if field.type == "integer":
        if not ((told == np.rint(told)) & (np.abs(told) < 2.0**63)).all():
            raise RequestInvalid(pointer=f"/{name}", why="it holds no whole number of 64 bits")
        column = np.where(missing, 0, column).astype(np.int64)
    if not missing.any():
        return column
    cells = column.astype(object)
    cells[missing] = None
    return cells


def names_of(answers: Answers) -> list[str]:
    """What the columns of an answer are called."""
    told = zip(answers.NAMES, answers.columns(), strict=True)
    return [name for name, column in told if column.dtype.kind in NUMERIC]


def answered(answers: Answers, rows: int) -> NDArray[np.float32]:
    """float32[N, K]: each row's numbers, NaN where it has no answer; a row of an entity has that entity's."""
    told = [column for column in answers.columns() if column.dtype.kind in NUMERIC]
    matrix = np.full((rows, len(told)), np.nan, dtype=np.float32)
    parsed = answers.parsed
    for at, column in enumerate(told):
        matrix[parsed.source, at] = column[parsed.entity]
    return matrix


def encoded(matrix: NDArray[np.float32]) -> bytes:
    """The bytes of a ``.npy`` file."""
    out = io.BytesIO()
    npy.write_array(out, matrix, version=(1, 0), allow_pickle=False)
    return out.getvalue()
