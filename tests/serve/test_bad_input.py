"""Whatever is sent, the answer is a documented refusal: never a 5xx, never a silent drop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.conftest import asking

Ask = Callable[..., httpx.Response]
URL = "/v1/detectors/dga/score"


def assert_is_a_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem.keys() >= {"type", "title", "detail", "fix"}
    return problem


NOT_JSON = {
    "empty": b"",
    "cut off": b'{"rows":[{"domain":"a',
    "NaN": b'{"rows":[{"domain":NaN}]}',
    "infinity": b'{"rows":[{"domain":-Infinity}]}',
    "lone surrogate": b'{"rows":[{"domain":"\\ud800"}]}',
    "lone surrogate as UTF-8": b'{"rows":[{"domain":"\xed\xa0\x80"}]}',
    "not UTF-8": b'{"rows":[{"domain":"\xff"}]}',
    "not UTF-8 in a name": b'{"r\xff":1}',
    "NUL byte": b'{"rows":[{"domain":"a\x00b"}]}',
    "UTF-16": '{"rows":[]}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"rows":[{"domain":"a.com"}]}',
    "two documents": b'{"rows":[{"domain":"a.com"}]}{}',
    "single quotes": b"{'rows':[]}",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_not_json_is_refused(score: Ask, body: bytes) -> None:
    assert_is_a_problem(score(body), 400, "E4030")


WRONG_SHAPE = {
    "a list": (b"[]", ""),
    "null": (b"null", ""),
    "a word": (b'"rows"', ""),
    "no rows": (b"{}", "/rows"),
    "empty rows": (b'{"rows":[]}', "/rows"),
    "rows an object": (b'{"rows":{}}', "/rows"),
    "rows null": (b'{"rows":null}', "/rows"),
    "unknown key": (b'{"rows":[{"domain":"a.com"}],"explain":true}', "/explain"),
    "a row a word": (b'{"rows":["a.com"]}', "/rows/0"),
    "no field": (b'{"rows":[{"domain":"a.com"},{}]}', "/rows/1/domain"),
    "unknown field": (b'{"rows":[{"domain":"a.com","ur/l~":1}]}', "/rows/0/ur~1l~0"),
    "a number": (b'{"rows":[{"domain":7}]}', "/rows/0/domain"),
    "null in a field": (b'{"rows":[{"domain":null}]}', "/rows/0/domain"),
    "a hundred thousand brackets": (b'{"rows":' + b"[" * 100_000, "/rows/0"),
    "a hundred thousand braces": (b'{"rows":[' + b'{"domain":' * 100_000, "/rows/0/domain"),
}


@pytest.mark.parametrize(("body", "pointer"), WRONG_SHAPE.values(), ids=WRONG_SHAPE.keys())
def test_another_shape_is_refused_and_pointed_at(score: Ask, body: bytes, pointer: str) -> None:
    problem = assert_is_a_problem(score(body), 422, "E4031")

    assert [error["pointer"] for error in problem["errors"]] == [pointer]


WRONG_NUMBERS = {
    "a fraction": (b'"seconds":1,"packets":1.5', "/rows/0/packets"),
    "above 64 bits": (b'"seconds":1,"packets":9223372036854775808', "/rows/0/packets"),
    "five thousand digits": (b'"seconds":1,"packets":' + b"9" * 5_000, "/rows/0/packets"),
    "text": (b'"seconds":"1","packets":1', "/rows/0/seconds"),
    "true": (b'"seconds":true,"packets":1', "/rows/0/seconds"),
    "beyond a double": (b'"seconds":1e400,"packets":1', "/rows/0/seconds"),
    "beyond any exponent": (b'"seconds":1e99999999999999999999,"packets":1', "/rows/0/seconds"),
}


@pytest.mark.parametrize(("fields", "pointer"), WRONG_NUMBERS.values(), ids=WRONG_NUMBERS.keys())
def test_a_number_that_does_not_fit_is_refused_and_pointed_at(
    score: Ask, fields: bytes, pointer: str
) -> None:
    problem = assert_is_a_problem(score(b'{"rows":[{' + fields + b"}]}", detector="flow"), 422, "E4031")

    assert problem["errors"][0]["pointer"] == pointer


NO_NAMES = {
    "empty": "",
    "spaces": "   ",
    "a space inside": "two words.com",
    "an IPv4 address": "192.168.0.1",
    "an IPv6 address": "2001:db8::1",
    "a URL": "https://example.com/path",
    "a name over 253": ".".join(["a" * 60] * 5) + ".com",
    "a label over 63": "a" * 64 + ".com",
    "an emoji that is no name": "💩" * 70 + ".com",
    "punycode that does not decode": "xn--a-ecp.xn--\x00",
    "a NUL": "a\x00b.com",
    "control characters": "a\x1b[31mb.com",
    "a bare suffix": "co.uk",
    "ten million letters cut to what fits": "a" * 4_000_000,
}


@pytest.mark.parametrize("name", NO_NAMES.values(), ids=NO_NAMES.keys())
def test_a_name_that_is_none_is_refused_with_a_reason(score: Ask, name: str) -> None:
    problem = assert_is_a_problem(score({"rows": [{"domain": name}]}), 422, "E4032")

    assert problem["errors"][0]["pointer"] == "/rows/0/domain"
    assert problem["errors"][0]["reason"]


def test_mixed_scripts_are_answered_or_refused_with_a_reason_but_not_dropped(score: Ask) -> None:
    names = ["раypal.com", "ﬁ.example", "İstanbul.com", "a\u200db.com", "☃.net", "例え.jp"]

    answer = score({"rows": [{"domain": name} for name in names]}).json()["results"]

    assert [row["domain"] for row in answer] == names
    assert all((row["score"] is None) == bool(row.get("error")) for row in answer)


def test_a_refusal_of_thousands_of_rows_stays_readable(score: Ask) -> None:
    problem = assert_is_a_problem(score({"rows": [{"domain": "a b"}] * 9_000}), 422, "E4032")

    assert problem["detail"] == "not one of the 9,000 rows can be scored by 'dga'"
    assert len(problem["errors"]) == 100


def test_10_001_rows_are_refused(score: Ask) -> None:
    assert_is_a_problem(score({"rows": [{"domain": "a.com"}] * 10_001}), 422, "E4034")


def test_a_body_over_the_limit_is_refused_by_what_it_declares(predictor: Predictor) -> None:
    ask = asking(create_app(predictor, serving=Serving(max_body_bytes=100), version="0"))

    answer = ask("POST", URL, content=b" " * 101, headers={"content-type": "application/json"})

    assert_is_a_problem(answer, 413, "E4033")


@pytest.mark.parametrize("length", ["-1", "x", "9" * 400, "1, 2"])
def test_a_senseless_declared_length_does_not_break_anything(score: Ask, length: str) -> None:
    answer = score({"rows": [{"domain": "a.com"}]}, **{"content-length": length})

    assert answer.status_code in {200, 413}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
def test_another_content_type_is_refused(score: Ask, kind: str) -> None:
    assert_is_a_problem(score({"rows": []}, **{"content-type": kind}), 415, "E2011")


def test_a_compressed_body_is_refused(score: Ask) -> None:
    assert_is_a_problem(score({"rows": []}, **{"content-encoding": "gzip"}), 415, "E2011")


def test_an_unknown_detector_is_answered_with_the_known_ones(score: Ask) -> None:
    problem = assert_is_a_problem(score({"rows": []}, detector="dag"), 404, "E6001")

    assert problem["why"] == "did you mean 'dga'? known: dga, flow"


@pytest.mark.parametrize("name", ["%00", "..", "%2e%2e%2f", "dga%2f", "💩", "a" * 5_000, "\u202edga"])
def test_a_hostile_detector_name_is_unknown(ask: Ask, name: str) -> None:
    answer = ask("POST", f"/v1/detectors/{name}/score", json={"rows": []})

    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW"])
def test_another_method_is_told_which_one_is_answered(ask: Ask, method: str) -> None:
    answer = ask(method, URL)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_an_unknown_address_and_a_wrong_method_elsewhere_are_problems_too(ask: Ask) -> None:
    assert_is_a_problem(ask("GET", "/wp-login.php"), 404, "E6010")
    assert_is_a_problem(ask("GET", "/livez/"), 404, "E6010")
    assert_is_a_problem(ask("POST", "/livez"), 405, "E2010")


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=200))
def test_any_bytes_at_all_get_an_answer(predictor: Predictor, body: bytes) -> None:
    ask = asking(create_app(predictor, serving=Serving(), version="0"))

    answer = ask("POST", URL, content=body, headers={"content-type": "application/json"})

    assert answer.status_code in {400, 422}


@settings(max_examples=150, deadline=None)
@given(name=st.text(max_size=80))
def test_any_text_at_all_is_scored_or_refused_with_a_reason(predictor: Predictor, name: str) -> None:
    ask = asking(create_app(predictor, serving=Serving(), version="0"))
    try:
        body = {"rows": [{"domain": name}, {"domain": "a.com"}]}
        answer = ask("POST", URL, json=body)
    except UnicodeEncodeError:  # a lone surrogate, which this client refuses to send
        return

    first, second = answer.json()["results"]
    assert (first["score"] is None) == bool(first.get("error"))
    assert second["score"] is not None
