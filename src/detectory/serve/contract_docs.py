"""The OpenAPI of the addresses that other people's contracts define, and to which rows are posted.

Comes in: the addresses. Goes out: operations as plain dicts, for `detectory.serve.docs`. The addresses that
only tell something are described by their routes themselves.
"""

from __future__ import annotations

from typing import Any

from detectory.serve.inference import BITS, KINDS

Json = dict[str, Any]
TEXT, ANY = {"type": "string"}, {"type": "object"}
REFUSED = {"error": TEXT}
MLFLOW_REFUSED = {"error_code": TEXT, "message": TEXT}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
STATUSES = ("400", "401", "403", "404", "405", "413", "415", "422", "429", "500", "503")


def responses(properties: Json) -> dict[int | str, Json]:
    """What a route that only tells something answers with when it cannot."""
    schema = _object(properties)
    return {one: {"description": "refused", **_content(schema)} for one in ("404", "4XX", "503")}


def paths(*, predict: str) -> Json:
    """Path → operations of the posted addresses; ``predict`` is the one that Vertex AI asks."""
    infer = _posted("Infer", _inference_request(), _inference_response(), _object(REFUSED))
    predicted = _posted("Predict", _instances(), _predictions(), PROBLEM, kind="application/problem+json")
    v1 = _posted("Predict, as KServe V1", _instances(), _predictions(), _object(REFUSED))
    model, version = _named("name"), _named("name", "version")
    return {
        "/v2/models/{name}/infer": {"post": {**infer, "operationId": "infer", "parameters": model}},
        "/v2/models/{name}/versions/{version}/infer": {
            "post": {**infer, "operationId": "infer_version", "parameters": version}
        },
        "/v1/models/{name}:predict": {"post": {**v1, "operationId": "predict_v1", "parameters": model}},
        "/v1/detectors/{name}/bulk": {"post": {**_bulk(), "operationId": "bulk", "parameters": model}},
        "/v1/detectors/{name}/versions/{version}/bulk": {
            "post": {**_bulk(), "operationId": "bulk_version", "parameters": version}
        },
        predict: {"post": {**predicted, "operationId": "predict"}},
        "/invocations": {"post": {**_invocations(), "operationId": "invocations"}},
    }


def _posted(summary: str, body: Json, answer: Json, refused: Json, *, kind: str = "application/json") -> Json:
    said = {status: {"description": "refused", **_content(refused, kind)} for status in STATUSES}
    return {
        "tags": ["contracts"],
        "summary": summary,
        "requestBody": {"required": True, **_content(body)},
        "responses": {"200": {"description": "an answer for every row", **_content(answer)}, **said},
    }


def _invocations() -> Json:
    """MLflow's JSON; of CSV and JSON lines there is no schema."""
    operation = _posted(
        "Score, as SageMaker and MLflow ask", _frames(), _predictions(), _object(MLFLOW_REFUSED)
    )
    other_kind = {"description": "another content type", **_content(TEXT, "text/plain")}
    lines = {kind: {"schema": TEXT} for kind in ("text/csv", "application/jsonlines")}
    operation["responses"]["200"]["content"] |= lines
    return {**operation, "responses": {**operation["responses"], "415": other_kind}}


def _bulk() -> Json:
    """Numbers as one .npy file, both ways."""
    file = {"type": "string", "format": "binary"}
    operation = _posted("Score a matrix of numbers", file, file, PROBLEM, kind="application/problem+json")
    body = {"required": True, **_content(file, "application/x-npy")}
    done = {"description": "float32[N, K]; X-Detectory-Columns names the columns"}
    done_whole = {**done, **_content(file, "application/x-npy")}
    return {**operation, "requestBody": body, "responses": {**operation["responses"], "200": done_whole}}


def _frames() -> Json:
    values = {"type": "array", "minItems": 1}
    split = _object({"columns": {"type": "array", "items": TEXT, "minItems": 1}, "data": values})
    forms = {"dataframe_split": split, "dataframe_records": values, "instances": values}
    forms["inputs"] = {"anyOf": [values, {"type": "object", "minProperties": 1}]}
    return {"oneOf": [_with_options({name: form}, params=ANY) for name, form in forms.items()]}


def _instances() -> Json:
    return _with_options({"instances": {"type": "array", "minItems": 1}}, parameters=ANY)


def _predictions() -> Json:
    said = {"error": {**TEXT, "description": "why this row is not scored"}}
    return _object({"predictions": {"type": "array", "items": {"type": "object", "properties": said}}})


def _inference_request() -> Json:
    shape = {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1}
    needed = {"name": TEXT, "shape": shape, "datatype": {"enum": [*KINDS, *BITS]}}
    tensor = _with_options({**needed, "data": {"type": "array", "minItems": 1}}, parameters=ANY)
    wanted = {"type": "array", "items": _with_options({"name": TEXT}, parameters=ANY)}
    inputs = {"type": "array", "items": tensor, "minItems": 1}
    return _with_options({"inputs": inputs}, id={"type": ["string", "null"]}, parameters=ANY, outputs=wanted)


def _inference_response() -> Json:
    numbers = {"type": "array", "items": {"type": "integer"}}
    tensor = _object({"name": TEXT, "shape": numbers, "datatype": TEXT, "data": {"type": "array"}})
    said = {"model_name": TEXT, "model_version": TEXT, "outputs": {"type": "array", "items": tensor}}
    return _with_options(said, id=TEXT)


def _named(*names: str) -> list[Json]:
    return [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]


def _content(schema: Json, kind: str = "application/json") -> Json:
    return {"content": {kind: {"schema": schema}}}


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _with_options(properties: Json, **optional: Json) -> Json:
    return {**_object(properties), "properties": {**properties, **optional}}
