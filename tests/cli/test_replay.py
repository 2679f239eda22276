"""``replay``: rows answered again by two versions, before the second one serves."""

import time
from pathlib import Path

import numpy as np
import pytest

from detectory.cli.replaying import of_ledger, row_key, text_of
from detectory.ledger import truth
from detectory.ledger.keeper import Keeper
from detectory.library import Workspace
from detectory.monitor.comparison import Predictions
from detectory.monitor.replay import FalseAlerts, Replay
from detectory.runtime import AlertScorer
from tests.cli.conftest import Ask

NOW, DAY_S = time.time(), 86_400


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Serial numbers and words."""
    path = tmp_path / "words.csv"
    path.write_text("text\n" + "a1b2c3d4\nhello\nz9y8x7w6\nhouse\n" * 5)
    return path


def test_the_same_version_says_nothing_otherwise(ask: Ask, pair: Workspace, words: Path) -> None:
    said = ask("replay", "toy", "--candidate", "1", "--from", str(words), "--json", at=pair.root).json
    assert said["total"]["rows"] == 20
    assert [said["total"][kind] for kind in ("added", "lost", "moved")] == [0, 0, 0]
    assert (said["champion"], said["candidate"]) == (1, 1)


def test_a_replay_is_a_table_a_day_and_goes_nowhere(ask: Ask, pair: Workspace, words: Path) -> None:
    said = ask("replay", "toy", "--from", str(words), at=pair.root)
    assert said.code == 0
    assert "rows        20, of which" in said.out
    assert "file  20" in said.out
    assert "the budget bears 10.0" in said.out
    assert "next: detectory canary start toy@2" in said.err
    assert not (pair.store.root / "toy" / "canary.json").exists()


def test_what_servers_were_sent_is_answered_again_by_day(ask: Ask, pair: Workspace) -> None:
    database = pair.ledger
    assert database is not None
    answered = {"score": 0.1, "alert": False, "label": "word", "version": "1"}
    for at, share in ((NOW - 3 * DAY_S, 1.0), (NOW - DAY_S, 0.5), (NOW - 30 * DAY_S, 1.0)):
        keeper = Keeper(database, clock=lambda at=at: at, share=share)  # type: ignore[misc]
        records = [{"text": f"house{number}", **answered} for number in range(40)]
        keeper.keep(records, detector="toy", values=False, request_id="r", key="")
        keeper.flush()
    kept = sum(1 for _ in truth.rows(database, "toy", since=NOW - 2 * DAY_S))
    said = ask("replay", "toy", "--candidate", "1", "--json", at=pair.root).json
    assert sorted(day["rows"] for day in said["days"].values()) == sorted([40, 2 * kept])
    database.close()


def test_a_row_brings_its_label_whatever_the_order_of_its_fields(pair: Workspace) -> None:
    scorer = pair.scorer("toy")
    assert isinstance(scorer, AlertScorer)
    kept = [(NOW, 1.0, {"text": "a1b2", "more": 1}), (NOW, 0.5, {"text": "house"})]
    (block,) = of_ledger(kept, {row_key({"more": 1, "text": "a1b2"}): "word"}, scorer)
    assert (list(block.truths), list(block.weights)) == (["word", ""], [1.0, 2.0])


def test_where_nothing_was_kept_there_is_nothing_to_answer(ask: Ask, pair: Workspace) -> None:
    said = ask("replay", "toy", "--last", "2h", at=pair.root)
    assert (said.code, "no server was sent a row since" in said.err) == (6, True)
    said = ask("replay", "toy", "--set", "ledger.url=none", at=pair.root)
    assert (said.code, "the setting ledger.url is none" in said.err) == (6, True)


def test_a_time_that_is_none_is_refused(ask: Ask, pair: Workspace) -> None:
    said = ask("replay", "toy", "--last", "soon", at=pair.root)
    assert (said.code, "'soon' is no number of seconds, minutes, hours or days" in said.err) == (2, True)


def test_a_number_has_no_alerts_to_replay(ask: Ask, late_made: Workspace, words: Path) -> None:
    said = ask("replay", "late", "--from", str(words), at=late_made.root)
    assert (said.code, "a replay is for detectors that alert" in said.err) == (2, True)


def test_an_unknown_candidate_is_answered_with_the_known_ones(ask: Ask, pair: Workspace, words: Path) -> None:
    said = ask("replay", "toy", "--candidate", "9", "--from", str(words), at=pair.root)
    assert (said.code, "no version '9'" in said.err) == (6, True)


def test_examples_are_defanged_where_people_read_them() -> None:
    replay = Replay()
    replay.add(
        Predictions(np.array([0]), np.array([-1.0]), np.array([False]), np.array(["benign"])),
        Predictions(np.array([0]), np.array([2.5]), np.array([True]), np.array(["gozi"])),
        entities=["http://evil.example/\x1b[2J"],
        days=["2026-11-21"],
        weights=[10.0],
        false=[True],
    )
    text = text_of(replay, FalseAlerts.of(replay, rows_a_day=10, rate=0.1))
    assert "false       0.0 fewer to 10.0 more a day, by their labels 10.0 more; the budget bears 1.0" in text
    assert "2026-11-21  10    0       10     0     0" in text
    assert "hxxp://evil[.]example/?[2J  benign  gozi  +3.50" in text
