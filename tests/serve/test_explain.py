"""``explain``: what score answers, with the parts of each row that drove it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from detectory import bundle
from detectory.detectors.phishing.features import DENSE
from detectory.serve.app import create_app
from detectory.serve.gate import Gate
from detectory.serve.predictor import Predictor
from detectory.settings import Limits, Serving
from tests.serve import bundles
from tests.serve.conftest import asking

PHISHING = Path(bundle.__file__).parent / "detectors" / "phishing"
Explain = Callable[..., httpx.Response]


def phishing_files() -> dict[str, bytes]:
    """The files of a bundle with phishing's own parse and features, and three weights."""
    weights = np.zeros(len(DENSE))
    for name, weight in {"brand_look_alike": 4.0, "says_login": 2.0, "userinfo": 1.0}.items():
        weights[DENSE.index(name)] = weight
    words = {name: (PHISHING / name).read_bytes() for name in ("detector.toml", "parse.py", "features.py")}
    return {**words, "score.onnx": bundles.linear(weights), "threshold.json": b'{"log_odds": 1.0}'}


@pytest.fixture(scope="module")
def explaining(key: Path, dga_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """Phishing, which explains itself, and dga, which does not."""
    heads = {"score": bundle.Head("score.onnx", ["dense"])}
    golden = {"url": ["example.com", "login.example.com/x"]}
    folder = tmp_path_factory.mktemp("bundles") / "phishing"
    opener = bundles.write(folder, phishing_files(), heads, golden, key)
    dga = bundles.opener(dga_folder, key.with_suffix(".pub"))
    predictor = Predictor({"phishing": opener, "dga": dga})
    predictor.load()
    return predictor


@pytest.fixture(scope="module")
def explain(explaining: Predictor) -> Explain:
    """Ask for the reasons of a body, JSON or raw bytes."""
    ask = asking(create_app(explaining, serving=Serving(max_explained_rows=3), version="1.2.3"))

    def of(body: Any, *, detector: str = "phishing", kind: str = "application/json") -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return ask("POST", f"/v1/detectors/{detector}/explain", content=raw, headers={"content-type": kind})

    return of


def test_every_record_says_which_parts_drove_it(explain: Explain) -> None:
    urls = ["http://me@paypa1.com/login/x", "http://example.com/", "no url"]
    answer = explain({"rows": [{"url": url} for url in urls]})
    assert answer.status_code == 200
    phishing, plain, refused = answer.json()["results"]
    assert phishing["alert"] is True
    assert [(reason["name"], reason["value"], reason["change"]) for reason in phishing["reasons"]] == [
        ("name", "paypa1", 4.0),
        ("folder", "/login", 2.0),
        ("userinfo", "me", 1.0),
    ]
    assert phishing["reasons"][0]["says"] == "name 'paypa1'; raises the score by 4.00 log-odds"
    assert plain["reasons"] == []
    assert (refused["reasons"], refused["error"]) == (None, "bad_character")


def test_a_detector_without_parts_is_refused_with_what_it_lacks(explain: Explain) -> None:
    answer = explain({"rows": [{"domain": "example.com"}]}, detector="dga")
    assert (answer.status_code, answer.json()["code"]) == (422, "E2009")
    assert "without_parts" in answer.json()["why"]


def test_more_rows_than_are_explained_are_refused_and_the_setting_named(explain: Explain) -> None:
    rows = [{"url": "example.com"}] * 4
    assert explain({"rows": rows[:3]}).status_code == 200
    answer = explain({"rows": rows})
    assert (answer.status_code, answer.json()["code"]) == (422, "E4034")
    assert "serving.max_explained_rows" in answer.json()["fix"]


@pytest.mark.parametrize(
    ("body", "detector", "kind", "status", "code"),
    [
        ({"rows": []}, "phishing", "application/json", 422, "E4031"),
        ({"rows": [{"url": 7}]}, "phishing", "application/json", 422, "E4031"),
        ({"rows": [{"url": "no url"}]}, "phishing", "application/json", 422, "E4032"),
        (b"{", "phishing", "application/json", 400, "E4030"),
        (b"url", "phishing", "text/plain", 415, "E2011"),
        ({"rows": []}, "nobody", "application/json", 404, "E6001"),
    ],
)
def test_it_refuses_what_score_refuses(
    explain: Explain, body: Any, detector: str, kind: str, status: int, code: str
) -> None:
    answer = explain(body, detector=detector, kind=kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_explanation_costs_its_rows(explaining: Predictor) -> None:
    public = Serving(host="0.0.0.0", insecure=True)
    gate = Gate(public, limits=Limits(anonymous=3))
    ask = asking(create_app(explaining, serving=public, version="0", gate=gate))
    rows = [{"url": "http://example.com/"}] * 4

    refused, answered = (
        ask("POST", "/v1/detectors/phishing/explain", json={"rows": rows[:n]}) for n in (4, 2)
    )

    assert (refused.status_code, answered.status_code) == (429, 200)
    assert answered.headers["ratelimit"].startswith('"anonymous";r=0;')
