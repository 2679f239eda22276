"""The threshold keeps its promise, says what it cannot promise, and treats ties honestly."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from detectory.errors import BadSetting, CannotCertify, ScoresNotFinite
from detectory.judge import threshold
from detectory.judge.threshold import Budget, Threshold, choose

ONE_IN_100 = Budget(false_alerts_a_day=1, benign_events_a_day=100)


def test_the_true_rate_exceeds_the_budget_in_at_most_one_calibration_of_20() -> None:
    random = np.random.default_rng(1)
    broken = 0
    for _ in range(2_000):
        found = choose(random.random(500), budget=ONE_IN_100)
        broken += 1 - found.log_odds > 0.01  # scores are uniform, so the true rate is 1 - threshold
    assert broken / 2_000 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 2_000)


def test_one_rank_more_would_break_the_promise() -> None:
    from detectory.metrics import clopper_pearson_upper

    for n, alpha in [(500, 0.01), (10_000, 1e-3), (100_000, 1e-3), (50, 0.5), (3, 1.0)]:
        k = threshold.largest_rank(n, alpha)
        assert clopper_pearson_upper(k - 1, n) <= alpha
        assert k == n or clopper_pearson_upper(k, n) > alpha


def test_at_most_k_minus_1_calibration_rows_alert_and_with_ties_fewer() -> None:
    scores = np.random.default_rng(2).normal(size=5_000).astype(np.float32)
    plain, tied = choose(scores, budget=ONE_IN_100), choose(scores.round(0), budget=ONE_IN_100)
    assert plain.alerts(scores).sum() == plain.k - 1
    assert tied.alerts(scores.round(0)).sum() < tied.k - 1


def test_scores_that_are_all_the_same_never_alert() -> None:
    found = choose(np.zeros(1_000), budget=ONE_IN_100)
    assert not found.alerts(np.zeros(1_000)).any()


def test_the_rank_depends_on_how_many_scores_there_are_and_not_on_the_scores() -> None:
    random = np.random.default_rng(3)
    ranks = {choose(random.normal(scale=s, size=2_000), budget=ONE_IN_100).k for s in (0.1, 1, 10)}
    assert len(ranks) == 1


def test_about_3_000_benign_rows_certify_one_in_1_000_and_30_000_one_in_10_000() -> None:
    assert threshold.rows_needed(1e-3) == 2_995
    assert threshold.rows_needed(1e-4) == 29_956
    assert threshold.largest_rank(2_994, 1e-3) == 0
    assert threshold.smallest_alpha(2_995) <= 1e-3


def test_too_few_rows_are_refused_naming_what_they_can_certify_and_what_is_needed() -> None:
    budget = Budget(false_alerts_a_day=1, benign_events_a_day=1_000)
    with pytest.raises(
        CannotCertify, match=r"1,000 rows can certify 0\.003 at best; 0\.001 needs 2,995"
    ) as caught:
        choose(np.zeros(1_000), budget=budget)
    assert caught.value.exit_code == 5


def test_no_row_certifies_nothing() -> None:
    with pytest.raises(CannotCertify, match="0 rows certify nothing"):
        choose(np.array([]), budget=ONE_IN_100)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_no_number_is_refused(wrong: float) -> None:
    scores = np.zeros(400)
    scores[7] = wrong
    with pytest.raises(ScoresNotFinite, match=r"1 of 400 scores(.|\n)*row 7"):
        choose(scores, budget=ONE_IN_100)


@pytest.mark.parametrize("numbers", [(0, 100, 0), (1, 0, 0), (-1, 100, 0), (math.nan, 100, 0), (1, 100, 1)])
def test_numbers_that_are_no_budget_are_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(BadSetting, match=r"budget\."):
        Budget(*numbers)


def test_more_false_alerts_than_events_means_that_everything_may_alert() -> None:
    found = choose(np.arange(10.0), budget=Budget(false_alerts_a_day=500, benign_events_a_day=100))
    assert (found.alpha, found.k, found.log_odds) == (1.0, 10, 0.0)


def test_expected_alerts_follow_from_rank_prevalence_and_recall() -> None:
    budget = Budget(false_alerts_a_day=10, benign_events_a_day=9_900, prevalence=0.01)
    found = choose(np.arange(9_999.0), budget=budget)
    assert found.expected_false_alerts_a_day == pytest.approx(9_900 * found.k / 10_000)
    more = found.expected_alerts_a_day(recall=0.5) - found.expected_false_alerts_a_day
    assert more == pytest.approx(50)


def test_a_threshold_survives_json() -> None:
    found = choose(np.arange(1_000, dtype=np.float32), budget=ONE_IN_100)
    assert Threshold.from_dict(json.loads(json.dumps(found.to_dict()))) == found
