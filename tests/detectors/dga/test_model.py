"""The candidates of dga."""

from __future__ import annotations

from collections import Counter

from detectory.detectors.dga.model import candidates


def test_both_heads_have_the_same_candidates_and_no_name_twice() -> None:
    found = Counter((each.head, each.name) for each in candidates())
    assert set(found.values()) == {1}
    score, family = ({name for head, name in found if head == wanted} for wanted in ("score", "family"))
    assert score == family == {"bayes", "tree", "forest", "linear", "boosted", "stacked", "charcnn"}
