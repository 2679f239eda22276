"""Truth is the newest label that stands, joined to what was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from detectory.ledger import history, truth
from detectory.ledger.database import Database
from detectory.ledger.feedback import Feedback, Label
from detectory.ledger.keeper import Keeper
from detectory.ledger.review import Kind, queue
from tests.ledger.conftest import forecast, record

Keep = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def labels(database: Database) -> Feedback:
    """The labels of an empty ledger, at second 5,000."""
    return Feedback(database, clock=lambda: 5000.0)


def shadowed(database: Database, answered: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    keeper = Keeper(database)
    keeper.shadowed(answered, others)
    keeper.flush()


def test_a_prediction_is_joined_by_the_newest_label_that_stands(
    keep: Keep, database: Database, labels: Feedback
) -> None:
    first, second, _ = keep(record("a.com", alert=True), record("b.com"), record("c.com"))
    labels.record(Label(first["prediction_id"], "benign"))
    wrong = labels.record(Label(first["prediction_id"], "pykspa", event="wrong"))
    labels.record(Label(second["prediction_id"], "gozi"))
    labels.take_back(wrong.seq, who="ann", reason="a slip")

    found = truth.labelled(database, "dga")
    assert [(one.row["domain"], one.alert, one.said, one.label) for one in found] == [
        ("a.com", True, "gozi", "benign"),
        ("b.com", False, "benign", "gozi"),
    ]
    assert truth.labelled(database, "late") == []


def test_truth_can_be_asked_of_one_version_and_since_a_time(
    keep: Keep, database: Database, labels: Feedback
) -> None:
    for at, version in ((100.0, "1"), (200.0, "1"), (300.0, "2")):
        (answered,) = keep(record(f"{at}.com", version=version), at=at)
        labels.record(Label(answered["prediction_id"], "benign"))

    assert len(truth.labelled(database, "dga", since=200.0)) == 2
    assert [one.row["domain"] for one in truth.labelled(database, "dga", version="2")] == ["300.0.com"]


def test_the_population_counts_rows_that_were_not_kept_too(database: Database) -> None:
    keeper = Keeper(database, share=0.5)
    records = [record(f"{n}.com", alert=n < 10) for n in range(2010)]
    keeper.keep(records, detector="dga", values=False, request_id="", key="")
    keeper.flush()

    found = truth.population(database, "dga")
    assert found[True] == 10
    assert found[False] == pytest.approx(2000, rel=0.15)


def test_rows_come_as_they_were_sent_the_oldest_first(keep: Keep, database: Database) -> None:
    keep(record("b.com"), at=20.0)
    keep(record("a.com", alert=True), at=10.0)
    keep(record("old.com"), at=1.0)

    assert list(truth.rows(database, "dga", since=5.0)) == [
        (10.0, 1.0, {"domain": "a.com"}),
        (20.0, 1.0, {"domain": "b.com"}),
    ]


def test_a_review_asks_first_where_versions_disagree_then_for_the_newest_alerts(
    keep: Keep, database: Database
) -> None:
    (old,) = keep(record("old.com", alert=True), at=10.0)
    (new,) = keep(record("new.com", alert=True), at=30.0)
    answered = keep(record("split.com"), record("quiet.com"), at=20.0)
    shadowed(database, answered, [record("split.com", alert=True, version="2"), record("q.com", version="2")])

    assert [(one.row["domain"], one.why) for one in queue(database)] == [
        ("split.com", "disagreed"),
        ("new.com", "alerts"),
        ("old.com", "alerts"),
    ]
    assert [one.prediction_id for one in queue(database, limit=2, kinds=("alerts",))] == [
        new["prediction_id"],
        old["prediction_id"],
    ]


def test_a_review_asks_wherever_a_label_would_decide_a_trial(keep: Keep, database: Database) -> None:
    named = keep(record("a.com", alert=True), at=20.0)
    numbers = keep(forecast("north", 6.0), forecast("south", 6.0), values=True, at=10.0)
    shadowed(database, named, [record("a.com", alert=True, label="necurs", version="2")])
    others = forecast("north", 9.0), forecast("south", 6.0)
    shadowed(database, numbers, [{**other, "version": "2"} for other in others])

    asked = queue(database, kinds=("disagreed",))
    assert [one.prediction_id for one in asked] == [named[0]["prediction_id"], numbers[0]["prediction_id"]]


@pytest.mark.parametrize(("kind", "domain"), [("alerts", "alert.com"), ("quiet", "quiet.com")])
def test_what_has_a_label_is_not_asked_about_until_it_is_taken_back(
    keep: Keep, database: Database, labels: Feedback, kind: Kind, domain: str
) -> None:
    answered = keep(record("alert.com", alert=True), record("quiet.com"))
    given = [labels.record(Label(one["prediction_id"], "benign")) for one in answered]
    assert queue(database, "dga", kinds=(kind,)) == []
    for one in given:
        labels.take_back(one.seq, who="", reason="")

    assert [one.row["domain"] for one in queue(database, "dga", kinds=(kind,))] == [domain]


def test_a_row_that_was_sent_often_is_asked_about_once(keep: Keep, database: Database) -> None:
    keep(*(record("same.com", alert=True) for _ in range(5)), record("other.com", alert=True))

    assert sorted(one.row["domain"] for one in queue(database)) == ["other.com", "same.com"]


def test_numbers_are_asked_about_as_rows_that_do_not_alert(keep: Keep, database: Database) -> None:
    keep(forecast("north", 6.5), values=True)

    assert queue(database, "late") == []
    assert [one.level for one in queue(database, "late", kinds=("quiet",))] == [6.5]


def test_history_tells_what_was_said_in_order_and_what_was_taken_back(
    keep: Keep, database: Database, labels: Feedback
) -> None:
    (answered,) = keep(record("a.com"))
    first = labels.record(Label(answered["prediction_id"], "gozi", who="ann"))
    labels.record(Label(answered["prediction_id"], "benign", who="bob"))
    labels.take_back(first.seq, who="ann", reason="a slip")

    told = [(event.who, event.label, event.stands) for event in history.events(database, "dga")]
    assert told == [("ann", "gozi", False), ("bob", "benign", True)]
    assert [event.who for event in history.events(database, newest_first=True)] == ["bob", "ann"]
    assert list(history.events(database, "late")) == []
    assert list(history.events(database, since=6000.0)) == []
