"""A label is stored once, however often it is sent; a conflicting one is refused, nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from detectory.errors import LabelConflict, UnknownFeedback, UnknownPrediction
from detectory.ledger.database import Database
from detectory.ledger.feedback import Asked, Feedback, Label
from detectory.ledger.tables import feedback, newest, refusals, retractions
from tests.ledger.conftest import record

Keep = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def prediction(keep: Keep) -> str:
    """The id of a kept prediction."""
    return str(keep(record("bad.com", alert=True))[0]["prediction_id"])


@pytest.fixture
def labels(database: Database) -> Feedback:
    """The labels of an empty ledger, at noon."""
    return Feedback(database, clock=lambda: 43_200.0)


def counted(database: Database, table: Any) -> int:
    with database.connected() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def that_count(database: Database) -> list[str]:
    with database.connected() as connection:
        counting = select(feedback.c.label).where(feedback.c.seq.in_(newest()))
        return list(connection.execute(counting).scalars())


def test_a_label_is_stored_with_who_gave_it_and_when(
    labels: Feedback, database: Database, prediction: str
) -> None:
    stored = labels.record(Label(prediction, "benign", "our own gateway", who="soc"))

    assert stored.is_new
    with database.connected() as connection:
        row = connection.execute(select(feedback)).mappings().one()
    assert dict(row) == {
        "seq": stored.seq, "id": f"key soc/{prediction}", "prediction_id": prediction, "detector": "dga",
        "label": "benign", "note": "our own gateway", "who": "soc", "at": 43_200.0, "batch": "",
        "source": "api",
    }  # fmt: skip


def test_the_same_event_again_is_the_same_label(
    labels: Feedback, database: Database, prediction: str
) -> None:
    first = labels.record(Label(prediction, "benign", event="e1"))
    again = labels.record(Label(prediction, "benign", event="e1"))

    assert (again.seq, again.is_new) == (first.seq, False)
    assert counted(database, feedback) == 1


@pytest.mark.parametrize(("label", "note"), [("gozi", ""), ("benign", "another note")])
def test_an_event_that_says_something_else_is_refused_the_first_is_kept_and_the_refusal_noted(
    labels: Feedback, database: Database, prediction: str, label: str, note: str
) -> None:
    labels.record(Label(prediction, "benign", event="e1"))

    with pytest.raises(LabelConflict, match="the event 'e1' was stored with the label 'benign'"):
        labels.record(Label(prediction, label, note, event="e1"))
    assert that_count(database) == ["benign"]
    with database.connected() as connection:
        noted = connection.execute(select(refusals)).mappings().one()
    assert (noted["label"], noted["note"], noted["prediction_id"]) == (label, note, prediction)


def test_two_who_name_their_events_alike_do_not_meet(labels: Feedback, prediction: str) -> None:
    assert labels.record(Label(prediction, "benign", event="1", who="ann")).is_new
    assert labels.record(Label(prediction, "gozi", event="1", who="bob")).is_new


def test_an_import_is_the_same_whoever_does_it_again(labels: Feedback, prediction: str) -> None:
    assert labels.record(Label(prediction, "benign", batch="b1", who="ann")).is_new
    assert not labels.record(Label(prediction, "benign", batch="b1", who="bob")).is_new


def test_of_two_labels_the_newest_counts(labels: Feedback, database: Database, prediction: str) -> None:
    labels.record(Label(prediction, "benign"))
    labels.record(Label(prediction, "gozi", event="corrected"))

    assert that_count(database) == ["gozi"]


def test_a_prediction_that_is_not_there_gets_no_label(labels: Feedback, database: Database) -> None:
    with pytest.raises(UnknownPrediction, match="no prediction 'nobody'"):
        labels.record(Label("nobody", "benign"))
    with pytest.raises(UnknownPrediction, match="no prediction 'nobody'"):
        labels.asked("nobody")
    assert counted(database, feedback) == 0


def test_the_ledger_knows_whose_prediction_it_is(labels: Feedback, prediction: str) -> None:
    assert labels.asked(prediction) == Asked("dga", "1")


def test_of_many_at_once_one_is_new(labels: Feedback, database: Database, prediction: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: labels.record(Label(prediction, "benign", event="e")), range(40)))

    assert sum(one.is_new for one in stored) == 1
    assert len({one.seq for one in stored}) == 1
    assert counted(database, feedback) == 1


def test_of_many_that_disagree_at_once_one_is_kept_and_the_others_are_refused(
    labels: Feedback, database: Database, prediction: str
) -> None:
    def give(number: int) -> bool:
        try:
            return labels.record(Label(prediction, f"label{number}", event="e")).is_new
        except LabelConflict:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(give, range(16))) == 1
    assert counted(database, refusals) == 15


def test_a_label_taken_back_is_not_deleted_and_the_one_before_it_counts_again(
    labels: Feedback, database: Database, prediction: str
) -> None:
    labels.record(Label(prediction, "benign"))
    wrong = labels.record(Label(prediction, "gozi", event="wrong"))

    assert labels.take_back(wrong.seq, who="ann", reason="the wrong line") == 1
    assert that_count(database) == ["benign"]
    assert counted(database, feedback) == 2
    with pytest.raises(UnknownFeedback, match=f"no label that stands with number {wrong.seq}"):
        labels.take_back(wrong.seq, who="ann", reason="again")


def test_an_import_is_taken_back_as_a_whole(labels: Feedback, database: Database, keep: Keep) -> None:
    kept = keep(*(record(f"{n}.com") for n in range(5)))
    for one in kept:
        labels.record(Label(one["prediction_id"], "gozi", batch="b1"))
    labels.record(Label(kept[0]["prediction_id"], "benign", event="own"))

    with pytest.raises(UnknownFeedback):  # no import is called so: labels over HTTP have no batch
        labels.take_back_batch("", who="ann", reason="a slip")
    assert labels.take_back_batch("b1", who="ann", reason="shifted by a row") == 5
    assert that_count(database) == ["benign"]


def test_what_a_key_says_after_it_was_taken_back_counts(
    labels: Feedback, database: Database, prediction: str
) -> None:
    labels.record(Label(prediction, "gozi", who="k1", event="1"))
    labels.take_back_key("k1", who="ann", reason="it leaked")
    assert that_count(database) == []
    labels.record(Label(prediction, "benign", who="k1", event="2"))

    assert that_count(database) == ["benign"]
    assert counted(database, retractions) == 1


def test_nobody_can_name_an_event_as_somebody_else_would() -> None:
    """The subject of a token may hold a slash, and so may a caller's name for an event."""
    theirs = Label("c", "benign", who="sub:a/b")
    assert Label("p", "gozi", who="sub:a", event="b/c").id != theirs.id
    assert Label("p", "gozi", who="sub:a%2Fb", event="c").id != theirs.id
