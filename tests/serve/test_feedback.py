"""Labels over HTTP: 201 new, 200 known, 409 conflicting; and predictions that go on without a ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from detectory.ledger.keeper import Keeper
from detectory.serve.app import create_app
from detectory.serve.keeping import Keeping
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.conftest import asking

Ask = Callable[..., httpx.Response]
JSON = {"content-type": "application/json"}
ALERTS = {"rows": [{"domain": "x1y2z3w4.com"}, {"domain": "google.com"}, {"domain": "a b"}]}


@pytest.fixture
def ask(predictor: Predictor, keeper: Keeper) -> Ask:
    """Ask a server that keeps what it answers."""
    return asking(create_app(predictor, serving=Serving(), version="1", keeper=keeper))


def score(ask: Ask, body: Any = ALERTS, *, detector: str = "dga") -> list[dict[str, Any]]:
    answer = ask("POST", f"/v1/detectors/{detector}/score", content=json.dumps(body), headers=JSON)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def give(ask: Ask, prediction_id: str, label: Any, *, note: str = "", **headers: str) -> httpx.Response:
    body = json.dumps({"prediction_id": prediction_id, "label": label, "note": note})
    return ask("POST", "/v1/feedback", content=body, headers=JSON | headers)


def test_every_scored_row_is_answered_with_its_prediction_id(ask: Ask) -> None:
    alert, quiet, refused = score(ask)

    assert len({alert["prediction_id"], quiet["prediction_id"]}) == 2
    assert "prediction_id" not in refused


def test_a_large_request_is_kept_too(ask: Ask, keeper: Keeper) -> None:
    results = score(ask, {"rows": [{"domain": f"name{n}.com"} for n in range(2000)]})
    keeper.flush()

    assert len({row["prediction_id"] for row in results}) == keeper.counts.kept == 2000


def test_a_label_is_201_when_new_200_when_known_and_409_when_it_says_something_else(ask: Ask) -> None:
    alert = score(ask)[0]["prediction_id"]

    new, known, other = give(ask, alert, "gozi"), give(ask, alert, "gozi"), give(ask, alert, "benign")
    assert (new.status_code, known.status_code, other.status_code) == (201, 200, 409)
    assert new.json() == {"feedback": 1, "prediction_id": alert, "detector": "dga", "label": "gozi"}
    assert known.json() == new.json()
    assert other.json()["code"] == "E2030"


def test_labels_are_counted_when_they_are_new(ask: Ask) -> None:
    alert = score(ask)[0]["prediction_id"]
    for label in ("benign", "benign", "gozi"):
        give(ask, alert, label)
    assert 'detectory_feedback_received_total{detector="dga"} 1.0' in ask("GET", "/metrics").text


def test_a_correction_has_an_idempotency_key_of_its_own(ask: Ask) -> None:
    alert = score(ask)[0]["prediction_id"]
    give(ask, alert, "gozi")

    assert give(ask, alert, "benign", **{"idempotency-key": "second-look"}).status_code == 201
    assert give(ask, alert, "benign", **{"idempotency-key": "second-look"}).status_code == 200


@pytest.mark.parametrize("strange", ["a b", "x" * 129, "é"])
def test_a_strange_idempotency_key_is_refused(ask: Ask, strange: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"idempotency-key", strange.encode("latin-1"))]
    body = json.dumps({"prediction_id": score(ask)[0]["prediction_id"], "label": "gozi"})
    refused = ask("POST", "/v1/feedback", content=body, headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (422, "E4031")


def test_an_unknown_prediction_is_404(ask: Ask) -> None:
    refused = give(ask, "nobody-1", "gozi")
    assert (refused.status_code, refused.json()["code"]) == (404, "E6030")


@pytest.mark.parametrize("label", ["bening", 1.5])
def test_a_label_that_the_detector_does_not_know_is_refused_with_those_it_knows(ask: Ask, label: Any) -> None:
    refused = give(ask, score(ask)[0]["prediction_id"], label)

    assert (refused.status_code, refused.json()["code"]) == (422, "E4040")
    assert refused.json()["errors"][0]["pointer"] == "/label"
    assert "benign" in refused.json()["why"]


def test_the_kinds_that_a_version_can_name_are_labels_and_so_is_the_positive_one(ask: Ask) -> None:
    for label in ("benign", "dga", "conficker", "gozi", "pykspa"):
        assert give(ask, score(ask)[0]["prediction_id"], label).status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"prediction_id": "p"}', 422),
        (b'{"prediction_id": "", "label": "gozi"}', 422),
        (b'{"prediction_id": "p", "label": null}', 422),
        (b'{"prediction_id": "p", "label": "gozi", "more": 1}', 422),
        (b'{"prediction_id": "p", "label": "gozi", "note": "' + b"x" * 2001 + b'"}', 422),
        (b'{"prediction_id": "p", "label": "gozi", "note": "' + b"x" * 20_000 + b'"}', 413),
        (b'{"prediction_id": "\\ud800", "label": "gozi"}', 400),
        (b"", 400),
    ],
)
def test_another_body_is_refused(ask: Ask, body: bytes, status: int) -> None:
    assert ask("POST", "/v1/feedback", content=body, headers=JSON).status_code == status


def test_another_kind_of_body_is_415_and_another_method_405(ask: Ask) -> None:
    assert ask("POST", "/v1/feedback", content=b"{}", headers={"content-type": "text/csv"}).status_code == 415
    assert ask("GET", "/v1/feedback").status_code == 405


def test_without_a_ledger_there_is_neither_an_id_nor_the_address(predictor: Predictor) -> None:
    bare = asking(create_app(predictor, serving=Serving(), version="1"))
    assert all("prediction_id" not in row for row in score(bare))
    assert give(bare, "p", "gozi").status_code == 404


def test_a_review_asks_about_what_nobody_has_labelled(ask: Ask, keeper: Keeper) -> None:
    alert, quiet, _ = score(ask)
    keeper.flush()

    (question,) = ask("GET", "/v1/review?detector=dga").json()["questions"]
    assert question == {
        "prediction_id": alert["prediction_id"], "at": question["at"], "detector": "dga", "version": "1",
        "row": {"domain": "x1y2z3w4.com"}, "level": alert["score"], "alert": True, "said": alert["label"],
        "why": "alerts",
    }  # fmt: skip
    (question,) = ask("GET", "/v1/review?of=quiet&limit=1").json()["questions"]
    assert question["prediction_id"] == quiet["prediction_id"]
    give(ask, alert["prediction_id"], "gozi")
    assert ask("GET", "/v1/review?of=alerts").json() == {"questions": []}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=٣", "limit=", "of=all", "limit=000000001" + "9" * 30]
)
def test_a_review_of_something_else_is_refused(ask: Ask, query: str) -> None:
    refused = ask("GET", f"/v1/review?{query}")
    assert (refused.status_code, refused.json()["code"]) == (422, "E4031")


def test_every_number_of_the_ledger_is_documented(keeper: Keeper, root: Path) -> None:
    registry = CollectorRegistry()
    registry.register(Keeping(keeper))
    reference = (root / "docs/reference/http.md").read_text()
    for line in generate_latest(registry).decode().splitlines():
        if line.startswith("# TYPE "):
            assert f"`{line.split()[2]}`" in reference, line


def test_the_route_is_in_openapi_and_documented(ask: Ask, root: Path) -> None:
    operation = ask("GET", "/openapi.json").json()["paths"]["/v1/feedback"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"]["required"] == [
        "prediction_id",
        "label",
    ]
    assert {"200", "201", "404", "409", "422", "503"} <= set(operation["responses"])
    assert "/v1/review" in ask("GET", "/openapi.json").json()["paths"]
    reference = (root / "docs/reference/http.md").read_text()
    assert "`POST /v1/feedback`" in reference
    assert "`GET /v1/review`" in reference
