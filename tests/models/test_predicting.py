"""What every kind that can predict a number must hold to: a new kind is tested by being there."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.errors import UnknownParameter, UnlearnableTarget, UnsupportedHead
from detectory.models import fitting, kinds, load
from detectory.models.candidate import PREDICTING, Candidate, Fitted, Head, Lesson, Validation
from detectory.models.graph import to_bytes
from detectory.schema import Array, Features
from tests.models.conftest import Ask

NET = {
    "epochs": 20,
    "batch_size": 64,
    "batch_growth": 1.0,
    "learning_rate": 0.01,
    "dropout": 0.0,
    "hidden": "32-16",
    "objective": "squared",
}
SMALL = {"boosted": {"rounds": 40, "max_depth": 3}, "mlp": NET}
PAIRS = [(kind, head) for kind in kinds() for head in sorted(PREDICTING & load(kind).HEADS)]
EVERY = pytest.mark.parametrize(("kind", "head"), PAIRS)


@pytest.fixture(scope="module")
def minutes(features: Features) -> Array:
    """float64[600]: far from 0, bent in one column, and with noise."""
    dense = features["dense"].astype(np.float64)
    noise = np.random.default_rng(4).normal(0, 0.5, len(dense))
    return 1_000 + 3 * dense[:, 0] + np.abs(dense[:, 1]) + noise


def candidate(kind: str, head: Head, **params: float | str) -> Candidate:
    return Candidate(kind, head, kind, ("dense", "suffix_id"), SMALL.get(kind, {}) | params)


def fitted(
    wanted: Candidate, features: Features, target: Array, validation: Validation | None = None
) -> Fitted:
    return load(wanted.kind).fit(wanted, Lesson(features, target, seed=3, validation=validation))


@EVERY
def test_the_graph_answers_what_python_answers(
    kind: str, head: Head, features: Features, minutes: Array, extremes: Features, ask: Ask
) -> None:
    model = fitted(candidate(kind, head), features, minutes)
    for rows in (features, extremes):
        answer = ask(model.graph(), rows)
        assert answer.dtype == np.float32
        np.testing.assert_allclose(answer, model.answer(rows), rtol=1e-6, atol=1e-5)


@EVERY
def test_one_row_is_answered_as_in_a_batch(
    kind: str, head: Head, features: Features, minutes: Array, ask: Ask
) -> None:
    graph = fitted(candidate(kind, head), features, minutes).graph()
    rows = {name: values[:40] for name, values in features.items()}
    single = [ask(graph, {name: values[at : at + 1] for name, values in rows.items()}) for at in range(40)]
    np.testing.assert_allclose(np.concatenate(single), ask(graph, rows), rtol=1e-6, atol=1e-5)


@EVERY
def test_the_same_seed_gives_the_same_bytes(
    kind: str, head: Head, features: Features, minutes: Array
) -> None:
    first, second = (fitted(candidate(kind, head), features, minutes).graph() for _ in range(2))
    assert to_bytes(first) == to_bytes(second)
    assert [output.name for output in first.graph.output] == ["value"]


@pytest.mark.parametrize("kind", sorted({kind for kind, head in PAIRS if head == "value"}))
def test_a_value_head_says_more_than_the_mean(kind: str, features: Features, minutes: Array) -> None:
    error = fitted(candidate(kind, "value"), features, minutes).answer(features) - minutes
    assert error.std() < 0.5 * minutes.std()
    assert abs(error.mean()) < 0.1


@EVERY
def test_no_row_at_all_is_refused(kind: str, head: Head, features: Features) -> None:
    nothing = {name: values[:0] for name, values in features.items()}
    with pytest.raises(UnlearnableTarget, match="no training row is a number"):
        fitted(candidate(kind, head), nothing, np.zeros(0))


def test_quantile_heads_lie_on_either_side_of_their_share(features: Features, minutes: Array) -> None:
    low, high = (
        fitted(candidate("boosted", head), features, minutes).answer(features) for head in ("low", "high")
    )
    assert (minutes < low).mean() < 0.1
    assert (minutes > high).mean() < 0.1
    assert (low <= high).mean() > 0.99


def test_the_absolute_error_is_not_moved_by_a_few_wild_rows(features: Features, minutes: Array) -> None:
    wild = minutes.copy()
    wild[::40] += 10_000
    calm, moved = (
        fitted(candidate("boosted", "value", objective=objective), features, wild).answer(features)
        for objective in ("absolute", "squared")
    )
    assert np.median(np.abs(calm - minutes)) < np.median(np.abs(moved - minutes))


def test_boosting_stops_on_validation_rows_of_the_same_unit(features: Features, minutes: Array) -> None:
    wanted = candidate("boosted", "value", rounds=400, max_depth=8, patience=5)
    watched = Validation({name: values[300:] for name, values in features.items()}, minutes[300:])
    rows = {name: values[:300] for name, values in features.items()}
    stopped, full = (fitted(wanted, rows, minutes[:300], seen) for seen in (watched, None))
    assert len(to_bytes(stopped.graph())) < len(to_bytes(full.graph())) / 2


def test_an_unknown_objective_is_answered_with_the_known_ones(features: Features, minutes: Array) -> None:
    with pytest.raises(UnknownParameter, match="objective = absolute, objective = squared"):
        fitted(candidate("boosted", "value", objective="cubic"), features, minutes)


@pytest.mark.parametrize(("kind", "head"), [("linear", "value"), ("stacked", "low"), ("ridge", "score")])
def test_a_kind_that_cannot_be_a_head_says_what_it_can_be(kind: str, head: Head) -> None:
    with pytest.raises(UnsupportedHead, match=f"'{kind}' cannot be the head '{head}'"):
        fitting(candidate(kind, head))
