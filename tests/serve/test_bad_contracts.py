"""Whatever is sent to a contract's address, the answer is a success or a refusal: never a 5xx."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.serve.conftest import Ask

JSON, CSV, LINES, NPY = "application/json", "text/csv", "application/jsonlines", "application/x-npy"
SPLIT = {"dataframe_split": {"columns": ["domain"], "data": [["a.com"], ["b.com"]]}}
TENSOR = {"name": "domain", "datatype": "BYTES", "shape": [2, 1], "data": [["a.com"], ["b.com"]]}
VALUES = (None, True, -1, 0, 1 << 70, 1.5, 1e308, "", "a\x00b", "é" * 300, [], {}, [[]], {"": 1}, [{}] * 9)
MARKS = (b'"', b"[", b"]", b"{", b",", b"-", b"1e999", b"\n", b"\xff")


def npy(rows: list[list[float]]) -> bytes:
    out = io.BytesIO()
    np.save(out, np.array(rows))
    return out.getvalue()


DOCUMENTS: list[tuple[str, Any]] = [
    ("/v2/models/dga/infer", {"id": "1", "inputs": [TENSOR], "outputs": [{"name": "score"}]}),
    ("/invocations", {**SPLIT, "params": {"detector": "dga"}}),
    ("/invocations", {"inputs": {"domain": ["a.com", "b.com"]}, "params": {"detector": "dga"}}),
    ("/invocations", {"dataframe_records": [{"domain": "a.com"}], "params": {"detector": "dga"}}),
    ("/predict", {"instances": [{"seconds": 1, "packets": 5}], "parameters": {"detector": "flow"}}),
    ("/v1/models/flow:predict", {"instances": [[0.5, 5, 23], {"bytes": 4}, 7]}),
]
BODIES = [
    *((path, JSON, json.dumps(document).encode()) for path, document in DOCUMENTS),
    ("/invocations", CSV, b'0.5,5,23\n1,"7",\r\n'),
    ("/invocations", LINES, b'{"bytes": 5}\n[1, 2, 3]\n7\n'),
    ("/v1/detectors/flow/bulk", NPY, npy([[1.0, 5.0, 23.0]])),
]
NAMED = {"x-amzn-sagemaker-custom-attributes": "detector=flow"}


def spoiled(body: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, doubled, put in or taken out."""
    data = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
            case 1:
                del data[at : at + chance.randint(1, 20)]
            case 2:
                data[at : at + 1] = chance.choice(MARKS)
            case 3:
                data[at:at] = data[at : at + 30]
    return bytes(data)


def bent(document: Any, chance: random.Random) -> Any:
    """The document with another value somewhere in it."""
    if not isinstance(document, dict | list) or not document or chance.random() < 0.2:
        return chance.choice(VALUES)
    changed = document.copy()
    at = chance.choice(list(changed) if isinstance(changed, dict) else range(len(changed)))
    changed[at] = bent(changed[at], chance)
    return changed


def requests(count: int) -> Iterator[tuple[str, str, bytes]]:
    """The same ones each time."""
    chance = random.Random(7)
    for _ in range(count // 2):
        path, kind, body = chance.choice(BODIES)
        yield path, kind, spoiled(body, chance)
        path, document = chance.choice(DOCUMENTS)
        yield path, JSON, json.dumps(bent(document, chance)).encode()


@pytest.mark.soak
def test_a_mutated_request_is_answered_or_refused(ask: Ask, tenth: Callable[[int], int]) -> None:
    statuses = set()
    for path, kind, body in requests(tenth(10_000)):
        answer = ask("POST", path, content=body, headers={**NAMED, "content-type": kind})
        assert answer.status_code < 500, (path, kind, body)
        statuses.add(answer.status_code)

    assert {200, 400} <= statuses


@pytest.mark.parametrize("path", ["/v2/models/dga/infer", "/invocations", "/predict"])
def test_a_body_that_is_too_large_is_refused_in_the_contracts_words(ask: Ask, path: str) -> None:
    headers = {"content-type": JSON, "content-length": str(1 << 40)}
    refused = ask("POST", path, content=b"{}", headers=headers)

    assert refused.status_code == 413
    assert "E4033" in refused.text
