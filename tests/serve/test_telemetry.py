"""Every number that the server promises, and no more of them than it promises."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.serve.telemetry import MOST_REASONS, Metrics
from detectory.settings import Serving
from tests import needs
from tests.serve.conftest import Ask, asking
from tests.serve.test_health import numbers

MOST_SERIES = 500
SCORE = "/v1/detectors/dga/score"


def test_problems_are_counted_by_their_code(ask: Ask, score: Ask) -> None:
    score(b"{")
    score(b"{")
    ask("GET", "/nowhere")
    counted = numbers(ask)
    assert counted['detectory_errors_total{code="E4030"}'] == 2
    assert counted['detectory_errors_total{code="E6010"}'] == 1


def test_bodies_of_another_shape_are_counted_by_detector(ask: Ask, score: Ask) -> None:
    score({"rows": [{"url": "a.com"}]})
    score({"rows": [{"domain": 7}] * 4_000})  # large enough for a thread
    score({"rows": [{"domain": "a.com"}]})
    counted = numbers(ask)
    assert counted['detectory_schema_violations_total{detector="dga"}'] == 2
    assert counted['detectory_schema_violations_total{detector="flow"}'] == 0


def test_the_lengths_of_names_and_the_time_of_calls_are_histograms(ask: Ask, score: Ask) -> None:
    score({"rows": [{"domain": name} for name in ("a.com", "exactly-16.co.uk", "x" * 60 + ".com", "")]})
    score({"rows": [{"bytes": 400}]}, detector="flow")
    counted = numbers(ask)
    lengths = 'detectory_input_characters_bucket{detector="dga",le="%s"}'
    assert [counted[lengths % bound] for bound in ("8.0", "16.0", "32.0", "64.0", "+Inf")] == [1, 2, 2, 3, 3]
    assert counted['detectory_input_characters_count{detector="flow"}'] == 0
    assert counted['detectory_inference_seconds_count{detector="flow"}'] == 1


def test_of_a_large_call_a_few_rows_tell_the_lengths(ask: Ask, score: Ask) -> None:
    score({"rows": [{"domain": "a.com"}] * 2_000})
    counted = numbers(ask)
    assert counted['detectory_rows_scored_total{detector="dga"}'] == 2_000
    assert counted['detectory_input_characters_count{detector="dga"}'] == 64


def test_probes_and_pages_share_a_histogram(ask: Ask, score: Ask) -> None:
    for path in ("/livez", "/readyz", "/docs", "/nowhere"):
        ask("GET", path)
    score({"rows": [{"domain": "a.com"}]})
    counted = numbers(ask)
    assert counted['detectory_http_request_seconds_count{route="other"}'] == 4
    assert counted['detectory_http_request_seconds_count{route="/v1/detectors/{name}/score"}'] == 1


def test_the_request_that_asks_is_in_flight_itself(ask: Ask) -> None:
    for _ in range(2):
        assert numbers(ask)["detectory_http_requests_in_flight"] == 1


def test_a_detector_with_reasons_without_end_fills_ten_series(predictor: Predictor) -> None:
    metrics = Metrics(predictor, version="0")
    records = [{"error": f"odd value {number}"} for number in range(1_000)]
    metrics.scored("dga", {}, records, seconds=0.001)
    (rejected,) = [family for family in metrics.collect() if family.name == "detectory_rows_rejected"]
    assert len(rejected.samples) == MOST_REASONS + 1
    assert sum(sample.value for sample in rejected.samples) == 1_000


@pytest.mark.soak
def test_no_caller_makes_more_series_than_are_promised(
    app: FastAPI, ask: Ask, score: Ask, tenth: Callable[[int], int]
) -> None:
    asyncio.run(strangers(app, tenth(100_000)))
    for status in (200, 400, 422):
        score({200: {"rows": [{"domain": "a.com"}]}, 400: b"{"}.get(status, {"rows": []}))
    assert len(numbers(ask)) <= MOST_SERIES


async def strangers(app: FastAPI, count: int) -> None:
    """Requests of which no two are alike: path, detector, version, method, key, agent, request id, body."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{", "more_body": False}

    async def send(message: Any) -> None:
        return None

    for number in range(count):
        detector = "/v1/detectors/dga"
        paths = (f"/{number}", f"{detector}{number}/score", f"{detector}/versions/{number}/score", SCORE)
        names = ("user-agent", "x-request-id", "authorization", "x-api-key")
        headers = {"content-type": "application/json"} | {name: f"own-{number}" for name in names}
        scope = {
            "type": "http",
            "method": "POST" if number % 3 else f"METHOD{number}",
            "path": paths[number % 4],
            "raw_path": paths[number % 4].encode(),
            "query_string": f"q={number}".encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        await app(scope, receive, send)


def test_prometheus_finds_nothing_wrong_with_the_numbers(ask: Ask, score: Ask) -> None:
    promtool = needs.debian_package("prometheus", program="promtool")
    score({"rows": [{"domain": "a.com"}, {"domain": "a b"}]})
    score(b"{")
    text = ask("GET", "/metrics").text
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_refusal_is_logged_with_its_code_and_a_success_only_when_asked_for(
    predictor: Predictor, caplog: pytest.LogCaptureFixture
) -> None:
    told = {}
    for wanted in (False, True):
        ask = asking(create_app(predictor, serving=Serving(access_log=wanted), version="0"))
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="detectory"):
            ask("POST", SCORE, json={"rows": [{"domain": "secret.example"}]})
            ask("POST", SCORE, content=b"{", headers={"content-type": "application/json"})
        told[wanted] = [vars(one)["facts"] for one in caplog.records if one.name.startswith("detectory")]

    assert [facts["code"] for facts in told[False]] == ["E4030"]
    assert [facts["status"] for facts in told[True]] == [200, 400]
    assert "secret.example" not in json.dumps(told)
