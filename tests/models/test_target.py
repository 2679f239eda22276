"""Targets as class indices."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.errors import UnlearnableTarget
from detectory.models.target import indices


def test_a_target_of_one_class_is_refused() -> None:
    with pytest.raises(UnlearnableTarget, match="no training row is positive"):
        indices(np.zeros(5, dtype=bool), head="score", classes=())


def test_no_rows_lack_every_class() -> None:
    with pytest.raises(UnlearnableTarget, match="no training row is negative, positive"):
        indices(np.zeros(0, dtype=bool), head="score", classes=())


def test_a_family_head_of_one_family_is_refused() -> None:
    with pytest.raises(UnlearnableTarget, match="of a second class"):
        indices(np.zeros(5, dtype=np.int64), head="family", classes=["ant"])


def test_families_without_rows_are_named() -> None:
    with pytest.raises(UnlearnableTarget, match="no training row is bee"):
        indices(np.array([0, 2]), head="family", classes=["ant", "bee", "cat"])
