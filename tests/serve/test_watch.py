"""Who the store names answers; who cannot, does not, and the one before goes on."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from detectory.bundle import Opened
from detectory.errors import BundleRefused, UnknownVersion
from detectory.serve import probe
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.serve.watch import FIRST_PAUSE_S, Watch
from detectory.settings import Serving
from detectory.signing import TrustedKey
from tests.serve.conftest import Ask, asking
from tests.serve.shelf import Shelf
from tests.serve.test_health import numbers

ROWS = {"rows": [{"bytes": 400}]}
NEVER_ENDS = b"n = 0\nwhile True:\n    n += 1\n"


class Followed:
    """A predictor that follows a shelf, one look at a time, on a clock of the test's own."""

    def __init__(self, shelf: Shelf) -> None:
        self.now, self.tried = 0.0, list[str]()
        self.predictor: Predictor = shelf.predictor()
        self.watch = Watch(
            self.predictor, shelf.releases, every_s=1, clock=lambda: self.now, try_out=self._try_out
        )
        self.predictor.load()
        self.ask: Ask = asking(create_app(self.predictor, serving=Serving(), version="0"))

    def _try_out(self, opened: Opened, trusted: Sequence[TrustedKey]) -> None:
        self.tried.append(Path(opened.where).name)
        probe.try_out(opened, trusted, within_s=5)

    @property
    def version(self) -> str:
        """Who answers."""
        answer = self.ask("POST", "/v1/detectors/flow/score", json=ROWS)
        assert answer.status_code == 200
        version: str = answer.json()["version"]
        return version

    @property
    def readyz(self) -> dict[str, object]:
        """What the probe says, which must be a 200."""
        answer = self.ask("GET", "/readyz")
        assert answer.status_code == 200
        told: dict[str, object] = answer.json()
        return told


@pytest.fixture
def followed(shelf: Shelf) -> Followed:
    """A server in this process, version 1 loaded."""
    return Followed(shelf)


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


def test_a_bad_challenger_leaves_the_champion_alone(shelf: Shelf, followed: Followed) -> None:
    shelf.add(3, golden={"rows": {"bytes": [1]}, "features": {}, "log_odds": [7.0], "label": ["odd"]})
    shelf.challenge(3)
    followed.watch.look()
    assert followed.version == "1"
    assert followed.readyz["status"] == "degraded"
    with pytest.raises(UnknownVersion, match="has no version '3'"):
        followed.predictor.scorer("flow", version="3")


def unsigned(shelf: Shelf) -> str:
    path = shelf.add(3) / "threshold.json"
    path.write_bytes(path.read_bytes() + b" ")
    return "E9003"


def not_there(shelf: Shelf) -> str:
    return "E6002"


def other_golden_rows(shelf: Shelf) -> str:
    shelf.add(3, golden={"rows": {"bytes": [1]}, "features": {}, "log_odds": [7.0], "label": ["odd"]})
    return "golden rows"


def never_loaded(shelf: Shelf) -> str:
    shelf.add(3, golden={}, features_py=NEVER_ENDS)
    return "it was not ready within 5 s"


def no_graph(shelf: Shelf) -> str:
    shelf.add(3, golden={}, score_onnx=b"\x08\x09not a graph")
    return "refused: its graph cannot be loaded"


def throws(shelf: Shelf) -> str:
    shelf.add(3, golden={}, features_py=b"def features(rows):\n    raise ZeroDivisionError\n")
    return "raises"


def grows(shelf: Shelf) -> str:
    shelf.add(3, golden={}, features_py=b"import numpy\nkept = numpy.ones(1 << 32)\n")
    return "more than 4 GiB"


@pytest.mark.parametrize(
    "bad", [unsigned, not_there, other_golden_rows, never_loaded, no_graph, throws, grows]
)
def test_a_version_that_is_bad_is_refused_and_the_one_before_answers(
    shelf: Shelf, followed: Followed, bad: object
) -> None:
    assert callable(bad)
    reason = bad(shelf)
    shelf.promote(3)
    followed.watch.look()
    assert followed.version == "1"
    told = followed.readyz
    assert told["status"] == "degraded"
    assert "version 3 is refused" in str(told["degraded"])
    assert reason in str(told["degraded"])
    counted = numbers(followed.ask)
    assert counted['detectory_model_reload_failures_total{detector="flow"}'] == 1
    assert counted['detectory_degraded{detector="flow"}'] == 1


def test_a_bad_version_is_tried_again_after_pauses_and_another_one_at_once(
    shelf: Shelf, followed: Followed
) -> None:
    no_graph(shelf)
    shelf.promote(3)
    for now in (0.0, 1.0, FIRST_PAUSE_S, FIRST_PAUSE_S + 1, 3 * FIRST_PAUSE_S):
        followed.now = now
        followed.watch.look()
    assert followed.tried == ["3", "3", "3"]
    shelf.promote(2)
    followed.watch.look()
    assert followed.version == "2"
    assert followed.readyz["status"] == "ready"


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


def test_a_server_that_began_with_a_bad_champion_takes_the_next_good_one(shelf: Shelf) -> None:
    no_graph(shelf)
    shelf.promote(3)
    followed = Followed(shelf)
    followed.watch.look()
    assert followed.ask("GET", "/readyz").status_code == 503
    assert followed.ask("GET", "/startupz").status_code == 200
    shelf.promote(2)
    followed.watch.look()
    assert followed.version == "2"


def test_a_bundle_that_changes_between_two_looks_at_it_is_refused(shelf: Shelf) -> None:
    opened, trusted = shelf.releases.opened("flow", "1"), shelf.releases.keys()
    folder = Path(opened.where)
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("2"), folder)
    with pytest.raises(BundleRefused, match="another one than a moment ago"):
        probe.try_out(opened, trusted)


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
