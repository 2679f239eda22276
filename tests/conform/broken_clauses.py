"""For every clause of a contract the fault that breaks it, and it alone."""

from __future__ import annotations

import math
from collections.abc import Callable

from detectory.conform.peer import Started
from tests.conform.faults import (
    Fault,
    Json,
    Request,
    accepting,
    at,
    edited,
    headed,
    holding,
    lacking,
    late,
    saying,
    sending,
    status,
)


def _asking_for(name: str) -> Callable[[Request], bool]:
    return lambda request: name in (request.json() or {})


def _is_nested(request: Request) -> bool:
    return request.path == INFER and b"[[" in request.body


def _overflows(request: Request) -> bool:
    tensors = (request.json() or {}).get("inputs", [])
    return any(len(one["data"]) != math.prod(one["shape"]) for one in tensors if b"[[" not in request.body)


def _has_no_inputs(request: Request) -> bool:
    return request.path == INFER and request.json() is not None and "inputs" not in request.json()


def _is_single(form: str) -> Callable[[Request], bool]:
    return lambda request: isinstance(request.json(), dict) and list(request.json()) == [form]


def _sort(document: Json) -> None:
    if len(document["predictions"]) == 2:
        document["predictions"].sort(key=str)


def _double_outputs(document: Json) -> None:
    document["outputs"] *= 2


def _is_open(request: Request) -> bool:
    return request.header("content-type") == CSV and not request.body.endswith(b"\n")


def _double_long(document: Json) -> None:
    if len(document["predictions"]) > 2:
        document["predictions"] *= 2


MODEL = "/v2/models/dga"


INFER = f"{MODEL}/infer"


HEALTH, PREDICT, INVOCATIONS = "/health", "/predict", "/invocations"


CSV, JSON, LINES = "text/csv", "application/json", "application/jsonlines"


V2 = {
    "live": Fault(at("/v2/health/live"), status(503)),
    "ready": Fault(at("/v2/health/ready"), status(503)),
    "server_metadata": Fault(at("/v2"), lacking("extensions")),
    "model_metadata": Fault(at(MODEL), lacking("platform")),
    "metadata_tensors": Fault(at(MODEL), edited(lambda told: told["outputs"][0].update(datatype="STRING"))),
    "model_ready": Fault(at(f"{MODEL}/ready"), status(503)),
    "version_metadata": Fault(at(f"{MODEL}/versions/1"), edited(lambda told: told.update(name="other"))),
    "version_ready": Fault(at(f"{MODEL}/versions/1/ready"), status(503)),
    "model_list": Fault(at("/v2/models"), edited(lambda told: told["models"].clear())),
    "infer": Fault(at(INFER), lacking("model_name")),
    "output_members": Fault(at(INFER), edited(lambda told: told["outputs"][0].pop("shape"))),
    "output_shapes": Fault(at(INFER), edited(lambda told: told["outputs"][0].update(shape=[7]))),
    "output_values": Fault(at(INFER), edited(lambda told: told["outputs"][0].update(data=["a", "b"]))),
    "identifier": Fault(at(INFER), lacking("id")),
    "version_infer": Fault(
        at(f"{MODEL}/versions/1/infer"), edited(lambda told: told.update(model_version="9"))
    ),
    "nested_data": Fault(_is_nested, status(400)),
    "chosen_outputs": Fault(_asking_for("outputs"), edited(_double_outputs)),
    "parameters": Fault(holding("conform_unknown"), status(400)),
    "table": Fault(holding('"pd"'), status(400)),
    "unknown_model": Fault(at("/v2/models/conform-no-such-model/infer"), status(500)),
    "unknown_version": Fault(at(f"{MODEL}/versions/999999/infer"), saying(b"no such version")),
    "malformed": Fault(lambda request: request.body == b'{"inputs": [', status(500)),
    "no_inputs": Fault(_has_no_inputs, saying(b'{"detail": ""}')),
    "wrong_shape": Fault(_overflows, status(500)),
    "wrong_datatype": Fault(holding('"CONFORM"'), status(200)),
}


SAGEMAKER = {
    "ping": Fault(at("/ping"), status(503)),
    "ping_in_time": Fault(at("/ping"), late(seconds=3)),
    "socket_in_time": Fault(at("/ping"), late(connect_s=1)),
    "csv": Fault(sending(CSV), status(500)),
    "json": Fault(sending(JSON), status(500, where=200)),
    "json_lines": Fault(sending(LINES), status(500)),
    "accept_csv": Fault(accepting(CSV), headed(content_type="text/plain")),
    "accept_json": Fault(accepting(JSON), headed(content_type="text/plain")),
    "line_for_line": Fault(accepting(CSV), saying(b"0.5\n")),
    "last_line": Fault(_is_open, status(400)),
    "answer_in_time": Fault(at(INVOCATIONS), late(seconds=61)),
    "unknown_headers": Fault(lambda request: bool(request.header("x-conform-unknown")), status(400)),
    "custom_attributes": Fault(at(INVOCATIONS), headed(x_amzn_sagemaker_custom_attributes="x" * 1025)),
    "malformed": Fault(lambda request: request.body == b'{"instances": [', status(500)),
    "unknown_kind": Fault(lambda request: "x-conform" in request.header("content-type"), status(500)),
    "payload": Fault(lambda request: len(request.body) > 1 << 20, status(413)),
    "execution_parameters": Fault(at("/execution-parameters"), lacking("BatchStrategy")),
}


VERTEX = {
    "health": Fault(at(HEALTH), status(503)),
    "health_in_time": Fault(at(HEALTH), late(seconds=11)),
    "predict": Fault(at(PREDICT), status(500, where=200)),
    "predictions": Fault(at(PREDICT), edited(lambda told: told.update(results=told.pop("predictions")))),
    "as_many": Fault(at(PREDICT), edited(_double_long)),
    "same_order": Fault(at(PREDICT), edited(_sort)),
    "parameters": Fault(holding("conform_unknown"), status(400)),
    "json_answer": Fault(at(PREDICT), headed(content_type="text/html")),
    "payload": Fault(lambda request: len(request.body) > 1 << 20, status(413)),
    "malformed": Fault(lambda request: request.body == b'{"instances": [', status(200)),
    "no_instances": Fault(_is_single("parameters"), status(200)),
}


MLFLOW = {
    "ping": Fault(at("/ping"), status(503)),
    "health": Fault(at("/health"), status(503)),
    "version": Fault(at("/version"), saying(b"unknown")),
    "dataframe_split": Fault(_is_single("dataframe_split"), status(500)),
    "dataframe_records": Fault(_is_single("dataframe_records"), status(500, where=200)),
    "instances": Fault(_is_single("instances"), status(500)),
    "inputs": Fault(_is_single("inputs"), status(500)),
    "csv": Fault(sending(CSV), status(500)),
    "predictions": Fault(_is_single("dataframe_records"), edited(lambda told: told["predictions"].pop())),
    "params": Fault(holding('"params"'), status(400)),
    "charset": Fault(lambda request: "utf-8" in request.header("content-type"), status(415)),
    "unknown_kind": Fault(lambda request: "x-conform" in request.header("content-type"), status(400)),
    "no_kind": Fault(lambda request: bool(request.body) and not request.header("content-type"), status(200)),
    "other_charset": Fault(lambda request: "utf-16" in request.header("content-type"), status(400)),
    "bare_list": Fault(lambda request: isinstance(request.json(), list), status(500)),
    "two_forms": Fault(holding('"inputs"'), saying(b'{"error_code": "INTERNAL_ERROR", "message": ""}')),
    "malformed": Fault(lambda request: request.body == b'{"instances": [', status(422)),
}


SLOW = {
    "start_in_time": Started(241, lambda: (1, True)),
    "stop_in_time": Started(1, lambda: (31, False)),
}
