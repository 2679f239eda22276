"""What is sent to a server that is held to a contract: made from the fields of a detector, or from a file.

Comes in: fields with their examples, or a request that the server is known to answer. Goes out: an
`Example`. Never: a guess at what a server that is not ours would understand.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detectory.conform.peer import Example
from detectory.conform.sagemaker import CSV, JSON, JSON_LINES
from detectory.errors import NoExample

DATATYPES = {"string": "BYTES", "float": "FP64", "integer": "INT64"}
SUFFIXES = {".csv": CSV, ".json": JSON, ".jsonl": JSON_LINES}
Json = dict[str, Any]


def of_fields(model: str, fields: Mapping[str, Mapping[str, Any]]) -> Example:
    """Two rows of one of our detectors: the examples of its fields, and those turned round.

    ``fields`` are those of its first door, as ``GET /v1/detectors`` tells them.
    """
    one = {name: field["example"] for name, field in fields.items()}
    rows = [one, {name: turned(value) for name, value in one.items()}]
    tensors = [_tensor(name, field["type"], rows) for name, field in fields.items()]
    return Example(model, {"inputs": tensors}, bodies_of(rows), rows)


def turned(value: Any) -> Any:
    """Another value of the same type.

    >>> turned("abc"), turned(1)
    ('cba', 2)
    """
    return value[::-1] if isinstance(value, str) else value + 1


def _tensor(name: str, kind: str, rows: list[Json]) -> Json:
    data = [row[name] for row in rows]
    return {"name": name, "datatype": DATATYPES[kind], "shape": [len(rows), 1], "data": data}


def bodies_of(rows: list[Json]) -> dict[str, bytes]:
    """The rows as SageMaker's three content types."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(list(row.values()) for row in rows)
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    return {
        CSV: text.getvalue().encode(),
        JSON: json.dumps({"instances": rows}).encode(),
        JSON_LINES: lines.encode(),
    }


def of_file(contract: str, path: Path, *, model: str) -> Example:
    """The request of a file, in the form of the contract. Raises `NoExample` where it is none."""
    body = path.read_bytes()
    if contract == "sagemaker":
        kind = SUFFIXES.get(path.suffix)
        if kind is None:
            raise NoExample(contract, why=f"{path} is none of {', '.join(SUFFIXES)}")
        return Example(bodies={kind: body})
    document = _decoded(body, contract, path)
    if contract == "v2":
        if not model or not isinstance(document.get("inputs"), list):
            raise NoExample(contract, why="it needs 'inputs' in the file, and the model's name (--detector)")
        return Example(model=model, request=document)
    return Example(rows=_rows(document, contract))


def _decoded(body: bytes, contract: str, path: Path) -> Json:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise NoExample(contract, why=f"{path} is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise NoExample(contract, why=f"{path} holds no object")
    return document


def _rows(document: Json, contract: str) -> list[Any]:
    """The rows of ``instances``, or of one of MLflow's other forms."""
    if isinstance(split := document.get("dataframe_split"), dict):
        return [dict(zip(split["columns"], row, strict=True)) for row in split["data"]]
    for name in ("instances", "dataframe_records", "inputs"):
        if isinstance(rows := document.get(name), list) and rows:
            return rows
    raise NoExample(contract, why="the file has no list of 'instances'")
