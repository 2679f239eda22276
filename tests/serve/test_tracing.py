"""Traces: what a peer that takes them gets, which headers come and go, and that off is off."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.serve.tracing import SEND_S, Tracing, tracing_of
from detectory.settings import Otel, Serving
from tests.answering import answering
from tests.serve.conftest import Ask, asking, server
from tests.serve.test_run import wait_until_ready

TARGET_MODEL = "x-amzn-sagemaker-target-model"
SCORE = "/v1/detectors/dga/score"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
W3C = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
B3_SINGLE = {"b3": f"{TRACE}-{SPAN}-1"}
B3_MULTI = {"x-b3-traceid": TRACE, "x-b3-spanid": SPAN, "x-b3-sampled": "1"}


class Peer:
    """Takes traces as OTLP over HTTP, and keeps them."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.services = set[str]()
        spans, services = self.spans, self.services

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                assert self.path == "/v1/traces"
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    told = {one.key: one.value.string_value for one in resource.resource.attributes}
                    services.add(told["service.name"])
                    spans.extend(span for scope in resource.scope_spans for span in scope.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def named(self, name: str) -> Any:
        """The one span of that name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def facts(self, name: str) -> dict[str, Any]:
        """The attributes of the one span of that name."""
        attributes = self.named(name).attributes
        return {one.key: one.value.string_value or one.value.int_value for one in attributes}


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A peer that listens."""
    peer = Peer()
    with answering(peer.server):
        yield peer


Traced = Callable[..., tuple[Ask, Tracing]]


@pytest.fixture
def traced(predictor: Predictor, peer: Peer) -> Iterator[Traced]:
    """A server that sends its traces to the peer."""
    begun: list[Tracing] = []

    def of(**settings: Any) -> tuple[Ask, Tracing]:
        tracing = tracing_of(Otel(endpoint=peer.url, **settings), version="1.2.3")
        begun.append(tracing)
        return asking(create_app(predictor, serving=Serving(), version="1.2.3", tracing=tracing)), tracing

    yield of
    for tracing in begun:
        tracing.finish()


@pytest.mark.parametrize("rows", [1, 2_000])
def test_a_score_is_a_span_with_its_parts_below_it(traced: Traced, peer: Peer, rows: int) -> None:
    ask, tracing = traced(service="detectory-eu")
    answer = ask("POST", SCORE, json={"rows": [{"domain": "a.com"}] * rows}, headers={"x-request-id": "r7"})
    tracing.finish()

    assert answer.status_code == 200
    name = "POST /v1/detectors/{name}/score"
    assert sorted(span.name for span in peer.spans) == [name, "decode", "features", "score", "store"]
    whole = peer.named(name)
    for part in ("decode", "features", "score", "store"):
        assert peer.named(part).parent_span_id == whole.span_id
        assert peer.named(part).trace_id == whole.trace_id
    assert peer.facts(name) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/v1/detectors/{name}/score",
        "detectory.request_id": "r7",
    }
    assert peer.services == {"detectory-eu"}
    assert answer.headers["traceparent"].startswith(f"00-{whole.trace_id.hex()}-{whole.span_id.hex()}-")


def test_other_contracts_are_traced_as_well(traced: Traced, peer: Peer) -> None:
    ask, tracing = traced()
    asked = {"dataframe_records": [{"domain": "a.com"}]}
    answer = ask("POST", "/invocations", json=asked, headers={TARGET_MODEL: "dga"})
    tracing.finish()

    assert answer.status_code == 200
    whole = peer.named("POST /invocations")
    assert peer.named("score").parent_span_id == whole.span_id


@pytest.mark.parametrize("sent", [W3C, B3_SINGLE, B3_MULTI], ids=["w3c", "b3", "x-b3"])
def test_a_callers_trace_goes_on_and_comes_back_in_its_own_form(
    traced: Traced, peer: Peer, sent: dict[str, str]
) -> None:
    ask, tracing = traced(sample=0.0)
    answer = ask("GET", "/livez", headers=sent)
    tracing.finish()

    (span,) = peer.spans
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, SPAN)
    came = {name: value for name, value in answer.headers.items() if "trace" in name or "b3" in name}
    assert came.keys() == sent.keys() - {"tracestate"}
    assert all(TRACE in value for name, value in came.items() if "sampled" not in name and "span" not in name)


def test_a_caller_who_keeps_no_trace_is_not_kept_here_either(traced: Traced, peer: Peer) -> None:
    ask, tracing = traced()
    answer = ask("GET", "/livez", headers={"traceparent": f"00-{TRACE}-{SPAN}-00"})
    tracing.finish()
    assert peer.spans == []
    assert answer.headers["traceparent"].startswith(f"00-{TRACE}-")


def test_a_share_of_nothing_keeps_no_trace_that_begins_here(traced: Traced, peer: Peer) -> None:
    ask, tracing = traced(sample=0.0)
    assert ask("POST", SCORE, json={"rows": [{"domain": "a.com"}]}).status_code == 200
    tracing.finish()
    assert peer.spans == []


@pytest.mark.parametrize(
    "headers",
    [
        {"traceparent": "x" * 5_000},
        {"traceparent": f"ff-{TRACE}-{SPAN}-01"},
        {"traceparent": f"00-{'0' * 32}-{SPAN}-01", "tracestate": "=,=" * 300},
        {"b3": "-" * 100},
        {"b3": "d"},
        {"x-b3-traceid": "\u00e9", "x-b3-spanid": "zz"},
        {"x-b3-traceid": "1" * 31, "x-b3-spanid": SPAN, "x-b3-flags": "many"},
    ],
)
def test_headers_that_are_no_trace_begin_a_new_one(
    traced: Traced, peer: Peer, headers: dict[str, str]
) -> None:
    ask, tracing = traced()
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    assert ask("GET", "/livez", headers=raw).status_code == 200
    tracing.finish()
    assert len(peer.spans) == 1
    assert peer.spans[0].parent_span_id == b""


def test_what_callers_type_is_in_no_span(traced: Traced, peer: Peer) -> None:
    ask, tracing = traced()
    ask("EVIL", "/secret/path")
    ask("POST", "/v1/detectors/secret/score", json={"rows": []})
    ask("POST", SCORE, json={"rows": [{"domain": "secret.com"}]})
    tracing.finish()
    assert {"_OTHER none", "POST /v1/detectors/{name}/score"} <= {span.name for span in peer.spans}
    assert "secret" not in str(peer.spans)


def test_a_log_line_names_the_trace(traced: Traced, caplog: pytest.LogCaptureFixture) -> None:
    ask, _ = traced()
    ask("GET", "/nowhere", headers=W3C)
    (facts,) = [vars(record)["facts"] for record in caplog.records if record.message == "request refused"]
    assert facts["trace_id"] == TRACE


def test_a_peer_that_is_away_costs_no_request_and_hardly_delays_the_end(predictor: Predictor) -> None:
    tracing = tracing_of(Otel(endpoint="http://127.0.0.1:9"), version="0")
    ask = asking(create_app(predictor, serving=Serving(), version="0", tracing=tracing))
    assert ask("POST", SCORE, json={"rows": [{"domain": "a.com"}]}).status_code == 200
    began = time.monotonic()
    tracing.finish()
    assert time.monotonic() - began < 3 * SEND_S


def test_without_an_address_nothing_of_it_is_loaded(dga_folder: Path, key: Path) -> None:
    with server(dga_folder, key.with_suffix(".pub")) as (process, url):
        wait_until_ready(url)
        answer = httpx.get(f"{url}/livez", headers=W3C)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert "traceparent" not in answer.headers
    # FastAPI loads the interface, where it is installed; what keeps and sends traces is not loaded
    program = "import sys, detectory.serve.run; print({'opentelemetry.sdk', 'requests'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert loaded.stdout == "set()\n"
