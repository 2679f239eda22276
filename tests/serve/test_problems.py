"""A bug inside: the caller learns that it is one, the log learns what."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from detectory.runtime import AlertScorer, Scorer
from detectory.serve import logs
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.serve.conftest import asking


class Broken(AlertScorer):
    """A scorer with a bug."""

    def __init__(self, whole: Scorer) -> None:
        self.__dict__.update(whole.__dict__)

    def check_golden(self) -> int:
        return 0

    def parse(self, rows: object) -> None:  # type: ignore[override]
        raise RuntimeError("two\nlines \x1b[31m of /srv/secret")


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log_to(lines: io.StringIO) -> Iterator[None]:
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logs.JsonLines())
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)


@pytest.mark.usefixtures("log_to")
def test_a_bug_is_answered_without_its_words_and_logged_with_them(scorer: Scorer, lines: io.StringIO) -> None:
    predictor = Predictor({"dga": lambda: Broken(scorer)})
    predictor.load()
    ask = asking(create_app(predictor, serving=Serving(), version="0"))

    answer = ask("POST", "/v1/detectors/dga/score", json={"rows": [{"domain": "hidden.example"}]})

    assert (answer.status_code, answer.json()["code"]) == (500, "E1000")
    assert "secret" not in answer.text
    assert "lines" not in answer.text
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    failed = next(line for line in logged if "traceback" in line)
    assert failed["request_id"] == answer.json()["request_id"]
    assert "RuntimeError: two\nlines \x1b[31m of /srv/secret" in failed["traceback"]
    assert "hidden.example" not in lines.getvalue()
    assert "\x1b" not in lines.getvalue()


@pytest.mark.usefixtures("log_to")
@pytest.mark.parametrize(
    "path", ["/%0a%0dfake", "/%1b[2J", '/"},{"level":"info"', "/\u202egnp", "/" + "a" * 5_000]
)
def test_a_hostile_path_is_one_short_line_of_the_log(
    predictor: Predictor, lines: io.StringIO, path: str
) -> None:
    asking(create_app(predictor, serving=Serving(), version="0"))("GET", path)

    (line,) = [json.loads(text) for text in lines.getvalue().splitlines() if "refused" in text]
    assert (line["status"], line["route"]) == (404, "none")
    assert lines.getvalue().isascii()
    assert len(line["path"]) <= 2_000
