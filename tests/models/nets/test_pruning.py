"""What is cut out of a net is what says least, and a net without what says nothing says the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from detectory.models.nets import initial
from detectory.models.nets.net import Net
from detectory.models.nets.pruning import gone, narrower, strongest, widths_of, worth_of
from detectory.schema import Array

LETTERS = np.random.default_rng(0).integers(0, 30, size=(20, 12), dtype=np.uint8)
COLUMNS = np.random.default_rng(1).normal(size=(20, 3)).astype(np.float32)
SHAPES = ["parallel", "stacked", "dense", "flat"]
EVERY = pytest.mark.parametrize("shape", SHAPES)


def net_of(shape: str, seed: int = 2) -> Net:
    """Nets of all shapes: convolutions side by side or upon another, dense layers alone, or none of them."""
    random, bias = np.random.default_rng(seed), np.zeros(2, dtype=np.float32)
    if shape == "dense":
        return Net(biased(initial.layers(random, 3, [8, 5], bias)))
    stacked, hidden = shape == "stacked", [] if shape == "flat" else [7]
    weights = initial.convolutions(
        random, LETTERS, embedding=4, filters=[6, 5], kernel_sizes=[2, 3], stacked=stacked
    )
    width = 3 + (5 if stacked else 11)
    return Net(biased({**weights, **initial.layers(random, width, hidden, bias)}), stacked)


def biased(weights: dict[str, Array]) -> dict[str, Array]:
    return {name: each + np.float32(0.1) if name.endswith("bias") else each for name, each in weights.items()}


def answer(net: Net) -> Array:
    letters = LETTERS if net.convolutions else LETTERS[:, :0]
    return net.answer(letters, COLUMNS)


@EVERY
def test_a_net_loses_what_says_nothing_and_answers_the_same(shape: str) -> None:
    """Of every layer two units are silenced: these are the ones that go."""
    whole = net_of(shape)
    silent = {name: np.arange(width)[1:3] for name, width in widths_of(whole).items()}
    weights = {name: each.copy() for name, each in whole.weights.items()}
    for name, units in silent.items():
        axis = 0 if name in whole.convolutions else 1
        np.moveaxis(weights[f"{name}.weight"], axis, 0)[units] = 0
        if f"{name}.bias" in weights:
            weights[f"{name}.bias"][units] = 0
    silenced = Net(weights, whole.stacked)
    narrow = narrower(silenced, {name: width - 2 for name, width in widths_of(whole).items()})
    assert widths_of(narrow) == {name: width - 2 for name, width in widths_of(whole).items()}
    np.testing.assert_allclose(answer(narrow), answer(silenced), rtol=1e-5, atol=1e-6)


@EVERY
def test_a_net_of_the_same_widths_is_the_same(shape: str) -> None:
    net = net_of(shape)
    assert answer(narrower(net, widths_of(net))).tobytes() == answer(net).tobytes()


@EVERY
def test_one_unit_a_layer_still_answers(shape: str) -> None:
    net = net_of(shape)
    assert np.isfinite(answer(narrower(net, dict.fromkeys(widths_of(net), 1)))).all()


def test_a_unit_is_worth_the_same_however_its_layer_is_scaled() -> None:
    """Rectified units can be scaled up where they are read and down where they are written."""
    net = net_of("dense")
    scaled = dict(net.weights)
    for name, factor in (("dense_0.weight", 4.0), ("dense_0.bias", 4.0), ("dense_1.weight", 0.25)):
        scaled[name] = scaled[name] * np.float32(factor)
    np.testing.assert_allclose(answer(Net(scaled)), answer(net), rtol=1e-5)
    np.testing.assert_allclose(worth_of(Net(scaled), "dense_0"), worth_of(net, "dense_0"), rtol=1e-5)


@EVERY
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_the_smallest_weights_of_a_layer_are_masked(shape: str, share: float) -> None:
    net = net_of(shape)
    for name, kept in strongest(net, net, share=share).items():
        weights = np.abs(net.weights[name])
        assert kept.sum() == int(np.count_nonzero(weights) * (1 - share))
        assert weights[kept].min(initial=9.0) >= weights[~kept].max(initial=0.0)


@given(st.integers(1, 9), st.floats(0, 0.99), st.floats(0.5, 5))
def test_more_is_gone_with_every_step_and_at_last_the_share(of: int, share: float, power: float) -> None:
    shares = [gone(step, of, share=share, power=power) for step in range(of + 1)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(share)
