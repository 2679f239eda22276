"""A matrix of numbers is answered as its rows are one by one."""

from __future__ import annotations

import io
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from detectory.errors import RequestInvalid
from detectory.serve import matrix
from detectory.serve.app import create_app
from detectory.serve.gate import Gate
from detectory.serve.predictor import Predictor
from detectory.settings import Admission, Limits, Serving
from detectory.spec import read_spec
from tests.serve.bundles import FLOW_TOML
from tests.serve.conftest import Ask, asking

PATH = "/v1/detectors/flow/bulk"
Array = NDArray[Any]


def file_of(array: Array) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def bulk(ask: Ask, body: bytes, path: str = PATH, **headers: str) -> httpx.Response:
    return ask("POST", path, content=body, headers={"content-type": "application/x-npy", **headers})


def array_of(answer: httpx.Response) -> Array:
    found: Array = np.load(io.BytesIO(answer.content), allow_pickle=False)
    return found


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_each_row_is_answered_as_it_is_alone(ask: Ask, score: Ask, kind: str, order: Any) -> None:
    rows = np.random.default_rng(7).integers(-50, 1000, size=(20_000, 1))
    answer = bulk(ask, file_of(np.asarray(rows, dtype=kind, order=order)))

    found = array_of(answer)
    assert answer.headers["x-detectory-columns"] == "score,alert"
    assert answer.headers["x-detectory-version"] == "1"
    assert (found.shape, found.dtype) == ((20_000, 2), np.float32)
    alone = score({"rows": [{"bytes": int(value)} for value in rows[:200, 0]]}, detector="flow").json()[
        "results"
    ]
    expected = np.array([[row["score"], row["alert"]] for row in alone], dtype=np.float32)  # None is NaN
    np.testing.assert_array_equal(found[:200], expected)


def test_nan_is_an_optional_field_that_is_not_said(ask: Ask) -> None:
    rows = np.array([[0.5, 500, np.nan], [0.5, 5, 23]], dtype=np.float32)

    assert array_of(bulk(ask, file_of(rows)))[:, 1].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        ([np.nan, 5, 23], "/seconds"),
        ([np.inf, 5, 23], "/seconds"),
        ([0.5, 5.5, 23], "/packets"),
        ([0.5, 5, -np.inf], "/id.port"),
        ([0.5, 1e30, 23], "/packets"),
        ([1, 2, 3, 4], ""),
    ],
)
def test_a_number_that_its_field_cannot_be_is_refused(ask: Ask, row: list[float], pointer: str) -> None:
    refused = bulk(ask, file_of(np.array([row])))

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 1)),
        np.zeros(3),
        np.zeros((1, 1, 1)),
        np.zeros((2, 1), dtype=np.int64),
        np.zeros((2, 1), dtype=">f4"),
        np.array([["a"]]),
    ],
)
def test_another_array_is_refused(ask: Ask, array: Array) -> None:
    assert bulk(ask, file_of(array)).json()["code"] == "E4031"


def test_pickled_objects_are_never_opened(ask: Ask) -> None:
    assert bulk(ask, file_of(np.array([[{}]], dtype=object))).json()["code"] == "E4031"


@pytest.mark.parametrize("cut", [0, 5, 20, 130, -1])
def test_a_file_that_is_cut_is_refused(ask: Ask, cut: int) -> None:
    assert bulk(ask, file_of(np.zeros((4, 1)))[:cut]).json()["code"] == "E4030"


def test_a_detector_without_such_a_door_another_kind_and_an_unknown_version_are_refused(ask: Ask) -> None:
    body = file_of(np.zeros((4, 1)))

    assert bulk(ask, body, "/v1/detectors/dga/bulk").json()["code"] == "E4031"
    assert bulk(ask, body, "/v1/detectors/flow/versions/7/bulk").json()["code"] == "E6002"
    assert bulk(ask, body, **{"content-type": "application/json"}).status_code == 415


def test_rows_are_counted(ask: Ask) -> None:
    def counted() -> str:
        return ask("GET", "/metrics").text

    bulk(ask, file_of(np.array([[-1.0], [5.0], [500.0]])))

    assert 'detectory_rows_rejected_total{detector="flow",reason="negative"} 1.0' in counted()
    assert 'detectory_rows_scored_total{detector="flow"} 2.0' in counted()
    assert 'detectory_alerts_total{detector="flow"} 1.0' in counted()


def test_the_door_is_the_first_of_so_many_numbers() -> None:
    spec = read_spec(FLOW_TOML, where="flow/detector.toml")

    assert list(matrix.door_of(spec, 3).fields) == ["seconds", "packets", "id.port"]
    with pytest.raises(RequestInvalid, match="does not have the shape"):
        matrix.door_of(spec, 2)


def test_a_matrix_costs_its_rows_and_waits_for_its_turn_like_any_body(predictor: Predictor) -> None:
    public = Serving(host="0.0.0.0", insecure=True)
    gate = Gate(public, limits=Limits(anonymous=100), admission=Admission(bulk=1, queue=0))
    ask = asking(create_app(predictor, serving=public, version="0", gate=gate))
    rows = file_of(np.ones((60, 1), dtype=np.float32))

    assert [bulk(ask, rows).status_code for _ in range(2)] == [200, 429]
    assert gate.bulkheads.bulk.take()
    assert bulk(ask, rows[:128]).status_code == 503
