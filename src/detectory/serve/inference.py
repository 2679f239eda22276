"""Tensors of the Open Inference Protocol V2 ↔ rows and records.

Comes in: the body of an inference request, one tensor a field. Goes out: columns, and the records as one
tensor an answer. Never: a tensor whose data do not fill its shape or do not fit its datatype.

Source: github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md; tables with
strings as MLServer's content types ``pd`` and ``str`` have them ("Content Types" in its user guide).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from detectory.doors import Field
from detectory.errors import RequestInvalid
from detectory.serve.decoding import decoded
from detectory.spec import Spec

Json = dict[str, Any]
#: what a field of a detector is as a tensor
DATATYPES = {"string": "BYTES", "float": "FP64", "integer": "INT64"}
#: what an answer of a record is; the rest is text
ANSWERS = {"score": "FP64", "value": "FP64", "low": "FP64", "high": "FP64", "alert": "BOOL"}
KINDS: Mapping[str, tuple[type, ...]] = {
    "BOOL": (bool,),
    "BYTES": (str,),
    **dict.fromkeys(("FP16", "FP32", "FP64"), (float, int, type(None))),  # null is NaN
}
MOST_AXES = 8  # a longer shape is no table, and the product of its sizes would take for ever
BITS = {f"{sign}INT{bits}": (bits, sign) for sign in ("", "U") for bits in (8, 16, 32, 64)}


class Tensor(msgspec.Struct):
    """One input: a field of every row, in row-major order, nested or flat."""

    name: str
    shape: list[int]
    datatype: str
    data: list[Any]
    parameters: Json = {}


class Wanted(msgspec.Struct):
    """One output that is asked for."""

    name: str
    parameters: Json = {}


class Request(msgspec.Struct):
    """An inference request; members that are not known are passed over, as the specification has it."""

    inputs: list[Tensor]
    id: str | None = None
    parameters: Json = {}
    outputs: list[Wanted] = []


DECODER = msgspec.json.Decoder(Request)


def decode(body: bytes) -> Request:
    """The request. Raises `RequestMalformed` or `RequestInvalid`."""
    return decoded(DECODER, body)


def rows_of(request: Request, spec: Spec) -> list[Json]:
    """One row for every entry along the first axis. Raises `RequestInvalid`."""
    columns = dict(_columns(request, spec))
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise RequestInvalid(pointer="/inputs", why="the inputs are not equally long")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _columns(request: Request, spec: Spec) -> Iterator[tuple[str, list[Any]]]:
    for at, tensor in enumerate(request.inputs):
        values = _values(tensor, pointer=f"/inputs/{at}")
        width = math.prod(tensor.shape[1:])
        if width == 1:
            yield tensor.name, values
        else:
            yield from zip(_matrix_fields(spec, width, at), _transposed(values, width), strict=True)


def _matrix_fields(spec: Spec, width: int, at: int) -> list[str]:
    """The fields that the columns of a matrix stand for: those of the first door with so many."""
    for door in spec.doors.values():
        if len(door.fields) == width:
            return list(door.fields)
    raise RequestInvalid(pointer=f"/inputs/{at}/shape", why=f"no door has {width} fields")


def _transposed(values: list[Any], width: int) -> list[list[Any]]:
    return [values[column::width] for column in range(width)]


def _values(tensor: Tensor, *, pointer: str) -> list[Any]:
    if not 1 <= len(tensor.shape) <= MOST_AXES or min(tensor.shape) < 1:
        why = f"a shape has 1 to {MOST_AXES} sizes of at least 1"
        raise RequestInvalid(pointer=f"{pointer}/shape", why=why)
    values = flat(tensor.data, axes=len(tensor.shape))
    if len(values) != math.prod(tensor.shape):
        why = f"{len(values)} values do not fill the shape {tensor.shape[:8]}"
        raise RequestInvalid(pointer=f"{pointer}/data", why=why)
    if not fits(values, tensor.datatype):
        why = f"not every value is of the datatype '{tensor.datatype[:20]}'"
        raise RequestInvalid(pointer=f"{pointer}/data", why=why)
    return values


def flat(data: list[Any], *, axes: int) -> list[Any]:
    """Nested lists of so many axes in row-major order as one.

    >>> flat([["a"], ["b"]], axes=2), flat(["a", "b"], axes=2)
    (['a', 'b'], ['a', 'b'])
    """
    for _ in range(axes - 1):
        if not (data and isinstance(data[0], list)):
            break
        data = [value for part in data for value in (part if isinstance(part, list) else [part])]
    return data


def fits(values: list[Any], datatype: str) -> bool:
    """Whether every value is one of the datatype.

    >>> fits([1, 255], "UINT8"), fits([256], "UINT8"), fits([None, 0.5], "FP32"), fits([True], "INT8")
    (True, False, True, False)
    """
    if datatype in BITS:
        return all(type(value) is int and _holds(value, *BITS[datatype]) for value in values)
    return datatype in KINDS and set(map(type, values)) <= set(KINDS[datatype])


def _holds(value: int, bits: int, sign: str) -> bool:
    return 0 <= value < 1 << bits if sign else -1 << (bits - 1) <= value < 1 << (bits - 1)


def outputs_of(records: list[Json], names: list[str]) -> list[Json]:
    """One tensor a name, an entry a record; a row without an answer has null, false or ``""``."""
    return [_output(name, [record.get(name) for record in records]) for name in names]


def _output(name: str, values: list[Any]) -> Json:
    datatype = ANSWERS.get(name, "BYTES")
    match datatype:
        case "BOOL":
            values = [bool(value) for value in values]
        case "BYTES":
            values = ["" if value is None else str(value) for value in values]
    return {"name": name, "datatype": datatype, "shape": [len(values)], "data": values}


def inputs_told(spec: Spec) -> list[Json]:
    """The metadata of the inputs: the fields of the first door."""
    fields = next(iter(spec.doors.values())).fields
    return [_told(name, DATATYPES[field.type], field) for name, field in fields.items()]


def _told(name: str, datatype: str, field: Field) -> Json:
    content = {"parameters": {"content_type": "str"}} if field.type == "string" else {}
    return {"name": name, "datatype": datatype, "shape": [-1], **content}
