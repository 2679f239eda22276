"""``replay``: rows answered again by two versions, before the second one serves."""

from pathlib import Path

import numpy as np
import pytest

from detectory.cli.replaying import text_of
from detectory.library import Workspace
from detectory.monitor.comparison import Said
from detectory.monitor.replay import FalseAlerts, Replay
from tests.cli.conftest import Ask


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


def test_a_number_has_no_alerts_to_replay(ask: Ask, late_made: Workspace, words: Path) -> None:
    said = ask("replay", "late", "--from", str(words), at=late_made.root)
    assert (said.code, "a replay is for detectors that alert" in said.err) == (2, True)


def test_an_unknown_candidate_is_answered_with_the_known_ones(ask: Ask, pair: Workspace, words: Path) -> None:
    said = ask("replay", "toy", "--candidate", "9", "--from", str(words), at=pair.root)
    assert (said.code, "no version '9'" in said.err) == (6, True)


def test_examples_are_defanged_where_people_read_them() -> None:
    replay = Replay()
    replay.add(
        Said(np.array([0]), np.array([-1.0]), np.array([False]), np.array(["benign"])),
        Said(np.array([0]), np.array([2.5]), np.array([True]), np.array(["gozi"])),
        entities=["http://evil.example/\x1b[2J"],
        days=["2026-11-21"],
        weights=[10.0],
    )
    text = text_of(replay, FalseAlerts.of(replay.total(), rows_a_day=10, rate=0.1))
    assert "false       0.0 fewer to 10.0 more a day; the budget bears 1.0" in text
    assert "2026-11-21  10    0       10     0     0" in text
    assert "hxxp://evil[.]example/?[2J  benign  gozi  +3.50" in text
