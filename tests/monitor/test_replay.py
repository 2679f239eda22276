"""What two versions would have said otherwise, counted by day."""

import numpy as np
import pytest

from detectory.monitor.comparison import Predictions
from detectory.monitor.replay import SHOWN, Day, FalseAlerts, Replay


def said(alert: list[bool], label: list[str], rows: list[int] | None = None) -> Predictions:
    rows = rows if rows is not None else list(range(len(alert)))
    level = np.array([2.0 if one else -1.0 for one in alert])
    return Predictions(np.array(rows), level, np.array(alert), np.array(label))


def test_alerts_are_added_lost_moved_or_the_same() -> None:
    replay = Replay()
    replay.add(
        said([False, True, True, True], ["benign", "gozi", "gozi", "gozi"]),
        said([True, False, True, True], ["gozi", "benign", "matsnu", "gozi"]),
        entities=["a", "b", "c", "d"],
        days=["mon", "mon", "tue", "tue"],
        weights=[1.0, 1.0, 1.0, 2.0],
    )
    assert replay.total() == Day(rows=5, alerts=4, added=1, lost=1, moved=1)
    assert replay.days["mon"] == Day(rows=2, alerts=1, added=1, lost=1)
    [moved] = replay.examples["moved"].values()
    assert (moved.entity, moved.before, moved.after) == ("c", "gozi", "matsnu")


def test_what_the_candidate_does_not_take_is_counted_apart() -> None:
    replay = Replay()
    replay.add(
        said([True, True], ["gozi", "gozi"]),
        said([True], ["gozi"], rows=[1]),
        entities=["a", "b"],
        days=["mon", "mon"],
        weights=[1.0, 1.0],
    )
    assert (replay.unanswered, replay.total().rows) == (1, 1)


def test_an_example_is_shown_once_and_few_are() -> None:
    replay, many = Replay(), 3 * SHOWN
    for _ in range(2):
        replay.add(
            said([False] * many, ["benign"] * many),
            said([True] * many, ["gozi"] * many),
            entities=[f"host-{number // 2}" for number in range(many)],
            days=["mon"] * many,
            weights=[1.0] * many,
        )
    assert replay.total().added == 2 * many
    assert list(replay.examples["added"]) == [f"host-{number}" for number in range(SHOWN)]


def test_labels_say_how_many_false_alerts_more_to_expect() -> None:
    replay = Replay()
    replay.add(
        said([False] * 4, ["benign"] * 4),
        said([True] * 4, ["gozi"] * 4),
        entities=["a", "b", "c", "d"],
        days=["mon"] * 4,
        weights=[1.0] * 4,
        false=[True, False, False, None],
    )
    assert replay.false_share("added") == pytest.approx(1 / 3)
    assert FalseAlerts.of(replay, rows_a_day=12, rate=0.5).expected == pytest.approx(4.0)
    assert replay.to_dict()["labelled"]["added"] == {"true": 2, "false": 1}


def test_without_a_label_there_is_nothing_to_expect() -> None:
    replay = Replay()
    replay.days["mon"] = Day(rows=10, alerts=1, added=2, lost=1)
    replay.labelled["added", True] = 1
    assert FalseAlerts.of(replay, rows_a_day=10, rate=0.5).expected is None
