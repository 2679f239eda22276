"""Who the store names answers; who cannot, does not, and the one before goes on."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from detectory.serve.predictor import Predictor
from detectory.serve.watch import Watch
from tests.serve.conftest import ROWS, Followed
from tests.serve.shelf import Shelf
from tests.serve.test_health import numbers


def test_whoever_is_promoted_answers_after_the_next_look(shelf: Shelf, followed: Followed) -> None:
    assert followed.version == "1"
    shelf.promote(2)
    followed.watch.look()
    assert followed.version == "2"
    assert followed.readyz == {"status": "ready", "detectors": ["flow"]}
    assert followed.tried == ["2"]


def test_a_version_that_has_answered_before_comes_back_without_a_probe(
    shelf: Shelf, followed: Followed
) -> None:
    for number in (2, 1, 2, 1):
        shelf.promote(number)
        followed.watch.look()
        assert followed.version == str(number)
    assert followed.tried == ["2", "1"]  # `run` would have noted version 1 when it was loaded


def test_nothing_is_opened_again_while_the_store_says_the_same(followed: Followed) -> None:
    before = followed.predictor.scorer("flow")
    followed.watch.look()
    assert followed.predictor.scorer("flow") is before
    assert followed.tried == []


def test_a_challenger_is_asked_by_its_number_and_goes_with_its_trial(
    shelf: Shelf, followed: Followed
) -> None:
    shelf.challenge(2)
    followed.watch.look()
    assert followed.version == "1"
    by_number = followed.ask("POST", "/v1/detectors/flow/versions/2/score", json=ROWS)
    assert by_number.json()["version"] == "2"
    counted = numbers(followed.ask)
    assert sorted(name for name in counted if "model_info" in name and 'role="challenger"' in name)

    shelf.challenge(None)
    followed.watch.look()
    gone = followed.ask("POST", "/v1/detectors/flow/versions/2/score", json=ROWS)
    assert (gone.status_code, gone.json()["code"]) == (404, "E6002")


def test_a_challenger_that_wins_is_published_as_it_is(shelf: Shelf, followed: Followed) -> None:
    shelf.challenge(2)
    followed.watch.look()
    tried = followed.predictor.scorer("flow", version="2")
    shelf.promote(2)
    followed.watch.look()
    assert followed.predictor.scorer("flow") is tried
    assert followed.predictor.slots["flow"].challenger is None


def test_what_is_wrong_is_logged_once(
    shelf: Shelf, followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    (shelf.store.root / "flow/champion.json").write_bytes(b"{")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            followed.watch.look()
        shelf.promote(1)
        followed.watch.look()
    assert [record.message for record in caplog.records if "degraded" in record.message] == [
        "degraded",
        "no longer degraded",
    ]


@pytest.mark.parametrize("pointer", [b"", b"{", b"\xff", b'{"body": {"version": 2}, "sha256": ""}'])
def test_a_pointer_that_cannot_be_read_changes_nothing(
    shelf: Shelf, followed: Followed, pointer: bytes
) -> None:
    (shelf.store.root / "flow/champion.json").write_bytes(pointer)
    followed.watch.look()
    assert followed.version == "1"
    assert "E9001" in str(followed.readyz["degraded"])


@pytest.mark.parametrize("body", [["2"], {"version": "../2"}, {"version": True}, {"version": 2.5}])
def test_a_pointer_without_a_number_changes_nothing(shelf: Shelf, followed: Followed, body: object) -> None:
    shelf.store.put("flow/champion.json", body)
    followed.watch.look()
    assert followed.version == "1"
    assert "the number of a version" in str(followed.readyz["degraded"])


def test_a_store_that_is_gone_changes_nothing_until_it_is_back(
    shelf: Shelf, followed: Followed, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    shutil.move(tmp_path / "flow", away)
    followed.watch.look()
    assert followed.version == "1"
    assert followed.readyz["degraded"] == {"flow": "the store names no champion"}
    shutil.move(away, tmp_path / "flow")
    shelf.promote(2)
    followed.watch.look()
    assert followed.version == "2"


@pytest.mark.parametrize("digits", [1, 3])
def test_who_comes_in_rounds_as_the_server_does(shelf: Shelf, digits: int) -> None:
    predictor: Predictor = shelf.predictor()
    watch = Watch(predictor, shelf.releases, every_s=1, digits=digits, try_out=lambda opened, trusted: None)
    predictor.load()
    shelf.promote(2)
    watch.look()
    rows = {"bytes": [40]}
    answers = predictor.score("flow", rows)
    assert (answers.version, answers.digits) == ("2", digits)
