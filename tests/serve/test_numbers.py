"""A detector that predicts numbers, over HTTP."""

from __future__ import annotations

import jsonschema
import pytest

from detectory.library import Workspace
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.conftest import Ask, asking

ROWS = [{"stop": "north", "day": 70, "hour": 17.0, "km": 4.5}, {"stop": "south", "day": 70, "hour": 12.0}]
PATH = "/v1/detectors/late/score"


@pytest.fixture(scope="module")
def ask(late_made: Workspace) -> Ask:
    predictor = Predictor({"late": lambda: late_made.scorer("late")})
    predictor.load()
    return asking(create_app(predictor, serving=Serving(), version="0"))


def test_a_row_is_answered_with_a_value_and_its_interval(ask: Ask) -> None:
    found = ask("POST", PATH, json={"rows": [*ROWS, {"stop": " ", "day": 1, "hour": 1.0}]}).json()["results"]
    assert all(row["low"] <= row["value"] <= row["high"] for row in found[:2])
    assert found[2]["value"] is None
    assert found[2]["error"] == "not_understood"
    assert not {"score", "alert", "label"} & {name for row in found for name in row}


def test_the_golden_rows_are_reproduced(ask: Ask) -> None:
    assert ask("GET", "/readyz").json() == {"status": "ready", "detectors": ["late"]}


def test_the_detector_says_its_unit_and_its_promise(ask: Ask) -> None:
    (told,) = ask("GET", "/v1/detectors").json()["detectors"]
    assert told["target"] == {"unit": "minutes", "coverage": 0.9}
    assert told["threshold"] is None


def test_the_schema_describes_the_answer_that_comes(ask: Ask) -> None:
    document = ask("GET", "/openapi.json").json()
    answer = document["paths"][PATH]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    record = answer["properties"]["results"]["items"]
    assert {"value", "low", "high", "version"} <= set(record["required"])
    assert record["properties"]["value"]["description"] == "what is predicted, in minutes"
    for row in ask("POST", PATH, json={"rows": ROWS}).json()["results"]:
        jsonschema.validate({name: value for name, value in row.items() if name != "km"}, record)


def test_rows_are_counted_and_alerts_are_none(ask: Ask) -> None:
    ask("POST", PATH, json={"rows": ROWS})
    counted = ask("GET", "/metrics").text
    assert 'detectory_alerts_total{detector="late"} 0.0' in counted
    assert 'detectory_rows_scored_total{detector="late"}' in counted
