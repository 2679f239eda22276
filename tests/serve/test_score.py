"""Rows in, records out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from detectory.runtime import Scorer
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.conftest import asking

Ask = Callable[..., httpx.Response]
URL = "/v1/detectors/dga/score"
JSON = {"content-type": "application/json"}


def rows(*domains: str) -> dict[str, object]:
    return {"rows": [{"domain": domain} for domain in domains]}


def test_a_row_is_answered_with_its_fields_score_alert_label_and_version(score: Ask) -> None:
    answer = score(rows("WWW.Google.com", "x1y2z3w4.com"))

    assert answer.status_code == 200
    assert answer.json() == {
        "detector": "dga",
        "version": "1",
        "results": [
            {"domain": "WWW.Google.com", "score": 0.5, "alert": False, "label": "benign", "version": "1"},
            {
                "domain": "x1y2z3w4.com",
                "score": 0.999955,
                "alert": True,
                "label": "conficker",
                "version": "1",
            },
        ],
    }


def test_the_server_says_what_the_library_says(score: Ask, scorer: Scorer) -> None:
    domains = ["google.com", "bücher.example", "a b", "xn--bcher-kva.de", "q7w8e9r0.net", "192.168.0.1"]

    expected = scorer.score({"domain": domains}).records({"domain": domains})

    assert score(rows(*domains)).json()["results"] == expected


def test_a_version_answers_by_its_number_and_an_unknown_one_does_not(ask: Ask) -> None:
    def of(version: str) -> httpx.Response:
        path = f"/v1/detectors/dga/versions/{version}/score"
        return ask("POST", path, content=b'{"rows": [{"domain": "a.com"}]}', headers=JSON)

    assert of("1").json()["results"][0]["version"] == "1"
    refused = of("2")
    assert refused.status_code == 404
    assert refused.json()["code"] == "E6002"
    assert refused.json()["why"] == "known: 1"


def test_a_row_that_does_not_parse_keeps_its_place_and_says_why(score: Ask) -> None:
    answer = score(rows("google.com", "not a name", "bbc.co.uk")).json()["results"]

    assert [row["label"] for row in answer] == ["benign", None, "benign"]
    assert answer[1] == {
        "domain": "not a name",
        "score": None,
        "alert": None,
        "label": None,
        "version": "1",
        "error": "bad_character",
    }


def test_ten_thousand_rows_are_answered_in_order(score: Ask) -> None:
    domains = [f"name{number}.com" for number in range(10_000)]

    answer = score(rows(*domains)).json()["results"]

    assert [row["domain"] for row in answer] == domains


def test_numbers_are_taken_as_they_are_declared(score: Ask) -> None:
    answer = score(
        {"rows": [{"seconds": 1, "packets": 500}, {"seconds": 0.5, "packets": -1}]}, detector="flow"
    )

    assert [row["label"] for row in answer.json()["results"]] == ["odd", None]
    assert answer.json()["results"][1]["error"] == "negative"


def test_each_door_of_a_detector_is_open(score: Ask) -> None:
    answer = score({"rows": [{"bytes": 40}, {"bytes": 500}]}, detector="flow")

    assert [row["label"] for row in answer.json()["results"]] == ["usual", "odd"]


def test_an_optional_field_may_be_absent_null_or_said(score: Ask) -> None:
    flow = {"seconds": 1, "packets": 5}
    answer = score({"rows": [flow, flow | {"id.port": None}, flow | {"id.port": 23}]}, detector="flow")

    assert [row["id.port"] for row in answer.json()["results"]] == [None, None, 23]


def test_an_open_door_lets_other_members_pass_unread(score: Ask) -> None:
    answer = score({"rows": [{"bytes": 500, "uid": "C1"}]}, detector="flow")

    assert answer.json()["results"][0] == {
        "bytes": 500, "score": 0.993307, "alert": True, "label": "odd", "version": "1",
    }  # fmt: skip


def test_the_callers_request_id_comes_back(score: Ask) -> None:
    assert score(rows("a.com"), **{"x-request-id": "job-7.2"}).headers["x-request-id"] == "job-7.2"


@pytest.mark.parametrize("hostile", ["a b", "x" * 65, "a\x7fb", "<script>", ""])
def test_a_hostile_request_id_is_replaced(score: Ask, hostile: str) -> None:
    assert score(rows("a.com"), **{"x-request-id": hostile}).headers["x-request-id"].isalnum()


def test_a_content_type_with_a_charset_is_json_too(score: Ask) -> None:
    assert score(rows("a.com"), **{"content-type": "Application/JSON; charset=utf-8"}).status_code == 200


def test_a_body_in_chunks_is_put_together(ask: Ask) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for byte in json.dumps(rows("google.com")).encode():
            yield bytes([byte])

    assert ask("POST", URL, content=chunks(), headers=JSON).json()["results"][0]["label"] == "benign"


def test_an_endless_body_is_refused_as_soon_as_the_limit_is_passed(predictor: Predictor) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 1024

    app = create_app(predictor, serving=Serving(max_body_bytes=10_000), version="0")
    answer = asking(app)("POST", URL, content=endless(), headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "E4033")
    assert answer.headers["connection"] == "close"
    assert sent <= 11


def test_a_caller_that_hangs_up_gets_no_answer_and_is_counted(app: FastAPI, ask: Ask) -> None:
    said: list[Message] = []
    parts: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        said.append(message)

    headers = [(b"content-type", b"application/json")]
    asyncio.run(app({"type": "http", "method": "POST", "path": URL, "headers": headers}, receive, send))

    assert said == []
    assert 'route="/v1/detectors/{name}/score",status="499"' in ask("GET", "/metrics").text


def test_many_callers_at_once_get_their_own_answers(app: FastAPI) -> None:
    async def many() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            bodies = [rows(*[f"caller{number}.com"] * (1 + 299 * (number % 2))) for number in range(40)]
            return await asyncio.gather(*(client.post(URL, json=body) for body in bodies))

    for number, answer in enumerate(asyncio.run(many())):
        assert {row["domain"] for row in answer.json()["results"]} == {f"caller{number}.com"}


def test_the_probe_is_answered_while_a_large_batch_is_scored(app: FastAPI) -> None:
    done: list[str] = []

    async def ask(client: httpx.AsyncClient, method: str, path: str, body: object) -> None:
        await client.request(method, path, json=body)
        done.append(path)

    async def both() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            large = asyncio.create_task(ask(client, "POST", URL, rows(*["google.com"] * 10_000)))
            await asyncio.sleep(0)  # the large one goes first
            await asyncio.gather(large, ask(client, "GET", "/livez", None))

    asyncio.run(both())

    assert done == ["/livez", URL]
