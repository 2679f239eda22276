"""The lane answers what the long way answers, byte for byte, and whatever is unusual goes the long way."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import generate_latest

from detectory.serve.app import App, create_app
from detectory.serve.gate import Gate
from detectory.serve.lane import Lane
from detectory.serve.predictor import Predictor
from detectory.serve.protocol import Connection
from detectory.settings import Admission, Serving
from tests.serve.gates import Shelf, gate_of
from tests.serve.test_bad_input import NOT_JSON
from tests.serve.wire import JSON, answers, hung_up, in_turn, request, statuses

URL = "/v1/detectors/%s/score"
DGA: list[Any] = [
    {"rows": [{"domain": "google.com"}]},
    {"rows": [{"domain": "xjwq3kzpt1vbnm.com"}, {"domain": "not a name"}, {"domain": "bücher.example"}]},
    {"rows": [{"domain": "a b"}]},
    {"rows": [{"domain": ""}] * 3},
    {"rows": [{"domain": "a" * 4000}]},
    {"rows": []},
    {"rows": [{}]},
    {"rows": [{"domain": 3}]},
    {"rows": [{"domain": None}]},
    {"rows": [{"domain": "a.com", "more": 1}]},
    {"rows": {"domain": "a.com"}},
    {"rows": [[["a.com"]]]},
    {"row": []},
    {},
    [],
    "a.com",
    None,
]
FLOW: list[Any] = [
    {"rows": [{"seconds": 0.5, "packets": 3}]},
    {"rows": [{"seconds": 0.5, "packets": 3, "id.port": 23}, {"seconds": 1, "packets": -3}]},
    {"rows": [{"bytes": 400, "anything": "else"}]},
    {"rows": [{"bytes": 1 << 63}]},
    {"rows": [{"bytes": 1.5}]},
    {"rows": [{"bytes": -1}]},
    {"rows": [{"seconds": "0.5", "packets": 3}]},
]
HEADS: list[dict[str, str]] = [
    JSON,
    {"Content-Type": "Application/JSON; charset=utf-8"},
    {**JSON, "connection": "close"},
    {**JSON, "x-request-id": "job/7"},
    {**JSON, "x-request-id": "a" * 65},
    {**JSON, "content-encoding": "gzip"},
    {**JSON, "content-encoding": "identity"},
    {**JSON, "expect": "100-continue"},
    {**JSON, "upgrade": "h2c", "connection": "upgrade"},
    {"content-type": "text/csv"},
    {},
]
TARGETS = ["dga", "flow", "dag", "dga/versions/1", "dga/versions/2", "d%67a"]


def scoring(
    body: bytes, *, target: str = "dga", method: str = "POST", http: str = "1.1", **headers: str
) -> bytes:
    """A request for scores."""
    return request(body, path=URL % target, method=method, http=http, **headers)


def corpus() -> list[bytes]:
    """Good, bad and hostile requests."""
    dga = [json.dumps(body).encode() for body in DGA] + list(NOT_JSON.values())
    flow = [json.dumps(body).encode() for body in FLOW]
    good = dga[0]
    return [
        *(scoring(body, **JSON) for body in dga),
        *(scoring(body, target="flow", **JSON) for body in [*flow, *dga]),
        *(scoring(body, **head) for head in HEADS for body in dga[:3]),
        *(scoring(body, target=target, **JSON) for target in TARGETS for body in (good, flow[0], b"{")),
        *(scoring(good, method=method, **JSON) for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH")),
        *(scoring(good, http="1.0", **JSON, connection=kept) for kept in ("close", "keep-alive")),
        *(damaged(good, at) for at in range(150)),
        scoring(good + b" " * 9000, **JSON),
        scoring(good, **JSON, **{f"x-{at}": "1" for at in range(120)}),
        scoring(good, **JSON, cookie="a" * 40_000),
        scoring(b"", **JSON, **{"transfer-encoding": "chunked", "content-length": "5"}),
    ]


def damaged(body: bytes, at: int) -> bytes:
    """A request with one byte changed."""
    whole = bytearray(scoring(body, **JSON))
    whole[at] ^= 0x15  # letters to others, a line end to a control character
    return bytes(whole)


class LongWay(Lane):
    """No lane."""

    def __init__(self) -> None:
        pass

    def take(self, connection: Connection) -> None:
        return None


@pytest.fixture
def both(predictor: Predictor) -> tuple[App, App]:
    """Two apps over one predictor: with the lane, and without."""
    return pair(predictor, Gate)


def pair(predictor: Predictor, gate: Callable[[], Gate]) -> tuple[App, App]:
    quick, slow = (create_app(predictor, serving=Serving(), version="0", gate=gate()) for _ in range(2))
    slow.house = replace(slow.house, lane=LongWay())
    return quick, slow


def test_who_shows_no_key_or_a_wrong_one_is_refused_alike_either_way(predictor: Predictor) -> None:
    shelf = Shelf()
    may, may_not, unknown = shelf.add("predict"), shelf.add("metrics"), "dk_0123456789ab_" + "x" * 43
    good = json.dumps(DGA[0]).encode()
    shown = [*(f"Bearer {text}" for text in (may, may_not, unknown)), "Basic YTpi", ""]
    requests = [scoring(good, **JSON, authorization=text) for text in shown] + [scoring(good, **JSON)]

    quick, slow = (asyncio.run(answers(app, requests)) for app in pair(predictor, lambda: gate_of(shelf)))

    assert quick == slow
    assert [statuses(answer)[0] for answer in quick] == [200, 403, 401, 401, 401, 401]


def test_who_finds_no_room_waits_for_a_turn(predictor: Predictor) -> None:
    narrow = Gate(admission=Admission(in_flight=1, queue_ms=20_000))
    good = scoring(json.dumps(DGA[0]).encode(), **JSON)

    found = asyncio.run(answers(pair(predictor, lambda: narrow)[0], [good] * 40, silence_s=20, at_once=40))

    assert {statuses(answer)[0] for answer in found} == {200}
    assert (narrow.bulkheads.small.taken, narrow.bulkheads.small.waiting) == (0, 0)


def test_every_request_is_answered_with_the_same_bytes_either_way(both: tuple[App, App]) -> None:
    requests = corpus()
    quick, slow = (list(map(unnamed, asyncio.run(answers(app, requests)))) for app in both)

    assert len(requests) > 200
    assert quick == slow
    assert {answer[9:12] for answer in quick} >= {b"200", b"400", b"404", b"405", b"415", b"422", b"431"}
    assert counted(both[0]) == counted(both[1])


def unnamed(answer: bytes) -> bytes:
    """An answer without the random id that it got where the caller's own was not sane."""
    return re.sub(rb"\b[0-9a-f]{16}\b", b"random", answer)


def counted(app: App) -> list[str]:
    """Every count of an app, less times."""
    lines = generate_latest(app.house.numbers.registry).decode().splitlines()
    return [line for line in lines if "_total{" in line or "seconds_count" in line]


def test_pipelined_requests_are_answered_in_their_order(both: tuple[App, App]) -> None:
    names = ["a.com", "b.com", "c.com"]
    bodies = [json.dumps({"rows": [{"domain": name}]}).encode() for name in names]
    at_once = [scoring(body, **JSON) for body in bodies] + [scoring(b"{", **JSON, connection="close")]

    (told,) = asyncio.run(answers(both[0], [b"".join(at_once)], count=4))

    assert [told.index(name.encode()) for name in names] == sorted(
        told.index(name.encode()) for name in names
    )
    assert told.count(b"HTTP/1.1 200") == 3
    assert told.rindex(b"HTTP/1.1 400") > told.index(b"c.com")


def test_a_connection_serves_many_requests(both: tuple[App, App]) -> None:
    good = scoring(json.dumps(DGA[0]).encode(), **JSON)

    found = asyncio.run(in_turn(both[0], [good] * 20))

    assert len(set(found)) == 1
    assert found[0].startswith(b"HTTP/1.1 200")


def test_a_caller_who_hangs_up_is_counted_as_gone(both: tuple[App, App]) -> None:
    good = scoring(json.dumps(DGA[0]).encode(), **JSON)

    asyncio.run(hung_up(both[0], good[:-5]))

    assert any('status="499"' in line for line in counted(both[0]))
