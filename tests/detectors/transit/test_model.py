"""The candidates of transit."""

from __future__ import annotations

from detectory.detectors.transit.model import candidates


def test_an_interval_has_both_ends() -> None:
    assert {candidate.head for candidate in candidates()} == {"value", "low", "high"}
