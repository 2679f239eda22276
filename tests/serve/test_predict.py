"""Vertex AI's contract, and KServe's V1: instances in, predictions out."""

from __future__ import annotations

import pytest

from detectory.runtime import Scorer
from detectory.serve.app import create_app
from detectory.serve.platform import found
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.conftest import Ask, asking

BENIGN = {"score": 0.5, "alert": False, "label": "benign", "version": "1"}
HEALTH = "/v1/endpoints/7/deployedModels/8"
PREDICT = f"{HEALTH}:predict"
VERTEX = {"AIP_MODE": "PREDICTION", "AIP_HEALTH_ROUTE": HEALTH, "AIP_PREDICT_ROUTE": PREDICT}


@pytest.fixture
def vertex(scorer: Scorer) -> Ask:
    """A server of one detector, under the addresses that Vertex AI chose."""
    predictor = Predictor({"dga": lambda: scorer})
    predictor.load()
    return asking(create_app(predictor, serving=Serving(), version="0", platform=found(VERTEX)))


def test_the_addresses_are_those_that_the_environment_names(vertex: Ask) -> None:
    assert vertex("GET", HEALTH).json() == {}
    assert vertex("POST", PREDICT, json={"instances": ["google.com"]}).json() == {"predictions": [BENIGN]}
    assert vertex("POST", "/predict", json={"instances": ["google.com"]}).status_code == 404
    assert PREDICT in vertex("GET", "/openapi.json").json()["paths"]


def test_without_an_environment_they_are_predict_and_health(ask: Ask) -> None:
    body = {"instances": [{"domain": "google.com"}], "parameters": {"detector": "dga"}}

    assert ask("GET", "/health").status_code == 200
    assert ask("POST", "/predict", json=body).json() == {"predictions": [BENIGN]}


def test_there_are_as_many_predictions_as_instances_in_the_same_order(vertex: Ask) -> None:
    body = {"instances": ["x1y2z3w4.com", {"host": 1}, {"domain": "a b"}, {"domain": "google.com"}]}

    found = vertex("POST", PREDICT, json=body).json()["predictions"]
    assert [row["label"] for row in found] == ["conficker", None, None, "benign"]
    assert [row.get("error", "") for row in found] == [
        "",
        "host: Object contains unknown field `host`",
        "bad_character",
        "",
    ]


def test_parameters_are_taken(vertex: Ask) -> None:
    assert vertex("POST", PREDICT, json={"instances": ["a.com"], "parameters": {"x": 1}}).status_code == 200


@pytest.mark.parametrize("body", ["[]", "{}", '{"instances": 5}', '{"instances": []}', "{"])
def test_what_is_no_request_is_a_problem(vertex: Ask, body: str) -> None:
    refused = vertex("POST", PREDICT, content=body, headers={"content-type": "application/json"})

    assert refused.status_code in (400, 422)
    assert refused.json()["code"] in ("E4030", "E4031")


def test_a_detector_must_be_named_where_there_are_several(ask: Ask) -> None:
    assert ask("POST", "/predict", json={"instances": ["google.com"]}).json()["code"] == "E2015"


def test_nothing_is_healthy_before_a_detector_is_ready() -> None:
    ask = asking(create_app(Predictor({}), serving=Serving(), version="0", platform=found(VERTEX)))

    assert ask("GET", HEALTH).status_code == 503


def test_v1_of_kserve_answers_by_the_models_name(ask: Ask) -> None:
    answer = ask("POST", "/v1/models/dga:predict", json={"instances": ["google.com"]})

    assert answer.json() == {"predictions": [BENIGN]}
    assert ask("GET", "/v1/models/dga").json() == {"name": "dga", "ready": True}
    refused = ask("POST", "/v1/models/dag:predict", json={"instances": ["google.com"]})
    assert (refused.status_code, list(refused.json())) == (404, ["error"])
