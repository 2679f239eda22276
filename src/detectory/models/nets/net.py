"""A neural net as what it is: named weights in NumPy, that answer; `layers` are its graph.

What layers there are is told by the names of the weights, and how wide they are by their shapes::

    embedding.weight                float32[256, E]: a row a byte, that of the padding 0
    convolution_0.weight …          float32[F, C, K]
    dense_0.weight, dense_0.bias …  float32[I, H], float32[H]
    norm_0.gamma, .beta, .mean, .variance …   float32[H], while it is trained
    output.weight, output.bias      float32[I, O], float32[O]

So a layer is made narrower by cutting its arrays, and nothing else has to be told. Convolutions have no
bias and read K − 1 places of padding on either side: a place that sees only padding gives 0, so that what
is beyond the end of the longest text of a batch may be left out, and no answer changes by a bit of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count, takewhile

import numpy as np
import onnx
from numpy.typing import NDArray

from detectory.models.graph import constants_of

Floats = NDArray[np.float32]
Letters = NDArray[np.uint8]

EMBEDDING, WEIGHT, BIAS = "embedding.weight", "output.weight", "output.bias"
NORM = ("gamma", "beta", "mean", "variance")
#: keeps a batch norm from dividing by 0 (Ioffe and Szegedy 2015, arXiv 1502.03167)
EPSILON = 1e-5
_CHUNK = 1024  # rows convolved at once in Python


@dataclass(frozen=True, slots=True)
class Net:
    """Weights by name. Convolutions stand side by side, or one upon another (``stacked``).

    >>> weights = {"output.weight": np.ones((2, 1), np.float32), "output.bias": np.zeros(1, np.float32)}
    >>> Net(weights).answer(np.zeros((1, 0), np.uint8), np.array([[1, 2]], np.float32)).tolist()
    [[3.0]]
    """

    weights: Mapping[str, Floats]
    stacked: bool = False

    @classmethod
    def of(cls, model: onnx.ModelProto) -> Net:
        """The net whose graph stands in a model, by the names of its constants."""
        found = constants_of(model)
        names = [name for name in found if name.startswith(("embedding.", "convolution_", "dense_"))]
        weights = {name: found[name] for name in (*names, WEIGHT, BIAS)}
        return cls(weights, stacked=any(node.name == "convolution_1" for node in model.graph.node))

    @property
    def convolutions(self) -> list[str]:
        """Names, in order."""
        return self._numbered("convolution_{}")

    @property
    def pooled(self) -> list[str]:
        """Names of those whose filters the dense layers read, in order."""
        return self.convolutions[-1:] if self.stacked else self.convolutions

    @property
    def dense(self) -> list[str]:
        """Names of the dense layers before the output, in order."""
        return self._numbered("dense_{}")

    @property
    def outputs(self) -> int:
        """How many numbers it answers a row with."""
        return len(self.weights[BIAS])

    @property
    def size(self) -> int:
        """How many numbers it is made of."""
        return sum(each.size for each in self.weights.values())

    def answer(self, letters: Letters, columns: Floats) -> Floats:
        """float32[N, O] from uint8[N, L] letters and float32[N, C] scaled columns; norms are folded."""
        chunks = range(0, max(len(letters), 1), _CHUNK)
        parts = [self._answer(letters[at : at + _CHUNK], columns[at : at + _CHUNK]) for at in chunks]
        return np.concatenate(parts)

    def folded(self) -> Net:
        """The same answers without batch norms: each became a part of the dense layer before it."""
        weights = {name: each for name, each in self.weights.items() if not name.startswith("norm_")}
        for at, name in enumerate(self.dense):
            if f"norm_{at}.gamma" in self.weights:
                gamma, beta, mean, variance = (self.weights[f"norm_{at}.{each}"] for each in NORM)
                scale = gamma / np.sqrt(variance + np.float32(EPSILON))
                weights[f"{name}.weight"] = weights[f"{name}.weight"] * scale
                weights[f"{name}.bias"] = (weights[f"{name}.bias"] - mean) * scale + beta
        return replace(self, weights=weights)

    def moved(self, *, offset: float, scale: float) -> Net:
        """One that answers ``answer · scale + offset``."""
        weight, bias = (self.weights[name].astype(np.float64) * scale for name in (WEIGHT, BIAS))
        moved = {WEIGHT: weight.astype(np.float32), BIAS: (bias + offset).astype(np.float32)}
        return replace(self, weights={**self.weights, **moved})

    def _numbered(self, pattern: str) -> list[str]:
        return list(takewhile(lambda name: f"{name}.weight" in self.weights, map(pattern.format, count())))

    def _answer(self, letters: Letters, columns: Floats) -> Floats:
        last = columns
        if EMBEDDING in self.weights:
            last = np.hstack([*self._seen(self.weights[EMBEDDING][trimmed(letters)]), columns])
        for name in self.dense:
            last = np.maximum(last @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"], 0)
        return np.asarray(last @ self.weights[WEIGHT] + self.weights[BIAS])

    def _seen(self, embedded: Floats) -> list[Floats]:
        """float32[N, F]: the most that each filter sees anywhere, of all convolutions or of the last."""
        seen: list[Floats] = []
        for name in self.convolutions:
            source = seen[-1] if self.stacked and seen else embedded
            seen.append(np.maximum(_convolved(source, self.weights[f"{name}.weight"]), 0))
        return [each.max(axis=1) for each in (seen[-1:] if self.stacked else seen)]


def trimmed(letters: Letters) -> Letters:
    """The letters without the places behind the longest text; of empty texts, all places.

    >>> trimmed(np.array([[97, 98, 0, 0], [97, 0, 0, 0]], dtype=np.uint8)).shape
    (2, 2)
    """
    used = np.flatnonzero(letters.any(axis=0))
    return letters[:, : used[-1] + 1] if len(used) else letters


def _convolved(rows: Floats, filters: Floats) -> Floats:
    """float32[N, T + K − 1, F] of float32[N, T, C] rows."""
    width = filters.shape[2]
    padded = np.pad(rows, ((0, 0), (width - 1, width - 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1)  # [N, T + K − 1, C, K]
    flat = windows.reshape(*windows.shape[:2], -1)
    return np.asarray(flat @ filters.reshape(len(filters), -1).T)
