"""Scored rows made for tests: eight families, two of them unseen and hard, three benign populations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from detectory.judge.scored import Scored
from detectory.judge.threshold import Budget, Threshold, choose

Make = Callable[..., Scored]
FAMILIES = ("bazar", "gozi", "murofet", "necurs", "ranbyus", "tinba")
UNSEEN = ("matsnu", "suppobox")


@pytest.fixture(scope="session")
def threshold() -> Threshold:
    """A certified threshold from 4,000 benign scores."""
    scores = np.random.default_rng(1).normal(-5, 1.5, 4_000).astype(np.float32)
    return choose(scores, budget=Budget(10, 10_000, prevalence=0.01))


@pytest.fixture(scope="session")
def make(threshold: Threshold) -> Make:
    """``make(rows, benign=0.5)``: so many scored rows, of which a share is benign."""

    def made(rows: int, *, benign: float = 0.5) -> Scored:
        return _scored(rows, benign=benign, threshold=threshold)

    return made


@pytest.fixture(scope="session")
def scored(make: Make) -> Scored:
    """3,000 rows."""
    return make(3_000)


def _scored(rows: int, *, benign: float, threshold: Threshold) -> Scored:
    random = np.random.default_rng(2)
    target = random.random(rows) >= benign
    names = np.array([*FAMILIES, *UNSEEN])
    kind = random.integers(0, len(names), rows)
    seen = ~target | (kind < len(FAMILIES))
    shift = np.where(target, np.where(seen, 7.0, 3.0), 0.0)
    log_odds = random.normal(shift - 5, 1.5, rows).astype(np.float32)
    family_log_odds = random.normal(0, 1, (rows, len(FAMILIES))).astype(np.float32)
    family_log_odds[np.arange(rows), kind % len(FAMILIES)] += 3
    alert = log_odds > threshold.log_odds
    label = np.where(target, names[kind], "benign")
    seed = np.char.add(label, random.integers(0, 20, rows).astype(str))
    return Scored(
        log_odds=log_odds,
        alert=alert,
        predicted=np.where(alert, names[family_log_odds.argmax(axis=1)], "benign"),
        target=target,
        label=label,
        seen=seen,
        population=np.where(target, "generated", random.choice(["hsts", "alexa", "opendns"], rows)),
        group=np.where(target, seed, np.arange(rows).astype(str)),
        slices={"suffix": random.choice(["com", "net", "co.uk", "<script>"], rows, p=[0.6, 0.3, 0.06, 0.04])},
        family_log_odds=family_log_odds,
        families=FAMILIES,
    )
