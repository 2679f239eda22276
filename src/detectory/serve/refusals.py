"""How other contracts say no: the same errors, in the words of whoever's address was asked.

Comes in: an error of `detectory.errors` and the path of the request. Goes out: a body, a status and a
content type; None where the contract is our own. Never: a value of the request, which MLflow's own server
repeats in its message.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from detectory.errors import DetectoryError, UnsupportedContent

Refusal = tuple[bytes, int, str]
JSON = "application/json"
#: mlflow.protos.databricks_pb2.ErrorCode by HTTP status
MLFLOW_CODES = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "RESOURCE_DOES_NOT_EXIST",
    429: "REQUEST_LIMIT_EXCEEDED",
    500: "INTERNAL_ERROR",
    503: "TEMPORARILY_UNAVAILABLE",
}


def of_path(path: str) -> Callable[[DetectoryError], Refusal] | None:
    """How the contract of an address refuses; None for our own.

    >>> of_path("/v1/detectors/dga/score") is None
    True
    """
    if path == "/v2" or path.startswith(("/v2/", "/v1/models")):
        return open_inference
    return mlflow if path == "/invocations" else None


def open_inference(error: DetectoryError) -> Refusal:
    """``{"error": …}``; invalid input is 400 (KServe ``errors.py``).

    >>> from detectory.errors import RequestInvalid
    >>> open_inference(RequestInvalid(pointer="/inputs/0", why="no door has 3 fields"))[:2]
    (b'{"error":"E4031 ...: /inputs/0: no door has 3 fields"}', 400)
    """
    return msgspec.json.encode({"error": sentence(error)}), _status(error), JSON


def mlflow(error: DetectoryError) -> Refusal:
    """``{"error_code", "message"}``, and plain text for another content type (measured on 3.17.2)."""
    if isinstance(error, UnsupportedContent):
        return sentence(error).encode(), error.status, "text/plain"
    return msgspec.json.encode({"error_code": _code(error), "message": sentence(error)}), _status(error), JSON


def sentence(error: DetectoryError) -> str:
    """Code, what, where in the body, and why."""
    pointers = [fault["pointer"] for fault in error.members.get("errors", [])[:1]]
    return ": ".join(filter(None, (f"{error.code} {error.what}", *pointers, error.why)))


def _status(error: DetectoryError) -> int:
    return 400 if error.status == 422 else error.status


def _code(error: DetectoryError) -> str:
    """A row that does not fit is a wrong parameter, a body that is no request at all a bad one."""
    is_about_a_row = any(fault["pointer"] for fault in error.members.get("errors", []))
    refused = "INVALID_PARAMETER_VALUE" if is_about_a_row else "BAD_REQUEST"
    return MLFLOW_CODES.get(error.status, refused)
