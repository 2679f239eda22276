"""The documentation: valid, complete, and from this server alone."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode, checks

from detectory.serve.app import App
from tests import needs
from tests.serve.conftest import server

Ask = Callable[..., httpx.Response]
POSTED = (
    "/invocations",
    "/predict",
    "/v1/models/{name}:predict",
    "/v2/models/{name}/infer",
    "/v2/models/{name}/versions/{version}/infer",
    "/v1/detectors/dga/score",
    "/v1/detectors/flow/score",
    "/v1/detectors/{name}/explain",
    "/v1/detectors/{name}/score",
    "/v1/detectors/{name}/versions/{version}/explain",
    "/v1/detectors/{name}/versions/{version}/score",
)
BINARY = ("/v1/detectors/{name}/bulk", "/v1/detectors/{name}/versions/{version}/bulk")  # see test_bulk.py
NAMED = {"name": "dga", "version": "1"}


@pytest.mark.soak
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", POSTED)
def test_what_the_document_allows_or_forbids_is_answered_as_it_says(
    app: FastAPI, path: str, mode: GenerationMode, tenth: Callable[[int], int]
) -> None:
    operation = schemathesis.openapi.from_asgi("/openapi.json", app)[path]["POST"]

    @settings(max_examples=tenth(460), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        response, unasked = case.call(), [checks.positive_data_acceptance]
        if response.status_code == 413:  # what is forbidden may be too large besides, and that is told first
            unasked.append(checks.negative_data_rejection)
        case.validate_response(response, excluded_checks=unasked)

    check()


def test_every_route_that_takes_nothing_answers_as_the_document_says(app: FastAPI) -> None:
    document = schemathesis.openapi.from_asgi("/openapi.json", app)
    for path in set(document) - {*POSTED, *BINARY}:
        named = {one: value for one, value in NAMED.items() if f"{{{one}}}" in path}
        document[path]["GET"].Case(path_parameters=named).call_and_validate()


def test_every_route_is_in_the_document(ask: Ask) -> None:
    document = ask("GET", "/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert document["paths"].keys() == {
        "/",
        "/docs",
        "/docs/docs.css",
        "/docs/docs.js",
        "/docs/swagger-ui-bundle.js",
        "/docs/swagger-ui.css",
        "/execution-parameters",
        "/health",
        "/healthz",
        "/livez",
        "/metrics",
        "/openapi.json",
        "/ping",
        "/readyz",
        "/startupz",
        "/v1/detectors",
        "/v1/models/{name}",
        *POSTED,
        *BINARY,
        "/v1/version",
        "/v2",
        "/v2/health/live",
        "/v2/health/ready",
        "/v2/models",
        "/v2/models/{name}",
        "/v2/models/{name}/ready",
        "/v2/models/{name}/versions/{version}",
        "/v2/models/{name}/versions/{version}/ready",
        "/version",
    }


def test_the_document_wants_a_key_for_what_needs_one_alone(ask: Ask) -> None:
    paths = ask("GET", "/openapi.json").json()["paths"]

    assert paths["/livez"]["get"]["security"] == []
    assert "security" not in paths["/metrics"]["get"]  # as everywhere: a key, where there are keys


def test_an_answer_and_a_refusal_hold_to_the_documents_own_schemas(ask: Ask, score: Ask) -> None:
    document = ask("GET", "/openapi.json").json()
    said = document["paths"]["/v1/detectors/dga/score"]["post"]

    def check(schema: dict[str, Any], instance: Any) -> None:
        Draft202012Validator({**schema, "components": document["components"]}).validate(instance)

    example = said["requestBody"]["content"]["application/json"]["example"]
    check(said["requestBody"]["content"]["application/json"]["schema"], example)
    check(said["responses"]["200"]["content"]["application/json"]["schema"], score(example).json())
    check(said["responses"]["422"]["content"]["application/problem+json"]["schema"], score({}).json())


def test_the_page_and_all_that_it_loads_come_from_this_server(ask: Ask) -> None:
    page = ask("GET", "/docs")

    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded == [
        "data:,",
        "docs/swagger-ui.css",
        "docs/docs.css",
        "openapi.json",
        "docs/swagger-ui-bundle.js",
        "docs/docs.js",
    ]
    assert [ask("GET", f"/{path}").status_code for path in loaded[1:]] == [200] * 5
    assert not re.search(r"<script>|<style|style=|onload=", page.text)


def test_the_pages_policy_allows_nothing_from_elsewhere_and_nothing_inline(ask: Ask) -> None:
    headers = ask("GET", "/docs").headers

    assert headers["content-security-policy"].startswith("default-src 'self'; img-src 'self' data:;")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_root_leads_to_the_page(ask: Ask) -> None:
    assert ask("GET", "/").headers["location"] == "docs"


def test_a_browser_shows_the_page(dga_folder: Path, key: Path, tmp_path: Path) -> None:
    chromium = needs.debian_package("chromium")
    with server(dga_folder, key.with_suffix(".pub")) as (_, url):
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000", "--dump-dom"]
        command = [chromium, *flags, f"--user-data-dir={tmp_path}", "--enable-logging=stderr", f"{url}/docs"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert "Is the process alive?" in done.stdout
    assert "Content Security Policy" not in done.stderr


def test_every_address_to_which_rows_are_posted_is_in_the_document(app: App, ask: Ask) -> None:
    document = ask("GET", "/openapi.json").json()

    assert {path for path, told in document["paths"].items() if "post" in told} >= app.posted.paths
