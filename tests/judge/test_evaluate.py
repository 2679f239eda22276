"""A verdict says what is true of made rows, and says nothing of what the rows cannot tell."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as reference

from detectory.errors import ScoresNotFinite
from detectory.judge.evaluate import Verdict, core_metrics, evaluate, lift
from detectory.judge.scored import Scored
from detectory.judge.threshold import Threshold
from detectory.metrics import Array

Make = Callable[..., Scored]


@pytest.fixture(scope="module")
def verdict(scored: Scored, threshold: Threshold) -> Verdict:
    return evaluate(scored, threshold=threshold, classes=("benign", *scored.families), seed=1, times=50)


def test_every_metric_has_an_interval_that_holds_it(verdict: Verdict) -> None:
    defined = {name: found for name, found in verdict.metrics.items() if not np.isnan(found.value)}
    assert [name for name in verdict.metrics if name not in defined] == [
        "recall_at_fpr_1e-4",
        "recall_seen_at_fpr_1e-4",
        "recall_unseen_at_fpr_1e-4",
    ]
    for name, found in defined.items():
        assert found.low <= found.value <= found.high, name


def test_metrics_equal_scikit_learn(scored: Scored, verdict: Verdict) -> None:
    known = np.isin(scored.label, scored.families)
    named = np.array(scored.families)[_family_head(scored)[known].argmax(axis=1)]
    found = {name: metric.value for name, metric in verdict.metrics.items()}
    expected = {
        "accuracy": reference.accuracy_score(scored.target, scored.alert),
        "precision_at_budget": reference.precision_score(scored.target, scored.alert),
        "recall_at_budget": reference.recall_score(scored.target, scored.alert),
        "recall_negative_at_budget": reference.recall_score(scored.target, scored.alert, pos_label=False),
        "macro_f1_at_budget": reference.f1_score(scored.target, scored.alert, average="macro"),
        "roc_auc": reference.roc_auc_score(scored.target, scored.log_odds),
        "average_precision": reference.average_precision_score(scored.target, scored.log_odds),
        "macro_f1": reference.f1_score(scored.label[known], named, average="macro"),
        "family_accuracy": reference.accuracy_score(scored.label[known], named),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_seen_and_unseen_families_are_told_apart_at_the_same_threshold(
    scored: Scored, verdict: Verdict
) -> None:
    found = verdict.metrics
    novel = scored.target & ~scored.seen
    assert found["recall_unseen_at_budget"].value == pytest.approx(scored.alert[novel].mean())
    assert found["recall_unseen_at_budget"].high < found["recall_seen_at_budget"].low
    assert found["recall_unseen_at_fpr_1e-2"].value < found["recall_seen_at_fpr_1e-2"].value


def test_families_with_few_test_rows_do_not_count_in_macro_f1(scored: Scored, threshold: Threshold) -> None:
    kept = (scored.label != "tinba") | (np.cumsum(scored.label == "tinba") <= 10)
    fewer = scored.only(kept)
    worse = _family_head(fewer).copy()
    worse[fewer.label == "tinba"] = 0  # all of it is now taken for the first family
    before = _value(fewer, threshold, "macro_f1")
    after = _value(replace(fewer, family_log_odds=worse), threshold, "macro_f1")
    assert 0 < before - after < 0.02


@pytest.mark.parametrize("benign", [0.0, 1.0], ids=["only malicious", "only benign"])
def test_one_class_gives_a_verdict_with_what_is_defined(
    make: Make, threshold: Threshold, benign: float
) -> None:
    scored = make(300, benign=benign)
    found = evaluate(scored, threshold=threshold, classes=("benign", *scored.families), seed=1, times=10)
    assert math.isnan(found.metrics["roc_auc"].value)
    assert math.isnan(found.metrics["fpr_at_budget" if benign == 0 else "recall_at_budget"].value)
    assert found.metrics["accuracy"].value == pytest.approx(np.mean(scored.alert == scored.target))
    json.dumps(found.to_dict(), allow_nan=False)


def test_no_rows_give_a_verdict_of_nulls(make: Make, threshold: Threshold) -> None:
    found = evaluate(make(0), threshold=threshold, classes=("benign",), seed=1).to_dict()
    assert {metric["value"] for metric in found["metrics"].values()} == {None}
    assert found["counts"]["rows"] == 0


def test_a_detector_without_families_has_no_macro_f1(scored: Scored, threshold: Threshold) -> None:
    plain = replace(scored, family_log_odds=None, families=())
    assert math.isnan(_value(plain, threshold, "macro_f1"))


def test_the_same_seed_gives_the_same_verdict_and_the_order_of_metrics(
    scored: Scored, threshold: Threshold, verdict: Verdict
) -> None:
    again = evaluate(scored, threshold=threshold, classes=("benign", *scored.families), seed=1, times=50)
    assert json.dumps(again.to_dict()) == json.dumps(verdict.to_dict())


def test_a_baseline_is_measured_on_the_same_rows_and_the_lift_is_paired(scored: Scored) -> None:
    noisy = scored.log_odds + np.random.default_rng(3).normal(0, 2, len(scored.log_odds))
    mine, theirs = (core_metrics(score, scored, seed=1, times=30) for score in (scored.log_odds, noisy))
    gap = lift(scored.log_odds, noisy, scored, seed=1, times=30)["roc_auc"]
    assert gap.value == pytest.approx(mine["roc_auc"].value - theirs["roc_auc"].value)
    assert gap.low > 0


@pytest.mark.parametrize("benign", [0.1, 0.9])
def test_the_majority_vote_is_the_macro_f1_to_beat(make: Make, threshold: Threshold, benign: float) -> None:
    rows = make(1_000, benign=benign)
    vote = np.full(len(rows.target), rows.target.mean() > 0.5)
    expected = reference.f1_score(rows.target, vote, average="macro", zero_division=0)
    assert _value(rows, threshold, "macro_f1_of_majority") == pytest.approx(expected)


def test_no_false_alert_in_the_test_promises_no_precision_of_one(make: Make, threshold: Threshold) -> None:
    scored = make(400, benign=0.5)
    clean = replace(scored, alert=scored.target)
    metrics = evaluate(clean, threshold=threshold, classes=("benign", *scored.families), seed=1).metrics
    found, fpr = metrics["precision_at_prevalence"], metrics["fpr_at_budget"]
    least = threshold.prevalence * metrics["recall_at_budget"].low
    assert (fpr.value, found.value, found.high) == (0, 1, 1)
    assert found.low == pytest.approx(least / (least + fpr.high * (1 - threshold.prevalence)))
    assert found.low < 0.99


def test_a_rate_below_one_false_alert_gives_no_recall(make: Make, threshold: Threshold) -> None:
    few = evaluate(make(300), threshold=threshold, classes=("benign", *make(300).families), seed=1, times=5)
    assert few.metrics["recall_at_fpr_1e-2"].value > 0
    assert np.isnan(few.metrics["recall_at_fpr_1e-3"].value)
    assert np.isnan(few.metrics["recall_seen_at_fpr_1e-4"].value)


def test_a_constant_baseline_ranks_like_a_coin(scored: Scored) -> None:
    found = core_metrics(np.zeros(len(scored.target)), scored, seed=1, times=10)
    assert found["roc_auc"].value == 0.5
    assert found["recall_at_fpr_1e-3"].value == 0


def test_curves_do_not_claim_rates_below_one_false_alert(verdict: Verdict) -> None:
    assert min(point.x for point in verdict.curves.roc) * verdict.counts["benign"] >= 1
    recalls = [point.y.value for point in verdict.curves.roc]
    assert recalls == sorted(recalls)
    assert sum(found.benign for found in verdict.curves.scores) == verdict.counts["benign"]


def test_columns_of_different_lengths_are_refused(scored: Scored) -> None:
    with pytest.raises(ValueError, match="different lengths"):
        replace(scored, alert=scored.alert[:-1])


def test_some_rows_are_taken_from_every_column(scored: Scored) -> None:
    few = scored.only(np.array([7, 3]))
    for name in ("log_odds", "label", "group", "family_log_odds"):
        np.testing.assert_array_equal(getattr(few, name), getattr(scored, name)[[7, 3]])
    assert {name: values.tolist() for name, values in few.slices.items()} == {
        name: values[[7, 3]].tolist() for name, values in scored.slices.items()
    }
    assert few.families == scored.families


def test_a_score_that_is_no_number_is_refused(scored: Scored) -> None:
    wrong = scored.log_odds.copy()
    wrong[5] = np.nan
    with pytest.raises(ScoresNotFinite, match="row 5"):
        replace(scored, log_odds=wrong)


def _value(scored: Scored, threshold: Threshold, metric: str) -> float:
    found = evaluate(scored, threshold=threshold, classes=("benign", *scored.families), seed=1, times=2)
    return found.metrics[metric].value


def _family_head(scored: Scored) -> Array:
    assert scored.family_log_odds is not None
    return scored.family_log_odds
