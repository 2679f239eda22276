"""Naive Bayes: what it counts, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.errors import BadParameter
from detectory.models import naive_bayes
from detectory.models.candidate import Candidate, Lesson, Soft
from detectory.schema import Array

ANT, BEE, BOTH = 11, 12, 13
#: two negative rows of two n-grams, two positive ones of four
IDS = np.array([[ANT, BOTH, 0, 0], [ANT, BOTH, 0, 0], [BEE, BEE, BEE, BOTH], [BEE, BEE, BEE, BOTH]], np.int32)
POSITIVE = np.array([False, False, True, True])


def odds(rows: Array, *, target: Array = POSITIVE, soft: Soft | None = None, **params: float | str) -> Array:
    wanted = Candidate("bayes", "score", "naive_bayes", ("ids",), params)
    return naive_bayes.fit(wanted, Lesson({"ids": IDS}, target, soft=soft)).answer({"ids": rows})


def test_the_log_odds_are_those_of_the_counted_shares() -> None:
    """2 + 1 of the negatives' 4 + 65,535 n-grams are ants, 0 + 1 of the positives' 8 + 65,535."""
    share = np.log(1 / (8 + 65_535)) - np.log(3 / (4 + 65_535))
    found = odds(np.array([[ANT, 0, 0, 0]], np.int32), event="multinomial")
    np.testing.assert_allclose(found, [share], atol=1e-5)


def test_a_long_row_is_rather_of_the_class_of_long_rows() -> None:
    long, short = np.array([[BOTH] * 4, [BOTH, 0, 0, 0]], np.int32)
    poisson, multinomial = (
        odds(np.stack([long, short]), event=event) for event in ("poisson", "multinomial")
    )
    assert poisson[0] - poisson[1] > multinomial[0] - multinomial[1] + 1


def test_rows_without_n_grams_in_a_class_leave_the_odds_finite() -> None:
    nothing = np.zeros((2, 4), np.int32)
    wanted = Candidate("bayes", "score", "naive_bayes", ("ids",))
    rows = {"ids": np.concatenate([nothing, IDS[2:]])}
    assert np.isfinite(naive_bayes.fit(wanted, Lesson(rows, POSITIVE)).answer(rows)).all()


def test_a_teacher_that_is_believed_alone_overrules_the_target() -> None:
    sure = np.where(POSITIVE, 30.0, -30.0).astype(np.float32)
    taught = odds(IDS, target=~POSITIVE, soft=Soft(sure, np.ones(4, np.float32)))
    np.testing.assert_allclose(taught, odds(IDS), atol=1e-4)


def test_a_teacher_that_is_half_believed_against_the_truth_cancels_it() -> None:
    against = np.where(POSITIVE, -30.0, 30.0).astype(np.float32)
    taught = odds(IDS, soft=Soft(against, np.full(4, 0.5, np.float32)))
    np.testing.assert_allclose(taught, 0, atol=1e-4)


def test_an_event_model_that_there_is_not_is_refused() -> None:
    with pytest.raises(BadParameter, match="cannot be set so"):
        odds(IDS, event="bernoulli")
