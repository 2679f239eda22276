"""Less of a net: single weights that become 0, or whole units that are cut out of their layers.

A weight is worth its magnitude, within its layer. A unit (a filter, a neuron, a number of the embedding) is
worth the norm of what it reads times the norm of what reads it: that is the same however a layer is scaled.
How much is gone after each of some steps follows Zhu and Gupta 2017 (arXiv 1710.01878): much at first,
little at last.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectory.models.nets.net import EMBEDDING, Floats, Net
from detectory.models.nets.training import Masks


class Place(NamedTuple):
    """Where the units of a layer stand in an array: along an axis, from a place on."""

    array: str
    axis: int
    start: int = 0


def gone(step: int, of: int, *, share: float, power: float = 3.0) -> float:
    """Which share is gone after a step; after the last one it is ``share``.

    >>> [round(gone(step, 4, share=0.8), 3) for step in range(5)]
    [0.0, 0.463, 0.7, 0.788, 0.8]
    """
    return float(share * (1 - (1 - step / of) ** power))


def layers(net: Net) -> list[str]:
    """The layers of units that may go: all but the output."""
    embedding = [EMBEDDING.removesuffix(".weight")] if EMBEDDING in net.weights else []
    return [*embedding, *net.convolutions, *net.dense]


def strongest(net: Net, whole: Net, *, share: float) -> Masks:
    """The weights of each layer that stay, True, when a share of those of the whole net is gone."""
    names = [f"{name}.weight" for name in layers(net)]
    left = {name: int(np.count_nonzero(whole.weights[name]) * (1 - share)) for name in names}
    return {name: _largest(net.weights[name], left[name]) for name in names}


def narrower(net: Net, widths: dict[str, int]) -> Net:
    """The net with so many units in its layers, those that are worth most; batch norms must be folded."""
    for name, width in widths.items():
        worth = worth_of(net, name)
        kept = np.sort(np.argsort(-worth, kind="stable")[:width])
        weights = dict(net.weights)
        for place in (*_reads(net, name), *_is_read(net, name)):
            weights[place.array] = _cut(weights[place.array], place, kept, len(worth))
        net = replace(net, weights=weights)
    return net


def widths_of(net: Net) -> dict[str, int]:
    """How many units each layer has."""
    return {
        name: net.weights[place.array].shape[place.axis]
        for name in layers(net)
        for place in _reads(net, name)[:1]
    }


def worth_of(net: Net, name: str) -> Floats:
    """float32[units]: what each unit of a layer is worth."""
    width = widths_of(net)[name]
    reads, is_read = (
        sum(_squares(net.weights[place.array], place, width) for place in places)
        for places in (_reads(net, name), _is_read(net, name))
    )
    return np.asarray(np.sqrt(reads * is_read))


def _reads(net: Net, name: str) -> list[Place]:
    """Where a unit's own weights stand."""
    if name in net.convolutions:
        return [Place(f"{name}.weight", 0)]
    bias = [Place(f"{name}.bias", 0)] if name in net.dense else []
    return [Place(f"{name}.weight", 1), *bias]


def _is_read(net: Net, name: str) -> list[Place]:
    """Where the weights stand that read a unit."""
    dense = [*net.dense, "output"]
    if name in net.dense:
        return [Place(f"{dense[net.dense.index(name) + 1]}.weight", 0)]
    at = net.convolutions.index(name) if name in net.convolutions else -1
    if at < 0 and not net.stacked:
        return [Place(f"{each}.weight", 1) for each in net.convolutions]
    if net.stacked and at + 1 < len(net.convolutions):
        return [Place(f"{net.convolutions[at + 1]}.weight", 1)]
    before = [] if net.stacked else net.convolutions[:at]
    return [Place(f"{dense[0]}.weight", 0, sum(len(net.weights[f"{each}.weight"]) for each in before))]


def _largest(weights: Floats, left: int) -> NDArray[np.bool_]:
    magnitude = np.abs(weights).ravel()
    kept = np.zeros(len(magnitude), dtype=bool)
    kept[np.argsort(-magnitude, kind="stable")[:left]] = True
    return kept.reshape(weights.shape)


def _squares(weights: Floats, place: Place, width: int) -> Floats:
    """float[units]: the sum of the squares that belong to each unit."""
    own = np.moveaxis(weights, place.axis, 0)[place.start : place.start + width]
    return np.asarray((own.reshape(width, -1) ** 2).sum(axis=1))


def _cut(weights: Floats, place: Place, kept: NDArray[np.int64], width: int) -> Floats:
    """Without the units that are not kept; what stands before and behind the layer stays."""
    count = weights.shape[place.axis]
    stays = [np.arange(place.start), place.start + kept, np.arange(place.start + width, count)]
    return np.ascontiguousarray(np.take(weights, np.concatenate(stays), axis=place.axis))
