"""Slices count every row once, put the worst first, and never show a rate of a handful of rows."""

from __future__ import annotations

import numpy as np

from detectory.judge import slices
from detectory.judge.confusion import Confusion
from detectory.judge.scored import Scored


def test_the_worst_slice_comes_first_and_one_without_positives_last() -> None:
    value = np.repeat(["good", "bad", "benign"], 30)
    target = np.repeat([True, True, False], 30)
    alert = np.repeat([True, False, False], 30)
    rows = slices.table({"kind": value}, alert=alert, target=target)
    assert [row.value for row in rows] == ["bad", "good", "benign"]
    assert np.isnan(rows[-1].recall.value)


def test_where_nothing_is_malicious_the_highest_false_positive_rate_comes_first() -> None:
    value, alert = np.repeat(["calm", "noisy"], 50), np.repeat([False, True], 50)
    rows = slices.table({"kind": value}, alert=alert, target=np.zeros(100, dtype=bool))
    assert [row.value for row in rows] == ["noisy", "calm"]


def test_rare_values_are_counted_together_and_no_row_is_lost() -> None:
    value = np.array(["com"] * 60 + ["a", "b", "c"] * 5)
    target = np.arange(75) % 2 == 0
    rows = slices.table({"suffix": value}, alert=target, target=target)
    assert {row.value: row.merged for row in rows} == {"com": 0, "3 rarer values": 3}
    assert sum(row.rows for row in rows) == 75


def test_no_rows_make_no_slices() -> None:
    nothing = np.array([], dtype=bool)
    empty = np.array([], dtype=str)
    assert slices.table({"suffix": empty}, alert=nothing, target=nothing) == []
    assert slices.populations(empty, alert=nothing, target=nothing) == []


def test_each_benign_population_has_its_own_false_positive_rate() -> None:
    population = np.array(["hsts"] * 100 + ["alexa"] * 50 + ["generated"] * 10)
    target = population == "generated"
    alert = target | (np.arange(160) < 4)
    rows = slices.populations(population, alert=alert, target=target)
    assert [(row.population, row.rows, row.alerts) for row in rows] == [("hsts", 100, 4), ("alexa", 50, 0)]
    assert rows[0].fpr.low < 0.04 < rows[0].fpr.high


def test_an_unseen_family_can_be_detected_but_never_named(scored: Scored) -> None:
    classes = ("benign", *scored.families)
    pairs = Confusion.of(scored.label, scored.predicted, classes=classes)
    rows = slices.families(pairs, label=scored.label, alert=scored.alert, seen=scored.seen)
    unseen = [row for row in rows if not row.seen]
    assert [row.family for row in rows[:2]] == sorted(row.family for row in rows[:2])
    assert {row.family for row in unseen} == {"matsnu", "suppobox"}
    assert all(np.isnan(row.recall.value) and row.detected.value > 0 for row in unseen)
    assert sum(row.rows for row in rows) == int(scored.target.sum())


def test_a_family_is_taken_for_what_it_was_called_most_often() -> None:
    truth = np.array(["a"] * 5 + ["b"] * 2)
    pairs = Confusion.of(truth, np.array(["a", "b", "b", "c", "a", "b", "b"]), classes=("a", "b"))
    assert pairs.mistaken_for("a") == "b"
    assert pairs.mistaken_for("b") == ""
    assert pairs.commonest_errors() == [("a", "b", 2), ("a", "c", 1)]
    assert pairs.shares()[0].tolist() == [0.4, 0.4, 0.2]


def test_lengths_fall_into_named_buckets() -> None:
    assert slices.by_length(np.array([0, 7, 8, 15, 16]), [8, 16]).tolist() == [
        "under 8",
        "under 8",
        "8-15",
        "8-15",
        "16 and more",
    ]
