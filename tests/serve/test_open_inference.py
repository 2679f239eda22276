"""The Open Inference Protocol V2, and its public client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from detectory import signing
from detectory.bundle import open_folder
from detectory.runtime import Scorer, open_scorer
from detectory.serve.app import create_app
from detectory.serve.inference import fits
from detectory.serve.predictor import Predictor, Ready
from detectory.settings import Serving
from tests.serve.conftest import Ask, asking, server
from tests.serve.test_run import wait_until_ready

INFER = "/v2/models/dga/infer"
Json = dict[str, Any]


def domains(*names: str, **more: Any) -> Json:
    tensor = {"name": "domain", "datatype": "BYTES", "shape": [len(names)], "data": list(names)}
    return {"inputs": [{**tensor, "parameters": {"content_type": "str"}}], **more}


def outputs(answer: httpx.Response) -> dict[str, list[Any]]:
    return {one["name"]: one["data"] for one in answer.json()["outputs"]}


def test_rows_are_answered_with_one_tensor_an_answer(ask: Ask) -> None:
    body = domains("google.com", "x1y2z3w4.com", id="42", parameters={"content_type": "pd"})

    assert ask("POST", INFER, json=body).json() == {
        "model_name": "dga",
        "model_version": "1",
        "id": "42",
        "outputs": [
            {"name": "score", "datatype": "FP64", "shape": [2], "data": [0.5, 0.999955]},
            {"name": "alert", "datatype": "BOOL", "shape": [2], "data": [False, True]},
            {"name": "label", "datatype": "BYTES", "shape": [2], "data": ["benign", "conficker"]},
            {"name": "version", "datatype": "BYTES", "shape": [2], "data": ["1", "1"]},
            {"name": "error", "datatype": "BYTES", "shape": [2], "data": ["", ""]},
        ],
    }


def test_a_row_that_does_not_parse_keeps_its_place(ask: Ask) -> None:
    said = outputs(ask("POST", INFER, json=domains("not a name", "x1y2z3w4.com")))

    assert said == {
        "score": [None, 0.999955],
        "alert": [False, True],
        "label": ["", "conficker"],
        "version": ["1", "1"],
        "error": ["bad_character", ""],
    }


def test_rows_of_which_none_parses_are_answered_too(ask: Ask) -> None:
    assert outputs(ask("POST", INFER, json=domains("not a name")))["error"] == ["bad_character"]


def test_the_version_of_the_address_answers_and_another_one_does_not(ask: Ask) -> None:
    def of(version: str) -> httpx.Response:
        return ask("POST", f"/v2/models/dga/versions/{version}/infer", json=domains("a.com"))

    assert of("1").json()["model_version"] == "1"
    assert of("2").status_code == 404
    assert of("2").json() == {"error": "E6002 detector 'dga' has no version '2': known: 1"}


def test_nested_data_and_a_second_axis_of_one_say_the_same_as_flat_data(ask: Ask) -> None:
    tensor = domains("google.com", "x1y2z3w4.com")["inputs"][0]
    nested = {**tensor, "shape": [2, 1], "data": [["google.com"], ["x1y2z3w4.com"]]}

    assert outputs(ask("POST", INFER, json={"inputs": [nested]}))["alert"] == [False, True]


def test_only_the_outputs_that_are_asked_for_come(ask: Ask) -> None:
    assert list(outputs(ask("POST", INFER, json=domains("a.com", outputs=[{"name": "alert"}])))) == ["alert"]
    refused = ask("POST", INFER, json=domains("a.com", outputs=[{"name": "nothing"}]))
    assert refused.status_code == 400
    assert "/outputs/0/name: known: score, alert, label, version, error" in refused.json()["error"]


def test_each_field_is_a_tensor_and_a_matrix_stands_for_the_fields_of_a_door(ask: Ask) -> None:
    apart = [
        {"name": "seconds", "datatype": "FP32", "shape": [2], "data": [1, 0.5]},
        {"name": "packets", "datatype": "UINT16", "shape": [2], "data": [500, 5]},
    ]
    matrix = [{"name": "input-0", "datatype": "FP64", "shape": [2, 1], "data": [500, 40]}]

    assert outputs(ask("POST", "/v2/models/flow/infer", json={"inputs": apart}))["alert"] == [True, False]
    matrix[0]["name"] = "bytes"
    matrix[0]["datatype"] = "INT64"
    assert outputs(ask("POST", "/v2/models/flow/infer", json={"inputs": matrix}))["alert"] == [True, False]


def test_a_matrix_is_cut_into_the_fields_of_the_door_that_has_so_many(ask: Ask) -> None:
    matrix = {"name": "input-0", "datatype": "INT64", "shape": [2, 3], "data": [[1, 500, 23], [1, 5, 23]]}

    assert outputs(ask("POST", "/v2/models/flow/infer", json={"inputs": [matrix]}))["alert"] == [True, False]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"shape": [3]}, "/inputs/0/data: 1 values do not fill the shape [3]"),
        ({"shape": []}, "/inputs/0/shape"),
        ({"shape": [2**60] * 100_000}, "/inputs/0/shape"),
        ({"shape": [1, 7]}, "/inputs/0/data"),
        ({"datatype": "STRING"}, "/inputs/0/data: not every value is of the datatype 'STRING'"),
        ({"data": [5]}, "/inputs/0/data: not every value is of the datatype 'BYTES'"),
        ({"name": "host"}, "/rows/0/host"),
    ],
)
def test_a_tensor_that_does_not_fit_is_an_error(ask: Ask, change: Json, why: str) -> None:
    body = {"inputs": [domains("a.com")["inputs"][0] | change]}
    refused = ask("POST", INFER, json=body)

    assert refused.status_code == 400
    assert list(refused.json()) == ["error"]
    assert why in refused.json()["error"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b"{}", b'{"inputs": []}', b"[" * 100_000])
def test_what_is_no_request_is_an_error(ask: Ask, body: bytes) -> None:
    refused = ask("POST", INFER, content=body)

    assert refused.status_code == 400
    assert list(refused.json()) == ["error"]


def test_a_deep_nest_of_data_is_an_error(ask: Ask) -> None:
    body = b'{"inputs": [{"name": "domain", "datatype": "BYTES", "shape": [1], "data": %s%s}]}'
    refused = ask("POST", INFER, content=body % (b"[" * 50_000, b"]" * 50_000))

    assert refused.status_code == 400


def test_another_method_and_an_unknown_address_are_told_in_the_protocols_words(ask: Ask) -> None:
    for method, path, status in (("GET", INFER, 405), ("GET", "/v2/nothing", 404), ("POST", "/v2", 405)):
        refused = ask(method, path)
        assert (refused.status_code, list(refused.json())) == (status, ["error"])


def test_integers_fit_in_their_bits() -> None:
    assert fits([-128, 127], "INT8")
    assert not fits([128], "INT8")
    assert not fits([-1], "UINT64")
    assert fits([(1 << 64) - 1], "UINT64")


def test_the_server_and_its_models_say_what_they_are(ask: Ask) -> None:
    assert ask("GET", "/v2").json() == {"name": "detectory", "version": "1.2.3", "extensions": []}
    assert ask("GET", "/v2/health/live").json() == {"live": True}
    assert ask("GET", "/v2/health/ready").json() == {"live": True, "ready": True}
    assert ask("GET", "/v2/models").json() == {"models": ["dga", "flow"]}
    for path in ("/v2/models/flow", "/v2/models/flow/versions/1"):
        told = ask("GET", path).json()
        assert [(one["name"], one["datatype"]) for one in told["inputs"]] == [
            ("seconds", "FP64"),
            ("packets", "INT64"),
            ("id.port", "INT64"),
        ]
        assert (told["name"], told["versions"]) == ("flow", ["1"])
        assert ask("GET", f"{path}/ready").json() == {"name": "flow", "ready": True}


def test_nothing_is_ready_before_a_model_is() -> None:
    ask = asking(create_app(Predictor({}), serving=Serving(), version="0"))

    assert ask("GET", "/v2/health/live").status_code == 200
    assert ask("GET", "/v2/health/ready").status_code == 503
    assert list(ask("GET", "/v2/health/ready").json()) == ["error"]


def test_the_public_client_of_triton_speaks_with_the_server(dga_folder: Path, key: Path) -> None:
    with server(dga_folder, key.with_suffix(".pub")) as (_, url):
        wait_until_ready(url)
        client = InferenceServerClient(url.removeprefix("http://"))
        tensor = InferInput("domain", [2], "BYTES")
        names = np.array(["google.com", "x1y2z3w4.com"], dtype=np.object_)
        tensor.set_data_from_numpy(names, binary_data=False)
        score = InferRequestedOutput("score", binary_data=False)

        answer = client.infer("dga", [tensor], request_id="7", outputs=[score])

        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready("dga", "1")
        assert client.get_server_metadata()["name"] == "detectory"
        assert client.get_model_metadata("dga")["versions"] == ["1"]
        assert answer.as_numpy("score").tolist() == [0.5, 0.999955]
        assert answer.get_response()["id"] == "7"
        with pytest.raises(InferenceServerException, match="no detector named 'dag'"):
            client.infer("dag", [tensor])
        client.close()


def test_a_challenger_is_a_version_too(dga_folder: Path, key: Path) -> None:
    def opened(version: str) -> Scorer:
        bundle = open_folder(dga_folder, signing.trusted_keys([key.with_suffix(".pub")]))
        return open_scorer(bundle, version=version)

    predictor = Predictor({"dga": lambda: opened("1")})
    predictor.load()
    predictor.slots["dga"].challenger = Ready(opened("2"), golden_rows=3)
    ask = asking(create_app(predictor, serving=Serving(), version="0"))

    assert ask("GET", "/v2/models/dga").json()["versions"] == ["1", "2"]
    answer = ask("POST", "/v2/models/dga/versions/2/infer", json=domains("a.com"))
    assert answer.json()["model_version"] == "2"
    assert outputs(answer)["version"] == ["2"]
