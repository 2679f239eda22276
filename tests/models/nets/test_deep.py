"""A net comes back from its graph, goes on learning, and is cut by cutting its arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detectory.models.candidate import Lesson
from detectory.models.graph import to_bytes
from detectory.models.nets import deep
from detectory.models.nets.net import Net
from detectory.models.nets.training import Training
from detectory.schema import Features
from tests import needs
from tests.models.conftest import Ask
from tests.models.nets.conftest import Fit, candidate

needs.library("torch", extra="deep")


@pytest.mark.parametrize(
    ("kind", "params"),
    [("charcnn", {}), ("charcnn", {"convolutions": "stacked", "filters": "6-4"}), ("mlp", {})],
)
def test_a_net_comes_back_from_its_graph(kind: str, params: dict, fit: Fit, features: Features) -> None:
    fitted = fit(kind, **params)
    restored = deep.restore(candidate(kind), fitted.graph())
    assert to_bytes(restored.graph()) == to_bytes(fitted.graph())
    assert np.array_equal(restored.answer(features), fitted.answer(features))


def test_a_restored_net_goes_on_learning(fit: Fit, lesson: Lesson, features: Features) -> None:
    fitted = fit("charcnn", epochs=1)
    restored = deep.restore(candidate("charcnn"), fitted.graph())
    more = deep.train(restored, lesson, Training(epochs=4, batch_size=64, learning_rate=0.01))
    assert wrong(more.answer(features), lesson) < wrong(fitted.answer(features), lesson)


def test_what_is_masked_is_zero_and_stays_so(fit: Fit, lesson: Lesson) -> None:
    fitted = fit("charcnn", epochs=1)
    kept = {name: np.abs(each) > np.median(np.abs(each)) for name, each in fitted.net.weights.items()}
    masks = {name: kept[name] for name in ("convolution_0.weight", "dense_0.weight")}
    pruned = deep.train(fitted, lesson, Training(epochs=2, batch_size=64), masks=masks)
    for name, mask in masks.items():
        assert not pruned.net.weights[name][~mask].any()
        assert pruned.net.weights[name][mask].all()


def test_a_net_of_fewer_neurons_is_a_net(fit: Fit, lesson: Lesson, features: Features, ask: Ask) -> None:
    fitted = fit("mlp")
    weights, first = dict(fitted.net.weights), np.s_[:5]
    for name, cut in (("dense_0.weight", np.s_[:, :5]), ("dense_0.bias", first), ("dense_1.weight", first)):
        weights[name] = weights[name][cut]
    smaller = replace(fitted, net=Net(weights))
    assert smaller.net.size < fitted.net.size
    assert len(to_bytes(smaller.graph())) < len(to_bytes(fitted.graph()))
    np.testing.assert_allclose(ask(smaller.graph(), features), smaller.answer(features), atol=1e-5)
    tuned = deep.train(smaller, lesson, Training(epochs=8, batch_size=64, learning_rate=0.01))
    assert wrong(tuned.answer(features), lesson) < 0.25


def test_what_is_beyond_the_longest_text_of_a_batch_changes_no_answer(
    fit: Fit, features: Features, ask: Ask
) -> None:
    graph = fit("charcnn", convolutions="stacked").graph()
    wide = np.zeros((600, 96), dtype=np.uint8)
    wide[:, :24] = features["chars"]
    wider = replace(deep.restore(candidate("charcnn"), graph))
    answer = wider.answer({**features, "chars": wide})
    np.testing.assert_allclose(answer, ask(graph, features), rtol=0, atol=1e-5)


def test_a_number_keeps_its_unit_when_it_is_trained_on(fit: Fit, features: Features) -> None:
    minutes = 1_000 + 3 * features["dense"][:, 0].astype(np.float64)
    fitted = fit("mlp", head="value", otherwise={"target": minutes}, epochs=15)
    more = deep.train(fitted, Lesson(features, minutes, seed=1), Training(epochs=1, learning_rate=1e-5))
    assert np.abs(fitted.answer(features) - minutes).mean() < 1.5
    assert np.abs(more.answer(features) - minutes).mean() < 1.5


def wrong(answer: np.ndarray, lesson: Lesson) -> float:
    return float(((answer > 0) != lesson.target).mean())
