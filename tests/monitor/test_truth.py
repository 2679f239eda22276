"""Quality from labels: shares with intervals, "no data" where there are none, no bias from who is asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from detectory import detectors
from detectory.ledger.database import Database
from detectory.ledger.feedback import Feedback, Label
from detectory.ledger.keeper import Keeper
from detectory.monitor.truth import Quality, quality
from detectory.spec import Spec
from tests.ledger.conftest import forecast, kept_in, record


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Database]:
    """An empty ledger."""
    with closing(Database(str(tmp_path / "ledger.db"))) as database:
        yield database


@pytest.fixture
def dga() -> Spec:
    """A detector that alerts."""
    return detectors.load("dga").spec


@pytest.fixture
def transit() -> Spec:
    """A detector that predicts numbers."""
    return detectors.load("transit").spec


def give(ledger: Database, record: dict[str, object], label: str) -> None:
    Feedback(ledger).record(Label(str(record["prediction_id"]), label))


def test_without_a_label_there_are_no_data(ledger: Database, dga: Spec) -> None:
    kept_in(ledger, record("a.com", alert=True), record("b.com"))

    found = quality(ledger, dga)
    assert found == Quality(0)
    assert found.to_dict() == {"labels": 0, "precision": None, "recall": None, "mae": None, "coverage": None}


def test_precision_is_the_share_of_labelled_alerts_that_are_true_with_wilsons_interval(
    ledger: Database, dga: Spec
) -> None:
    answered = kept_in(ledger, *(record(f"{n}.com", alert=True) for n in range(20)))
    for number, one in enumerate(answered[:10]):
        give(ledger, one, "benign" if number == 0 else "gozi")

    found = quality(ledger, dga)
    assert found.labels == 10
    assert found.precision is not None
    assert [round(part, 3) for part in found.precision] == [0.9, 0.596, 0.982]
    assert found.recall is None  # nobody has said what became of the rows that did not alert


def test_only_the_version_and_the_time_that_are_asked_for_count(ledger: Database, dga: Spec) -> None:
    for at, version, label in ((100.0, "1", "benign"), (200.0, "2", "gozi")):
        (answered,) = kept_in(ledger, record("a.com", alert=True, version=version), at=at)
        give(ledger, answered, label)

    for found in (quality(ledger, dga, version="2"), quality(ledger, dga, since=150.0)):
        assert found.labels == 1
        assert found.precision is not None
        assert found.precision.value == 1.0


def test_recall_is_not_distorted_by_the_share_that_is_kept_nor_by_labelling_alerts_more(
    ledger: Database, dga: Spec
) -> None:
    rng = random.Random(3)
    truth = {f"{n}.com": rng.random() < 0.05 for n in range(8000)}  # 5 % are true
    records = [record(name, alert=is_true and rng.random() < 0.7) for name, is_true in truth.items()]
    random.seed(3)
    keeper = Keeper(ledger, share=0.25)
    keeper.keep(records, detector="dga", values=False, request_id="", key="")
    keeper.flush()
    kept = [one for one in records if "prediction_id" in one]
    alerts = [one for one in kept if one["alert"]]
    quiet = rng.sample([one for one in kept if not one["alert"]], 400)
    for one in [*alerts[:80], *quiet]:
        give(ledger, one, "gozi" if truth[one["domain"]] else "benign")

    found = quality(ledger, dga).recall
    true_recall = len(alerts) / sum(truth.values())
    assert found is not None
    assert found.low < true_recall < found.high
    assert abs(found.value - true_recall) < 0.1


def test_labels_among_which_nothing_is_true_leave_recall_without_data(ledger: Database, dga: Spec) -> None:
    for one in kept_in(ledger, record("a.com", alert=True), record("b.com")):
        give(ledger, one, "benign")

    found = quality(ledger, dga)
    assert found.precision is not None
    assert found.precision.value == 0.0
    assert found.recall is None


def test_numbers_are_judged_by_their_error_and_by_how_often_the_interval_holds_the_truth(
    ledger: Database, transit: Spec
) -> None:
    keeper = Keeper(ledger)
    answered = [forecast("north", 5.0, low=4.0, high=6.0) for _ in range(4)]
    keeper.keep(answered, detector="transit", values=True, request_id="", key="")
    keeper.flush()
    for one, truth in zip(answered, ("5.0", "5.5", "6.0", "9.0"), strict=True):
        give(ledger, one, truth)

    found = quality(ledger, transit)
    assert found.mae is not None
    assert found.coverage is not None
    assert (found.mae.value, found.coverage.value) == (1.375, 0.75)
    assert found.mae.low < 1.375 < found.mae.high
    assert found.precision is None


def test_a_single_number_has_an_error_and_no_interval_of_it(ledger: Database, transit: Spec) -> None:
    keeper = Keeper(ledger)
    answered = [forecast("north", 5.0)]
    keeper.keep(answered, detector="transit", values=True, request_id="", key="")
    keeper.flush()
    give(ledger, answered[0], "6.0")

    assert quality(ledger, transit).to_dict()["mae"] == {"value": 1.0, "low": None, "high": None}
