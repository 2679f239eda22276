"""Whichever contract a row was scored in, its prediction has a name by which it can be labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from detectory.ledger.database import Database
from detectory.ledger.keeper import Keeper
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.conftest import Ask, asking

CSV = {"content-type": "text/csv", "accept": "text/csv", "x-amzn-sagemaker-target-model": "dga"}
TENSOR = {"name": "domain", "datatype": "BYTES", "shape": [2], "data": ["no name", "x1y2z3w4.com"]}
INSTANCES: dict[str, Any] = {"instances": TENSOR["data"], "parameters": {"detector": "dga"}}


@pytest.fixture
def ask(predictor: Predictor, tmp_path: Path) -> Iterator[Ask]:
    """A server that keeps its predictions."""
    keeper = Keeper(Database(str(tmp_path / "ledger.db")))
    yield asking(create_app(predictor, serving=Serving(), version="1", keeper=keeper))
    keeper.stop()


def from_v2(ask: Ask) -> str:
    told = ask("POST", "/v2/models/dga/infer", json={"inputs": [TENSOR]}).json()["outputs"]
    names = {one["name"]: one["data"] for one in told}["prediction_id"]
    assert names[0] == ""  # it does not parse
    return str(names[1])


def from_vertex(ask: Ask) -> str:
    return str(ask("POST", "/predict", json=INSTANCES).json()["predictions"][1]["prediction_id"])


def from_mlflow(ask: Ask) -> str:
    body = {"instances": TENSOR["data"], "params": {"detector": "dga"}}
    return str(ask("POST", "/invocations", json=body).json()["predictions"][1]["prediction_id"])


def from_sagemaker(ask: Ask) -> str:
    answer: httpx.Response = ask("POST", "/invocations", content=b"no name\nx1y2z3w4.com\n", headers=CSV)
    return answer.text.splitlines()[1].split(",")[4]


@pytest.mark.parametrize("named", [from_v2, from_vertex, from_mlflow, from_sagemaker])
def test_a_prediction_of_any_contract_can_be_labelled(ask: Ask, named: Callable[[Ask], str]) -> None:
    label = {"prediction_id": named(ask), "label": "benign"}

    assert ask("POST", "/v1/feedback", json=label).status_code == 201
