"""Over the wire, whatever comes: no answer of 5xx, save that there is no room; and the server lives on."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from prometheus_client import generate_latest

from detectory.serve.app import App, create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.killers import LITERALS
from tests.serve.wire import JSON, answers, request, statuses

SCORE, INFER, INVOKED = "/v1/detectors/%s/score", "/v2/models/%s/infer", "/invocations"
ASKED = {
    SCORE % "dga": '{"rows":[{"domain":VALUE}]}',
    SCORE % "flow": '{"rows":[{"seconds":VALUE,"packets":VALUE}]}',
    INFER % "dga": '{"inputs":[{"name":"domain","datatype":"BYTES","shape":[1],"data":[VALUE]}]}',
    INFER % "flow": '{"inputs":[{"name":"bytes","datatype":"INT64","shape":[1],"data":[VALUE]}]}',
    INVOKED: '{"dataframe_split":{"columns":["domain"],"data":[[VALUE]]},"params":{"detector":"dga"}}',
}
READ = ("/livez", "/readyz", "/metrics", "/v1/detectors", "/openapi.json", "/v2", "/ping", "/docs", "/")
COUNT = "detectory_http_requests_total"
MOST = 400  # connections at once


@pytest.fixture
def app(predictor: Predictor) -> App:
    return create_app(predictor, serving=Serving(), version="0")


def scoring(value: str) -> list[bytes]:
    """A value where each contract takes one: text for dga, a number for flow."""
    bodies = {path: body.replace("VALUE", value).encode() for path, body in ASKED.items()}
    return [request(body, path=path, **JSON) for path, body in bodies.items()]


def test_no_known_killer_kills(app: App) -> None:
    requests = [said for value in LITERALS for said in scoring(value)]

    found = asyncio.run(answers(app, requests, silence_s=20, at_once=50))

    assert len(LITERALS) > 150
    assert {len(statuses(answer)) for answer in found} == {1}
    assert {statuses(answer)[0] for answer in found} <= {200, 400, 413, 422}


@pytest.mark.soak
def test_no_mutated_request_is_answered_with_5xx(app: App, tenth: Callable[[int], int]) -> None:
    requests = list(mutated(tenth(10_000), seed=0))

    found = asyncio.run(answers(app, requests, silence_s=1.0, at_once=MOST))
    (after,) = asyncio.run(answers(app, scoring('"google.com"')[:1]))

    seen = Counter(status for answer in found for status in statuses(answer))
    assert not [status for status in seen if status >= 500 and status != 503]
    assert not failed(app)
    assert seen[200] > len(requests) / 100
    assert sum(seen.values()) > len(requests) / 2
    assert statuses(after) == [200]


def failed(app: App) -> list[str]:
    """The counts of requests that were answered with 500, whether or not somebody read that."""
    lines = generate_latest(app.house.numbers.registry).decode().splitlines()
    return [line for line in lines if line.startswith(COUNT) and 'status="500"' in line]


def mutated(count: int, *, seed: int) -> Iterator[bytes]:
    """Whole requests with a few bytes flipped, cut out, doubled, put in, or taken from another one."""
    chance = random.Random(seed)
    whole = [*scoring('"google.com"'), *scoring("3"), *others()]
    for _ in range(count):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.choice([1, 1, 1, 2, 4, 8])):
            at, length = chance.randrange(len(data) + 1), chance.choice([1, 1, 2, 8, 40])
            match chance.randrange(5):
                case 0:
                    data[at : at + 1] = bytes([chance.randrange(256)])
                case 1:
                    del data[at : at + length]
                case 2:
                    data[at:at] = data[at : at + length] * chance.choice([1, 2, 50])
                case 3:
                    data[at:at] = chance.randbytes(length)
                case 4:
                    other = chance.choice(whole)
                    data[at : at + length] = other[at : at + length]
        yield bytes(data)


def others() -> Iterator[bytes]:
    """Requests of other kinds: without a body, in chunks, pipelined, with strange heads."""
    for path in READ:
        yield request(b"", path=path, method="GET")
    good = b'{"rows":[{"domain":"google.com"}]}'
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(good), good)
    chunked = request(b"", path=SCORE % "dga", **JSON, **{"transfer-encoding": "chunked"})
    yield chunked.replace(b"content-length: 0\r\n", b"") + chunks
    yield request(good, path=SCORE % "dga", **JSON) * 3
    yield request(good, path=SCORE % "dga", **JSON, expect="100-continue", connection="close")
    yield request(good, path=SCORE % "dga/versions/1", **JSON, **{"x-request-timeout": "0.5"})
    yield request(b"a.com\nb.com\n", path=INVOKED, **{"content-type": "text/csv", "accept": "text/csv"})
    explained = json.dumps({"rows": [{"domain": "google.com"}]}).encode()
    yield request(explained, path="/v1/detectors/dga/explain", **JSON)
