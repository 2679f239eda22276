"""`/invocations`: what SageMaker and MLflow send, and what they get."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from detectory.runtime import Scorer
from detectory.serve.app import create_app
from detectory.serve.endpoint import Head
from detectory.serve.platform import Batch, Platform
from detectory.serve.predictor import Predictor
from detectory.serve.routes.invocations import Invocation
from detectory.settings import Serving
from tests.serve.conftest import Ask, asking

PATH = "/invocations"
BENIGN = {"score": 0.5, "alert": False, "label": "benign", "version": "1"}
CONFICKER = {"score": 0.999955, "alert": True, "label": "conficker", "version": "1"}
NOTHING = {"score": None, "alert": None, "label": None, "version": "1"}


@pytest.fixture
def dga(scorer: Scorer) -> Ask:
    """A server of one detector."""
    predictor = Predictor({"dga": lambda: scorer})
    predictor.load()
    return asking(create_app(predictor, serving=Serving(), version="1.2.3"))


def invoke(ask: Ask, body: Any, kind: str = "application/json", **headers: str) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask("POST", PATH, content=raw, headers={"content-type": kind, **headers})


@pytest.mark.parametrize(
    "body",
    [
        {"instances": ["google.com", "x1y2z3w4.com"]},
        {"instances": [{"domain": "google.com"}, ["x1y2z3w4.com"]], "params": {"anything": 1}},
        {"inputs": {"domain": ["google.com", "x1y2z3w4.com"]}},
        {"inputs": ["google.com", "x1y2z3w4.com"]},
        {"dataframe_records": [{"domain": "google.com"}, {"domain": "x1y2z3w4.com"}]},
        {
            "dataframe_split": {
                "columns": ["domain"],
                "data": [["google.com"], ["x1y2z3w4.com"]],
            }
        },
    ],
)
def test_json_in_each_of_mlflows_forms_is_answered_with_predictions(dga: Ask, body: Any) -> None:
    assert invoke(dga, body).json() == {"predictions": [BENIGN, CONFICKER]}


def test_csv_without_a_header_is_answered_line_by_line(dga: Ask) -> None:
    answer = invoke(dga, b"google.com\nnot a name\r\nx1y2z3w4.com", "text/csv", accept="text/csv")

    assert answer.headers["content-type"] == "text/csv"
    assert answer.text == "0.5,false,benign,1,,\n,,,1,,bad_character\n0.999955,true,conficker,1,,\n"


def test_csv_with_a_header_as_mlflow_sends_it_is_answered_with_predictions(dga: Ask) -> None:
    assert invoke(dga, b"domain\ngoogle.com\n", "text/csv; charset=utf-8").json() == {"predictions": [BENIGN]}


def test_json_lines_are_answered_with_json_lines_and_each_keeps_its_place(dga: Ask) -> None:
    body = b'{"domain": "google.com"}\n{"host": "a"}\nno json\n{"domain": 5}\n"x1y2z3w4.com"\n'
    answer = invoke(dga, body, "application/jsonlines")

    assert answer.headers["content-type"] == "application/jsonlines"
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        BENIGN,
        NOTHING | {"error": "host: Object contains unknown field `host`"},
        NOTHING | {"error": "domain: Object missing required field `domain`"},
        NOTHING | {"error": "domain: Expected `str`, got `int`"},
        CONFICKER,
    ]


def test_accept_decides_the_form_of_the_answer(dga: Ask) -> None:
    body = {"instances": ["google.com"]}

    assert invoke(dga, body, accept="text/csv").text == "0.5,false,benign,1,,\n"
    assert invoke(dga, body, accept="application/jsonlines").json() == BENIGN
    assert invoke(dga, body, accept="image/png, */*").json() == {"predictions": [BENIGN]}


def test_numbers_in_csv_are_numbers_and_an_empty_cell_is_a_field_not_said(ask: Ask) -> None:
    headers = {"x-amzn-sagemaker-custom-attributes": "trace=7,detector=flow"}
    answer = invoke(ask, b"1,500,23\n0.5,5,\n1,many,23\n1,500,nan\n500\n", "text/csv", **headers)

    found = answer.json()["predictions"]
    assert [row["alert"] for row in found] == [True, False, None, None, None]
    assert found[4]["error"] == "it has other fields than the rows before it"


def test_several_detectors_are_told_apart_by_attribute_target_model_or_parameter(ask: Ask) -> None:
    body = {"instances": ["google.com"]}

    assert "E2015" in invoke(ask, body).json()["message"]
    for named in (
        invoke(ask, body, **{"x-amzn-sagemaker-custom-attributes": "detector=dga,version=1"}),
        invoke(ask, body, **{"x-amzn-sagemaker-target-model": "dga"}),
        invoke(ask, body | {"params": {"detector": "dga"}}),
    ):
        assert named.json() == {"predictions": [BENIGN]}


def test_attributes_and_the_inference_id_come_back_as_they_were_sent(dga: Ask) -> None:
    sent = {"x-amzn-sagemaker-custom-attributes": "trace=7;x", "x-amzn-sagemaker-inference-id": "id-7"}
    answer = invoke(dga, {"instances": ["a.com"]}, **sent)

    assert {name: answer.headers[name] for name in sent} == sent


def test_attributes_that_sagemaker_would_not_let_through_do_not_come_back(dga: Ask) -> None:
    attributes = {"x-amzn-sagemaker-custom-attributes": "x" * 1025}

    assert not attributes.keys() & invoke(dga, {"instances": ["a.com"]}, **attributes).headers.keys()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[1]", "BAD_REQUEST"),
        (b"{", "BAD_REQUEST"),
        (b"\xff", "BAD_REQUEST"),
        (b"{}", "BAD_REQUEST"),
        (b'{"inputs": [1], "instances": [1]}', "BAD_REQUEST"),
        (b'{"instances": 5}', "INVALID_PARAMETER_VALUE"),
        (b'{"instances": []}', "INVALID_PARAMETER_VALUE"),
        (b'{"instances": [5]}', "INVALID_PARAMETER_VALUE"),
        (b'{"inputs": {"a": [1], "b": [1, 2]}}', "INVALID_PARAMETER_VALUE"),
        (b'{"dataframe_split": {"columns": ["domain"]}}', "INVALID_PARAMETER_VALUE"),
        (b'{"dataframe_split": {"columns": ["a", "a"], "data": []}}', "INVALID_PARAMETER_VALUE"),
        (b'{"instances": ["a.com"], "params": 5}', "INVALID_PARAMETER_VALUE"),
    ],
)
def test_what_is_no_request_is_refused_in_mlflows_words(dga: Ask, body: bytes, code: str) -> None:
    refused = invoke(dga, body)

    assert refused.status_code == 400
    assert (list(refused.json()), refused.json()["error_code"]) == (["error_code", "message"], code)


def test_a_refusal_does_not_repeat_what_was_sent(dga: Ask) -> None:
    secret = "s3cret-value"
    for body in ({"instances": [{"domain": [secret]}]}, {"inputs": secret}, {"dataframe_split": secret}):
        refused = invoke(dga, body)
        assert refused.status_code == 400
        assert secret not in refused.text


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json; charset=latin-1", "image/png"])
def test_another_content_type_is_refused_as_text(dga: Ask, kind: str) -> None:
    refused = invoke(dga, b"{}", kind)

    assert refused.status_code == 415
    assert refused.headers["content-type"].startswith("text/plain")


def test_the_probes_answer_with_a_line_and_only_when_every_detector_is_ready(dga: Ask) -> None:
    assert [dga("GET", path).text for path in ("/ping", "/health", "/version")] == ["\n", "\n", "1.2.3"]
    starting = asking(create_app(Predictor({}), serving=Serving(), version="0"))
    assert [starting("GET", path).status_code for path in ("/ping", "/health")] == [503, 503]


def test_batch_transform_is_told_what_it_may_send(predictor: Predictor) -> None:
    batch = Platform("sagemaker", batch=Batch(concurrent=2, strategy="SINGLE_RECORD", payload_mb=6))
    serving = Serving(max_body_bytes=6 << 20)
    ask = asking(create_app(predictor, serving=serving, version="0", platform=batch))

    assert ask("GET", "/execution-parameters").json() == {
        "MaxConcurrentTransforms": 2,
        "BatchStrategy": "SINGLE_RECORD",
        "MaxPayloadInMB": 6,
    }


def test_the_inference_id_is_the_one_that_is_kept_with_a_prediction(predictor: Predictor) -> None:
    scope = {"headers": [], "detectory.request_id": "ours"}
    head = {b"content-type": b"text/csv", b"x-amzn-sagemaker-target-model": b"dga"}

    def kept(**more: bytes) -> str:
        headers = head | {name.replace("_", "-").encode(): value for name, value in more.items()}
        return Invocation(Head(scope, headers), predictor).ask(b"").caller.request_id

    assert kept() == "ours"
    assert kept(x_amzn_sagemaker_inference_id=b"theirs-7") == "theirs-7"
    assert kept(x_amzn_sagemaker_inference_id=b"no id\x1b") == "ours"
