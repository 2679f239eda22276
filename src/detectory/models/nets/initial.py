"""The weights that a net begins with, by a seed: He, Zhang, Ren and Sun 2015 (arXiv 1502.01852)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from detectory.models.nets.net import BIAS, EMBEDDING, WEIGHT, Floats, Letters

_BYTES = 256


def convolutions(
    random: np.random.Generator,
    letters: Letters,
    *,
    embedding: int,
    filters: Sequence[int],
    kernel_sizes: Sequence[int],
    stacked: bool,
) -> dict[str, Floats]:
    """An embedding and a convolution for each kernel size; what no row holds is embedded as padding is."""
    embedded = np.zeros((_BYTES, embedding), dtype=np.float32)
    met = np.unique(letters)
    met = met[met > 0]
    embedded[met] = random.normal(size=(len(met), embedding))
    found = {EMBEDDING: embedded}
    for at, (size, count) in enumerate(zip(kernel_sizes, filters, strict=True)):
        depth = filters[at - 1] if stacked and at else embedding
        found[f"convolution_{at}.weight"] = _he(random, (count, depth, size), fan_in=depth * size)
    return found


def layers(
    random: np.random.Generator, width: int, hidden: Sequence[int], bias: Floats, *, normed: bool = False
) -> dict[str, Floats]:
    """Dense layers on ``width`` numbers, each with a batch norm where they are ``normed``, and the output.

    The output begins near its bias, which is what is true of a mean row.
    """
    found: dict[str, Floats] = {}
    for at, (inner, outer) in enumerate(pairwise([width, *hidden])):
        found[f"dense_{at}.weight"] = _he(random, (inner, outer), fan_in=inner)
        found[f"dense_{at}.bias"] = np.zeros(outer, dtype=np.float32)
        found |= _norm(at, outer) if normed else {}
    last = [width, *hidden][-1]
    return found | {WEIGHT: _he(random, (last, len(bias)), fan_in=8 * last), BIAS: bias}


def _norm(at: int, width: int) -> dict[str, Floats]:
    ones, zeros = np.ones(width, dtype=np.float32), np.zeros(width, dtype=np.float32)
    begin = {"gamma": ones, "beta": zeros, "mean": zeros, "variance": ones}
    return {f"norm_{at}.{name}": values.copy() for name, values in begin.items()}


def _he(random: np.random.Generator, shape: tuple[int, ...], *, fan_in: int) -> Floats:
    drawn: Floats = (random.normal(size=shape) * np.sqrt(2 / max(fan_in, 1))).astype(np.float32)
    return drawn
