"""The OpenAPI document: every route of the app, the score route once for each detector that answers.

Comes in: the app's own routes and the words of the bundles. Goes out: an OpenAPI 3.1 document as
plain dicts. Never: a schema written by hand where the code knows it already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from detectory import errors
from detectory.doors import Door, Field
from detectory.errors import DetectoryError
from detectory.serve import contract_docs
from detectory.serve.access import PUBLIC, TABLE
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from detectory.spec import Binary, Regression, Spec

Json = dict[str, Any]
PROBLEM = {"$ref": "#/components/schemas/Problem"}
TYPES = {"string": "string", "float": "number", "integer": "integer"}
REFUSALS = (
    errors.RequestMalformed,
    errors.WhoAsks,
    errors.ScopeMissing,
    errors.UnknownDetector,
    errors.UnknownVersion,
    errors.BodyTooLarge,
    errors.UnsupportedContent,
    errors.RequestInvalid,
    errors.NoRowParses,
    errors.TooManyRows,
    errors.RateLimited,
    errors.NotReady,
    errors.Overloaded,
    errors.TooLate,
)


def openapi(app: FastAPI, predictor: Predictor, *, serving: Serving, predict: str = "/predict") -> Json:
    """The document as it is now: detectors that have become ready are in it by name."""
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    posted = contract_docs.paths(predict=predict)
    document["paths"] = {**dict(_score_paths(predictor, serving)), **document["paths"], **posted}
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _problem()
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"key": []}]  # none is needed while there is none
    for path in document["paths"].keys() & {path for path, scope in TABLE.items() if scope == PUBLIC}:
        for operation in document["paths"][path].values():
            operation["security"] = []
    return document


def problems(*kinds: type[DetectoryError]) -> dict[int | str, Json]:
    """The responses that stand for errors, one for each status."""
    by_status: dict[int | str, list[type[DetectoryError]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _refusal(same) for status, same in by_status.items()}


def _refusal(kinds: list[type[DetectoryError]]) -> Json:
    description = " · ".join(f"{kind.code} {kind.title}" for kind in kinds)
    return {"description": description, "content": {"application/problem+json": {"schema": PROBLEM}}}


def _score_paths(predictor: Predictor, serving: Serving) -> Iterator[tuple[str, Json]]:
    for state in predictor.ready():
        yield from _paths_of(state.scorer.spec, serving)
    generic = _score("a detector", _body([{"type": "object"}], serving, []), {"type": "object"})
    for path, operation in (("score", {**generic, "operationId": "score"}), ("explain", _explained(generic))):
        yield f"/v1/detectors/{{name}}/{path}", {"post": {**operation, "parameters": _parameters("name")}}
        of_version = {
            **operation,
            "operationId": f"{path}_version",
            "parameters": _parameters("name", "version"),
        }
        yield f"/v1/detectors/{{name}}/versions/{{version}}/{path}", {"post": of_version}


def _parameters(*names: str) -> list[Json]:
    """The parts of a path, each a text."""
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _paths_of(spec: Spec, serving: Serving) -> Iterator[tuple[str, Json]]:
    doors = list(spec.doors.values())
    examples = [{name: field.example for name, field in door.fields.items()} for door in doors]
    body = _body([_row(door) for door in doors], serving, examples)
    operation = _score(spec.title, body, _record(spec))
    described = {"operationId": f"score_{spec.name}", "description": spec.question}
    yield f"/v1/detectors/{spec.name}/score", {"post": {**operation, **described}}


def _score(title: str, body: Json, record: Json) -> Json:
    answer = _object(
        {"detector": {"type": "string"}, "version": {"type": "string"}, "results": _list(record)}
    )
    done = {"description": "one record for every row, in the order sent", "content": _json(answer)}
    return {
        "tags": ["score"],
        "summary": f"Score rows: {title}",
        "requestBody": {"required": True, "content": body},
        "responses": {"200": done, **{str(status): said for status, said in problems(*REFUSALS).items()}},
    }


def _explained(scored: Json) -> Json:
    """Explaining asks for what scoring does, and gives each record its reasons."""
    reason = _object(
        {
            "name": {"type": "string", "description": "the feature, or the part of the row"},
            "value": {"type": ["string", "number", "null"], "description": "null: not said"},
            "change": {"type": "number", "description": "by how much it raises the score or the value"},
            "unit": {"type": "string", "description": "what the change is counted in"},
            "says": {"type": "string", "description": "the same as a sentence"},
        }
    )
    told = {
        **_list(reason),
        "type": ["array", "null"],
        "description": "the strongest first; null: not scored",
    }
    record = {"type": "object", "properties": {"reasons": told}, "required": ["reasons"]}
    answer = _object(
        {"detector": {"type": "string"}, "version": {"type": "string"}, "results": _list(record)}
    )
    done = {"description": "one record for every row, with its reasons", "content": _json(answer)}
    refused = problems(*REFUSALS, errors.NotExplained)
    return {
        **scored,
        "summary": "Score rows, and say what drove each score",
        "operationId": "explain",
        "responses": {"200": done, **{str(status): said for status, said in refused.items()}},
    }


def _body(rows: list[Json], serving: Serving, examples: list[Json]) -> Json:
    row = rows[0] if len(rows) == 1 else {"oneOf": rows}
    listed = {**_list(row), "minItems": 1, "maxItems": serving.max_rows}
    content = _json({**_object({"rows": listed}), "additionalProperties": False})
    if examples:
        content["application/json"]["example"] = {"rows": [examples[0]]}
    return content


def _row(door: Door) -> Json:
    fields = {name: _field(field) for name, field in door.fields.items()}
    row = {**_object(fields), "description": door.description, "additionalProperties": door.open}
    return {**row, "required": door.required}


def _field(field: Field) -> Json:
    kind: Any = [TYPES[field.type], "null"] if field.optional else TYPES[field.type]
    return {"type": kind, "description": field.description, "examples": [field.example]}


def _record(spec: Spec) -> Json:
    answer = {**_answer(spec), "version": {"type": "string"}}
    why = {"error": {"type": "string", "description": "why this row is not scored; the rest is null then"}}
    fields = {name: _field(field) for door in spec.doors.values() for name, field in door.fields.items()}
    fields |= {name: {"description": "of the entity"} for door in spec.doors.values() for name in door.tells}
    return {"type": "object", "properties": {**fields, **answer, **why}, "required": list(answer)}


def _answer(spec: Spec) -> Json:
    """What a record says of a row, as the task has it."""
    number = {"type": ["number", "null"]}
    match spec:
        case Binary():
            return {
                "score": {**number, "minimum": 0, "maximum": 1, "description": "for people"},
                "alert": {"type": ["boolean", "null"], "description": "the log-odds are above the threshold"},
                "label": {
                    "type": ["string", "null"],
                    "description": f"'{spec.label.negative}', or what it is",
                },
            }
        case Regression():
            unit, share = spec.target.unit, f"{spec.intervals.coverage:.0%}"
            return {
                "value": {**number, "description": f"what is predicted, in {unit}"},
                "low": {**number, "description": f"{share} of truths lie between this and high, in {unit}"},
                "high": {**number, "description": f"the other end, in {unit}"},
            }


def _problem() -> Json:
    """RFC 9457, and what `detectory.errors` adds."""
    text = {"type": "string"}
    fault = _object({"pointer": {**text, "description": "JSON pointer into the body"}, "reason": text})
    needed = _object(
        {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "code": text}
        | {"fix": {**text, "description": "how to mend it"}, "docs": text, "request_id": text}
    )
    needed["properties"] |= {"why": text, "errors": _list(fault), "detectors": {"type": "object"}}
    return needed


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
