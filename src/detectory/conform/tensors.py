"""Tensors of the Open Inference Protocol V2, as any server's JSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectory.conform.clauses import expect
from detectory.conform.peer import Answer, Broken

FLOATS, INTEGERS = ("FP16", "FP32", "FP64"), ("INT", "UINT")
DATATYPES = {"BOOL", "BYTES", *FLOATS, *(f"{sign}{bits}" for sign in INTEGERS for bits in (8, 16, 32, 64))}


def expect_members(told: Any, members: Mapping[str, type]) -> None:
    """Raises `Broken` unless an object has these members, each of its type."""
    for name, kind in members.items():
        found = told.get(name) if isinstance(told, dict) else None
        expect(isinstance(found, kind), f"{name!r} is {type_of([found])}, not {kind.__name__}")


def kinds_of(datatype: str) -> tuple[type, ...]:
    """The types of JSON that values of a datatype have; null stands for NaN.

    >>> kinds_of("INT8")
    (<class 'int'>,)
    """
    if datatype in FLOATS:
        return float, int, type(None)
    return {"BOOL": (bool,), "BYTES": (str,)}.get(datatype, (int,))


def type_of(values: list[Any]) -> str:
    """The type of the first value, in a word."""
    return type(values[0]).__name__ if values else "nothing"


def flat(data: list[Any]) -> list[Any]:
    """Nested lists as one, in row-major order."""
    if data and isinstance(data[0], list):
        return [value for part in data for value in flat(part)]
    return data


def nested(values: list[Any], shape: list[int]) -> list[Any]:
    """Values as nested lists of a shape.

    >>> nested([1, 2, 3, 4], [2, 2])
    [[1, 2], [3, 4]]
    """
    if len(shape) == 1:
        return values
    step = len(values) // shape[0]
    return [nested(values[at : at + step], shape[1:]) for at in range(0, len(values), step)]


def expect_error(answer: Answer) -> None:
    """Raises `Broken` unless the caller is told ``{"error": …}`` with a status of 4xx."""
    expect(400 <= answer.status < 500, f"answered {answer.status}, not 4xx")
    try:
        told = answer.json()
    except Broken as error:
        raise Broken(f"the refusal is not {{'error': …}}: {error}") from error
    expect(isinstance(told, dict) and isinstance(told.get("error"), str), "there is no text under 'error'")
