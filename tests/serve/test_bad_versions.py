"""A version that is bad is refused, and the one before goes on answering."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from detectory.errors import BundleRefused, UnknownVersion
from detectory.serve import probe
from detectory.serve.watch import FIRST_PAUSE_S
from tests.serve.conftest import Followed
from tests.serve.shelf import Shelf
from tests.serve.test_health import numbers

NEVER_ENDS = b"n = 0\nwhile True:\n    n += 1\n"


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
