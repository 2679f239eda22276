"""What two versions disagree on and people have settled, in every kind of ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detectory.ledger.database import Database
from detectory.ledger.disputes import settled
from detectory.ledger.feedback import Feedback, Label
from detectory.ledger.keeper import Keeper
from tests.ledger.conftest import forecast, record

Keep = Callable[..., list[dict[str, Any]]]


def test_a_dispute_has_both_answers_and_the_newest_label(keep: Keep, database: Database) -> None:
    odd, same = keep(record("odd.com", alert=True), record("same.com"))
    keeper = Keeper(database)
    keeper.shadowed([odd, same], [record("odd.com", version="2"), record("same.com", version="2")])
    keeper.flush()
    feedback = Feedback(database)
    feedback.record(Label(odd["prediction_id"], "gozi", who="one"))
    feedback.record(Label(odd["prediction_id"], "benign", who="two"))
    feedback.record(Label(same["prediction_id"], "benign"))

    (found,) = settled(database, "dga", ("1", "2"), since=0.0)
    assert (found.row, found.truth) == ({"domain": "odd.com"}, "benign")
    assert found.said == {"1": [0.9, True, "gozi"], "2": [0.1, False, "benign"]}
    assert settled(database, "dga", ("1", "3"), since=0.0) == []
    assert settled(database, "dga", ("1", "2"), since=2_000.0) == []


def test_numbers_that_differ_are_a_dispute(keep: Keep, database: Database) -> None:
    (north,) = keep(forecast("north", 6.0), values=True)
    keeper = Keeper(database)
    keeper.shadowed([north], [{**forecast("north", 9.0), "version": "2"}])
    keeper.flush()
    Feedback(database).record(Label(north["prediction_id"], "7.0"))

    (found,) = settled(database, "late", ("1", "2"), since=0.0)
    assert (found.said["1"][0], found.said["2"][0], found.truth) == (6.0, 9.0, "7.0")
