"""The door in front of the app: what a caller meets, and what is told of him to nobody."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from detectory.apikey import digest_of
from detectory.serve.app import create_app
from detectory.serve.gate import Gate
from detectory.serve.logs import JsonLines
from detectory.serve.predictor import Predictor
from detectory.serve.sparse import Sparse
from detectory.settings import Admission, Limits, Serving
from tests.serve.conftest import asking
from tests.serve.gates import Shelf, gate_of
from tests.serve.test_bad_input import assert_is_a_problem

URL = "/v1/detectors/dga/score"
ROW = {"rows": [{"domain": "a.com"}]}
LARGE = {"rows": [{"domain": f"name-{number}.example.com"} for number in range(9_000)]}
Ask = Callable[..., httpx.Response]


def app_of(predictor: Predictor, gate: Gate) -> Ask:
    return asking(create_app(predictor, serving=Serving(), version="0", gate=gate))


def showing(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def test_without_a_key_the_answer_says_that_one_is_needed(predictor: Predictor) -> None:
    shelf = Shelf()
    text = shelf.add("predict")
    ask = app_of(predictor, gate_of(shelf))

    assert_is_a_problem(ask("POST", URL, json=ROW), 401, "E2012")
    assert_is_a_problem(
        ask("POST", URL.replace("score", "explain"), json=ROW, headers=showing(text)), 403, "E2013"
    )
    assert ask("POST", URL, json=ROW, headers=showing(text)).status_code == 200


def test_every_answer_says_what_is_left_of_the_limit(predictor: Predictor) -> None:
    shelf = Shelf()
    headers = showing(shelf.add("predict"))
    ask = app_of(predictor, gate_of(shelf, limits=Limits(keyed=10)))

    answer = ask("POST", URL, json={"rows": ROW["rows"] * 4}, headers=headers)
    assert (answer.status_code, answer.headers["ratelimit-policy"]) == (200, '"key";q=10;w=60')
    assert answer.headers["ratelimit"] == '"key";r=6;t=24'
    assert ask("GET", "/v1/version", headers=headers).headers["ratelimit"].startswith('"key";r=5;')

    refused = ask("POST", URL, json={"rows": ROW["rows"] * 7}, headers=headers)
    assert_is_a_problem(refused, 429, "E7011")
    assert 12 < int(refused.headers["retry-after"]) <= 18  # four are left, and seven are asked for again
    assert len(refused.headers.get_list("ratelimit")) == 1
    assert refused.headers["ratelimit"].startswith('"key";r=0;t=')


def test_a_large_body_costs_its_rows_too(predictor: Predictor) -> None:
    shelf = Shelf()
    headers = showing(shelf.add("predict"))
    ask = app_of(predictor, gate_of(shelf, limits=Limits(keyed=100)))

    assert_is_a_problem(ask("POST", URL, json=LARGE, headers=headers), 429, "E7011")


def test_what_finds_no_room_is_refused_at_once_and_what_had_room_is_answered(predictor: Predictor) -> None:
    admission = Admission(bulk=1, queue=0)
    app = create_app(predictor, serving=Serving(), version="0", gate=Gate(admission=admission))

    async def both() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await asyncio.gather(*(client.post(URL, json=LARGE) for _ in range(2)))

    first, second = sorted(asyncio.run(both()), key=lambda answer: answer.status_code)

    assert first.status_code == 200
    assert_is_a_problem(second, 503, "E7012")
    assert second.headers["retry-after"] == "1"
    assert (
        'detectory_overload_total{bulkhead="bulk",reason="queue_full"} 1.0'
        in asking(app)("GET", "/metrics").text
    )


def test_a_caller_may_shorten_the_time_that_he_waits(predictor: Predictor) -> None:
    ask = app_of(predictor, Gate())

    late = ask("POST", URL, json=LARGE, headers={"x-request-timeout": "0.0001"})

    assert_is_a_problem(late, 503, "E7013")
    assert ask("POST", URL, json=ROW, headers={"x-request-timeout": "0.0001"}).status_code == 200


def test_neither_a_key_nor_its_digest_is_told_to_anybody(predictor: Predictor) -> None:
    log = io.StringIO()  # ours: the client of this test logs its own addresses
    handler = logging.StreamHandler(log)
    handler.setFormatter(JsonLines())
    logging.getLogger("detectory").addHandler(handler)
    shelf = Shelf()
    text = shelf.add("predict")
    wrong = text[:16] + "_SENTINEL" + "x" * 34
    ask = app_of(predictor, gate_of(shelf))
    said: list[Any] = []
    try:
        for shown in (text, wrong, f"{text}\t", "SENTINEL"):
            headers = showing(shown)
            for path in (URL, "/metrics", "/nowhere", f"/v1/detectors?key={text}"):
                said.append(ask("POST", path, json=ROW, headers=headers))
                said.append(ask("GET", path, headers={"authorization": shown}))
    finally:
        logging.getLogger("detectory").removeHandler(handler)

    assert log.getvalue()
    told = log.getvalue() + json.dumps([[one.text, dict(one.headers)] for one in said])
    for secret in (text.split("_", 2)[2], "SENTINEL", digest_of(text)):
        assert secret not in told


@pytest.mark.parametrize("limit", [0, 1])
def test_the_quick_start_on_a_laptop_is_never_slowed_down(predictor: Predictor, limit: int) -> None:
    ask = app_of(predictor, Gate(limits=Limits(anonymous=limit, keyed=limit)))

    assert {ask("POST", URL, json=ROW).status_code for _ in range(30)} == {200}


def test_where_there_is_no_room_a_large_body_is_not_even_read(predictor: Predictor) -> None:
    gate = Gate(admission=Admission(bulk=1, explain=1, queue=0))
    app = create_app(predictor, serving=Serving(), version="0", gate=gate)
    assert gate.bulkheads.bulk.take()
    assert gate.bulkheads.explain.take()

    async def told(path: str, length: int) -> int:
        said = list[Any]()

        async def never() -> Any:
            pytest.fail("the body is read")

        async def send(message: Any) -> None:
            said.append(message)

        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % length)]
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
        await app(scope, never, send)
        return int(said[0]["status"])

    assert asyncio.run(told(URL, 9_000)) == 503
    assert asyncio.run(told(URL.replace("score", "explain"), 100)) == 503
    assert asking(app)("POST", URL, json=ROW).status_code == 200


def test_of_what_is_turned_away_by_the_thousand_one_a_second_is_logged(
    predictor: Predictor, caplog: pytest.LogCaptureFixture
) -> None:
    public, now = Serving(host="0.0.0.0", insecure=True), [100.0]
    gate = Gate(public, limits=Limits(anonymous=1))
    app = create_app(predictor, serving=public, version="0", gate=gate)
    app.score._sparse = Sparse(clock=lambda: now[0])
    ask = asking(app)

    for _ in range(20):
        ask("POST", URL, json=ROW)
    now[0] += 1
    ask("POST", URL, json=ROW)
    ask("GET", "/nowhere")

    told = [(one.facts["status"], one.facts.get("unsaid")) for one in caplog.records if hasattr(one, "facts")]
    assert told == [(429, None), (429, 18), (404, None)]


def test_of_far_too_many_at_once_some_are_answered_the_rest_told_to_come_back_and_then_all_is_as_before(
    predictor: Predictor,
) -> None:
    gate = Gate(admission=Admission(bulk=2, queue=4, queue_ms=60_000, deadline_ms=60_000))
    app = create_app(predictor, serving=Serving(), version="0", gate=gate)

    async def at_once(count: int) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await asyncio.gather(*(client.post(URL, json=LARGE) for _ in range(count)))

    answers = asyncio.run(at_once(40))

    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.status_code for answer in answers} == {200, 503}
    assert len(answers) - len(refused) >= 6  # those at work and those that could wait
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert (gate.bulkheads.bulk.taken, gate.bulkheads.bulk.waiting) == (0, 0)
    assert asking(app)("POST", URL, json=LARGE).status_code == 200
