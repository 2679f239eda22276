"""What differs between two runs is found in each section, and intervals are said to overlap or not."""

from __future__ import annotations

import msgspec

from detectory.journal import Metric, Record
from detectory.runs.differences import Measured, compared


def test_only_what_differs_is_told_section_by_section(record: Record, other: Record) -> None:
    found = compared([record, other]).differing()
    told = {name: {fact.name: fact.values for fact in facts} for name, facts in found.items()}
    assert told == {
        "parameters": {"score.tree.max_depth": (3, 5)},
        "stages": {"gold": ("a" * 12, "b" * 12)},
        "code": {"file features.py": ("abc", "xyz")},
        "git": {"commit": ("1234abcd", "5678abcd"), "dirty": (False, True)},
    }


def test_a_run_differs_from_itself_in_nothing(record: Record) -> None:
    assert compared([record, record]).differing() == {}


def test_what_one_run_does_not_know_is_none(record: Record) -> None:
    bare = msgspec.structs.replace(record, metrics={}, tried=[], stages={})
    found = compared([record, bare])
    assert found.metrics[0].values == (Metric(0.9, 0.88, 0.92), None)
    assert found.metrics[0].change(1) is None
    assert found.metrics[0].overlaps(1) is None


def test_intervals_overlap_where_they_share_a_point_and_lie_apart_otherwise(
    record: Record, other: Record
) -> None:
    found = {one.name: one for one in compared([record, other]).metrics}
    assert found["roc_auc"].overlaps(1) is False
    assert round(found["roc_auc"].change(1) or 0, 3) == 0.05
    assert found["brier"].overlaps(1) is True
    assert Measured("a", (Metric(0.5, 0.4, 0.6), Metric(0.5))).overlaps(1) is None
