"""MLflow's scoring protocol, as its own server 3.17.2 was measured to behave."""

from __future__ import annotations

import csv as table
import io
import json
from typing import Any

from detectory.conform.clauses import answered, clause, expect, expect_status
from detectory.conform.peer import Answer, NotApplicable, Peer

SERVER = "mlflow, pyfunc/scoring_server/__init__.py"
GUIDE = "mlflow.org, Deploy MLflow Model as a Local Inference Server"
PATH = "/invocations"


@clause(f"{SERVER}, /ping")
def ping(peer: Peer) -> None:
    """GET /ping answers 200."""
    expect_status(peer.get("/ping"), 200)


@clause(f"{SERVER}, /health")
def health(peer: Peer) -> None:
    """GET /health answers 200."""
    expect_status(peer.get("/health"), 200)


@clause(f"{SERVER}, /version")
def version(peer: Peer) -> None:
    """GET /version answers with a version as text."""
    answer = peer.get("/version")
    expect_status(answer, 200)
    expect(answer.body[:1].isdigit(), f"it answers {answer.body[:40]!r}")


@clause(f"{GUIDE}, dataframe_split")
def dataframe_split(peer: Peer) -> None:
    """{"dataframe_split": {"columns", "data"}} is answered."""
    rows = _records(peer)
    split = {"columns": list(rows[0]), "data": [list(row.values()) for row in rows]}
    _expect_predictions(peer, {"dataframe_split": split})


@clause(f"{GUIDE}, dataframe_records")
def dataframe_records(peer: Peer) -> None:
    """{"dataframe_records": [{…}]} is answered."""
    _expect_predictions(peer, {"dataframe_records": _records(peer)})


@clause(f"{GUIDE}, instances")
def instances(peer: Peer) -> None:
    """{"instances": […]} is answered."""
    _expect_predictions_of_tensors(peer, {"instances": peer.example.rows})


@clause(f"{GUIDE}, inputs")
def inputs(peer: Peer) -> None:
    """{"inputs": {column: […]}} is answered."""
    rows = _records(peer)
    _expect_predictions_of_tensors(peer, {"inputs": {name: [row[name] for row in rows] for name in rows[0]}})


@clause(f"{GUIDE}, CSV")
def csv(peer: Peer) -> None:
    """CSV with a header is answered with JSON."""
    rows, text = _records(peer), io.StringIO()
    writer = table.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    answer = peer.post(PATH, text.getvalue().encode(), "text/csv")
    expect_status(answer, 200)
    answer.json()


@clause(f"{SERVER}, predictions")
def predictions(peer: Peer) -> None:
    """The answer is {"predictions": […]} with one entry a row."""
    found = answered(_usual(peer)).get("predictions")
    expect(isinstance(found, list), "there is no such list")
    sent = len(peer.example.rows)
    expect(len(found) == sent, f"{sent} rows were sent, {len(found)} predictions came")


@clause(f"{SERVER}, params")
def params(peer: Peer) -> None:
    """The object 'params' may stand beside the rows."""
    answered(_usual(peer))
    expect_status(peer.post_json(PATH, {**_document(peer), "params": {}}), 200)


@clause(f"{SERVER}, content type parameters")
def charset(peer: Peer) -> None:
    """The parameter charset=utf-8 of the content type does no harm."""
    answered(_usual(peer))
    body = json.dumps(_document(peer)).encode()
    expect_status(peer.post(PATH, body, "application/json; charset=utf-8"), 200)


@clause(f"{SERVER}, unsupported content type")
def unknown_kind(peer: Peer) -> None:
    """Another content type is answered with 415."""
    expect_status(peer.post(PATH, b"x", "application/x-conform"), 415)


@clause(f"{SERVER}, unsupported content type")
def no_kind(peer: Peer) -> None:
    """A body without a content type is not answered with 200."""
    answer = peer.post(PATH, json.dumps(_document(peer)).encode(), "")
    expect(answer.status >= 400, f"answered {answer.status}")  # MLflow itself: 500


@clause(f"{SERVER}, content type parameters")
def other_charset(peer: Peer) -> None:
    """Another charset than UTF-8 is answered with 415."""
    body = json.dumps(_document(peer)).encode()
    expect_status(peer.post(PATH, body, "application/json; charset=utf-16"), 415)


@clause(f"{SERVER}, malformed input")
def bare_list(peer: Peer) -> None:
    """A bare list is answered with 400, BAD_REQUEST."""
    _expect_error(peer.post_json(PATH, peer.example.rows), "BAD_REQUEST")


@clause(f"{SERVER}, malformed input")
def two_forms(peer: Peer) -> None:
    """Two of the four forms at once are answered with 400, BAD_REQUEST."""
    document = {"instances": peer.example.rows, "inputs": peer.example.rows}
    _expect_error(peer.post_json(PATH, document), "BAD_REQUEST")


@clause(f"{SERVER}, malformed input")
def malformed(peer: Peer) -> None:
    """A body that is no JSON is answered with 400, BAD_REQUEST."""
    _expect_error(peer.post(PATH, b'{"instances": ['), "BAD_REQUEST")


def _records(peer: Peer) -> list[dict[str, Any]]:
    rows = peer.example.rows
    if not rows or not all(isinstance(row, dict) and row.keys() == rows[0].keys() for row in rows):
        raise NotApplicable("the rows of the example have no named columns")
    return rows


def _document(peer: Peer) -> dict[str, Any]:
    """The rows in the form that they fit: named columns as records, anything else as instances."""
    rows = peer.example.rows
    is_named = all(isinstance(row, dict) for row in rows)
    return {"dataframe_records": rows} if is_named else {"instances": rows}


def _usual(peer: Peer) -> Answer:
    return peer.post_json(PATH, _document(peer))


def _expect_predictions(peer: Peer, document: dict[str, Any]) -> None:
    expect_status(peer.post_json(PATH, document), 200)


def _expect_predictions_of_tensors(peer: Peer, document: dict[str, Any]) -> None:
    """The forms for tensors, which a model of tables need not take."""
    answer = peer.post_json(PATH, document)
    if answer.status == 400 and b"INVALID_PARAMETER_VALUE" in answer.body:
        raise NotApplicable("the model takes no tensors")
    expect_status(answer, 200)


def _expect_error(answer: Answer, code: str) -> None:
    expect_status(answer, 400)
    told = answer.json()
    found = told.get("error_code") if isinstance(told, dict) else None
    expect(found == code and isinstance(told.get("message"), str), f"the error_code is {found!r}")
