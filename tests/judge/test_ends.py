"""A share of all or none of the rows still has an interval."""

import numpy as np
import pytest

from detectory.judge.ends import widened
from detectory.metrics import Interval

TARGET = np.repeat([True, False], [40, 60])
SEEN = np.repeat([True, False], [30, 70])
ALERT = np.arange(100) < 20
EACH = np.arange(100)


def only(name: str, value: float, group: np.ndarray = EACH) -> Interval:
    found = widened({name: Interval(value, value, value)}, target=TARGET, seen=SEEN, alert=ALERT, group=group)
    return found[name]


@pytest.mark.parametrize(
    ("name", "value", "trials"),
    [
        ("recall_at_budget", 1.0, 40),
        ("recall_seen_at_fpr_1e-2", 1.0, 30),
        ("recall_unseen_at_budget", 0.0, 10),
        ("fpr_at_budget", 0.0, 60),
        ("recall_negative_at_budget", 1.0, 60),
        ("precision_at_budget", 1.0, 20),
    ],
)
def test_a_share_of_all_or_none_is_less_sure_the_fewer_rows_there_are(
    name: str, value: float, trials: int
) -> None:
    found = only(name, value)
    assert found.value == value
    assert found.high - found.low == pytest.approx(3.84 / (trials + 3.84), rel=0.01)


def test_rows_of_one_group_count_as_one() -> None:
    assert only("recall_at_budget", 1.0, EACH // 4).low < only("recall_at_budget", 1.0).low


def test_what_is_no_point_or_no_share_stays_as_it_is() -> None:
    kept = {
        "recall_at_budget": Interval(1.0, 0.99, 1.0),
        "roc_auc": Interval(1.0, 1.0, 1.0),
        "fpr_at_budget": Interval(0.5, 0.5, 0.5),
    }
    assert widened(kept, target=TARGET, seen=SEEN, alert=ALERT, group=EACH) == kept
