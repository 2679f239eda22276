"""Means of nested categories: in Python, in the graph, and out of fold."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.models import nested
from detectory.models.candidate import Candidate, Lesson
from detectory.models.means import Means, unmet
from detectory.models.rounds import Boosted
from detectory.schema import Array, Features
from tests.models.conftest import Ask

ROWS = 2_000
INPUTS = ("dense", "path")


@pytest.fixture(scope="module")
def stops() -> tuple[Features, Array, Array]:
    """Five routes of forty stops each, whose delays differ by both, on ten days; and noise."""
    rng = np.random.default_rng(5)
    route, stop, day = rng.integers(5, size=ROWS), rng.integers(40, size=ROWS), rng.integers(10, size=ROWS)
    usual, own = rng.normal(0, 3, 5), rng.normal(0, 3, (5, 40))
    minutes = usual[route] + own[route, stop] + rng.normal(0, 0.5, ROWS)
    path = np.stack([1 + route, 100 + 40 * route + stop], axis=1)
    return {"dense": rng.normal(size=(ROWS, 2)).astype(np.float32), "path": path}, minutes, day


def fitted(features: Features, minutes: Array, groups: Array | None = None, **params: float) -> Boosted:
    wanted = Candidate("nested", "value", "nested", INPUTS, {"rounds": 40, "max_depth": 4, **params})
    return nested.fit(wanted, Lesson(features, minutes, seed=1, groups=groups))


def test_an_id_that_was_not_met_answers_as_its_parent() -> None:
    means = Means.fit(np.array([[1, 10], [1, 11], [2, 20]]), np.array([4.0, 8.0, 0.0]), prior_rows=0)
    assert means.encode(np.array([[1, 10], [1, 99], [9, 99]])).tolist() == [[6, 4], [6, 6], [4, 4]]


def test_few_rows_are_drawn_towards_the_parent_and_many_are_not() -> None:
    paths = np.array([[1, 10]] + [[1, 11]] * 1_000)
    target = np.array([9.0] + [1.0] * 1_000)
    one, many = Means.fit(paths, target, prior_rows=2).encode(np.array([[1, 10], [1, 11]]))[:, 1]
    assert one == pytest.approx(1 + 8 / 3, abs=0.02)
    assert many == pytest.approx(1, abs=0.01)


def test_a_row_out_of_fold_is_told_nothing_of_itself() -> None:
    paths, target = np.arange(10)[:, None], np.arange(10.0)
    told = unmet(paths, target, np.arange(10) % 2, prior_rows=0)
    assert told[0::2, 0].tolist() == [5.0] * 5
    assert told[1::2, 0].tolist() == [4.0] * 5


def test_it_needs_no_columns_beside_a_path(stops: tuple[Features, Array, Array], ask: Ask) -> None:
    features, minutes, day = stops
    model = nested.fit(Candidate("path", "value", "nested", ("path",)), Lesson(features, minutes, groups=day))
    np.testing.assert_allclose(ask(model.graph(), features), model.answer(features), rtol=1e-6, atol=1e-5)


def test_the_graph_answers_what_python_answers(stops: tuple[Features, Array, Array], ask: Ask) -> None:
    features, minutes, day = stops
    model = fitted(features, minutes, day)
    unknown = {"dense": features["dense"][:3], "path": np.array([[0, 0], [1, 2**62], [2**63 - 1, 7]])}
    for rows in (features, unknown):
        np.testing.assert_allclose(ask(model.graph(), rows), model.answer(rows), rtol=1e-6, atol=1e-5)


def test_one_row_is_answered_as_in_a_batch(stops: tuple[Features, Array, Array], ask: Ask) -> None:
    features, minutes, _ = stops
    graph = fitted(features, minutes).graph()
    rows = {name: values[:30] for name, values in features.items()}
    single = [ask(graph, {name: values[at : at + 1] for name, values in rows.items()}) for at in range(30)]
    assert np.array_equal(np.concatenate(single), ask(graph, rows))


def test_two_hundred_stops_are_told_apart(stops: tuple[Features, Array, Array]) -> None:
    features, minutes, day = stops
    train = day < 8
    model = fitted({name: values[train] for name, values in features.items()}, minutes[train], day[train])
    missed = np.abs(model.answer(features) - minutes)[~train]
    assert missed.mean() < 0.3 * np.abs(minutes - np.median(minutes)).mean()


def test_means_of_what_was_met_once_know_nothing_of_noise(stops: tuple[Features, Array, Array]) -> None:
    _, _, day = stops
    noise = np.random.default_rng(6).normal(size=ROWS)
    lonely = np.arange(2 * ROWS).reshape(ROWS, 2)
    told = unmet(lonely, noise, day % 5, prior_rows=0.5)[:, 1]
    assert np.abs(np.corrcoef(told, noise)[0, 1]) < 0.2


def test_one_wild_row_makes_no_mean(stops: tuple[Features, Array, Array]) -> None:
    features, minutes, day = stops
    wild = minutes.copy()
    wild[0] = 1e6
    calm, moved = (
        fitted(features, each, day, objective="absolute").answer(features)[1:] for each in (minutes, wild)
    )
    assert np.abs(calm - moved).mean() < 0.5
