"""Probes, metrics, and what the server says of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from detectory.errors import GoldenMismatch
from detectory.ledger.database import Database
from detectory.ledger.keeper import Keeper
from detectory.runtime import Scorer
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.conftest import asking

Ask = Callable[..., httpx.Response]


def numbers(ask: Ask) -> dict[str, float]:
    lines = [line for line in ask("GET", "/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_the_server_is_alive_before_it_is_ready(scorer: Scorer) -> None:
    predictor = Predictor({"dga": lambda: scorer})
    ask = asking(create_app(predictor, serving=Serving(), version="0"))

    assert ask("GET", "/livez").status_code == 200
    before = ask("GET", "/readyz")
    predictor.load()
    after = ask("GET", "/readyz")

    assert (before.status_code, before.json()["detectors"]) == (503, {"dga": "starting"})
    assert before.headers["retry-after"] == "1"
    assert (after.status_code, after.json()) == (200, {"status": "ready", "detectors": ["dga"]})


def test_a_failed_detector_keeps_the_server_from_being_ready_and_is_named(scorer: Scorer) -> None:
    def unlike() -> Scorer:
        raise GoldenMismatch("/srv/secret/bundle", why="a log-odds differs by 0.2")

    predictor = Predictor({"dga": lambda: scorer, "iot": unlike})
    predictor.load()
    ask = asking(create_app(predictor, serving=Serving(), version="0"))

    answer = ask("GET", "/readyz")

    assert answer.status_code == 503
    assert "golden rows here: a log-odds differs by 0.2" in answer.json()["detectors"]["iot"]
    assert "secret" not in answer.text
    assert ask("POST", "/v1/detectors/iot/score", json={"rows": []}).status_code == 503
    assert ask("POST", "/v1/detectors/dga/score", json={"rows": [{"domain": "a.com"}]}).status_code == 200


def test_a_ledger_that_is_away_is_told_of_until_it_is_back(predictor: Predictor, tmp_path: Path) -> None:
    folder = tmp_path / "away"
    folder.write_text("a file where a folder should be")
    keeper = Keeper(Database(str(folder / "ledger.db")))
    ask = asking(create_app(predictor, serving=Serving(), version="0", keeper=keeper))

    ask("POST", "/v1/detectors/dga/score", json={"rows": [{"domain": "google.com"}]})
    keeper.stop()
    away = ask("GET", "/readyz")
    folder.unlink()
    keeper.stop()
    back = ask("GET", "/readyz")

    assert (away.status_code, back.status_code) == (200, 200)
    assert away.json() == {"status": "degraded", "detectors": ["dga", "flow"], "ledger": "away"}
    assert back.json() == {"status": "ready", "detectors": ["dga", "flow"]}


def test_a_server_without_detectors_is_never_ready() -> None:
    assert (
        asking(create_app(Predictor({}), serving=Serving(), version="0"))("GET", "/readyz").status_code == 503
    )


def test_the_detectors_are_listed_with_what_a_caller_needs(ask: Ask, scorer: Scorer) -> None:
    dga, flow = ask("GET", "/v1/detectors").json()["detectors"]

    assert dga["name"] == "dga"
    assert dga["question"] == "Is this domain name machine-made, and by which malware family?"
    assert (dga["version"], dga["digest"]) == ("1", scorer.bundle.digest)
    assert dga["doors"]["domain"]["fields"]["domain"]["type"] == "string"
    assert dga["threshold"]["log_odds"] == 1.0
    assert dga["threshold"]["false_positive_rate"] == 0.001
    assert list(flow["doors"]) == ["flow", "total"]


def test_a_detector_that_is_not_ready_is_listed_as_such() -> None:
    ask = asking(
        create_app(Predictor({"dga": lambda: pytest.fail("not opened")}), serving=Serving(), version="0")
    )

    assert ask("GET", "/v1/detectors").json() == {
        "detectors": [{"state": "starting", "name": "dga", "reason": ""}]
    }


def test_the_version_is_the_same_everywhere(ask: Ask) -> None:
    assert ask("GET", "/v1/version").json() == {"version": "1.2.3"}
    assert ask("GET", "/openapi.json").json()["info"]["version"] == "1.2.3"
    assert any("detectory_build_info{" in name and 'version="1.2.3"' in name for name in numbers(ask))


def test_requests_rows_alerts_and_rejections_are_counted(ask: Ask, score: Ask) -> None:
    score({"rows": [{"domain": name} for name in ("google.com", "x1y2z3w4.com", "a b", "")]})
    score(b"{")

    counted = numbers(ask)

    route = 'route="/v1/detectors/{name}/score"'
    assert counted[f'detectory_http_requests_total{{{route},status="200"}}'] == 1
    assert counted[f'detectory_http_requests_total{{{route},status="400"}}'] == 1
    assert counted[f"detectory_http_request_seconds_count{{{route}}}"] == 2
    assert counted['detectory_rows_scored_total{detector="dga"}'] == 2
    assert counted['detectory_alerts_total{detector="dga"}'] == 1
    assert counted['detectory_rows_rejected_total{detector="dga",reason="bad_character"}'] == 1
    assert counted['detectory_rows_rejected_total{detector="dga",reason="empty"}'] == 1


def test_model_and_readiness_are_among_the_numbers(ask: Ask, scorer: Scorer) -> None:
    counted = numbers(ask)

    labels = f'detector="dga",digest="{scorer.bundle.digest}",role="champion",version="1"'
    assert counted[f"detectory_model_info{{{labels}}}"] == 1
    assert counted['detectory_ready{detector="dga"}'] == 1


def test_what_callers_type_never_becomes_a_label(ask: Ask) -> None:
    for number in range(50):
        ask("GET", f"/nowhere/{number}")
        ask("POST", f"/v1/detectors/nobody{number}/score", json={"rows": []})
        ask(f"METHOD{number}", "/livez")

    series = [name for name in numbers(ask) if name.startswith("detectory_http_requests_total")]

    assert len(series) == 3


def test_two_apps_count_apart(predictor: Predictor, ask: Ask) -> None:
    other = asking(create_app(predictor, serving=Serving(), version="0"))
    other("GET", "/livez")

    assert 'detectory_http_requests_total{route="/livez",status="200"}' not in numbers(ask)
