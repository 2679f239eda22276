"""Naive Bayes on hashed n-gram ids: given its class, every n-gram comes by itself, at the class's rate.

Closed form: count, divide, take logarithms; the graph is an embedding bag. In the multinomial event model
the length of a row says nothing (McCallum and Nigam 1998); in the Poisson one every class has its mean
length, and a row of another is less likely to be of it (Kim, Han, Rim and Myaeng 2006). N-grams overlap, so
the log-odds are far too sure of themselves, the more so the longer the rows: good to rank by, not to bet on.
Whether a row has an n-gram or not (Bernoulli) and the complement's rates (Rennie et al. 2003) were tried on
the real lists, and lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectory.models import graph
from detectory.models.candidate import CLASSIFYING, Candidate, Head, Lesson, Soft, settings, tensors
from detectory.models.linear import Bag, Ids, counts, hashed
from detectory.models.target import indices
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto

Floats = NDArray[np.float64]
HEADS = CLASSIFYING
SOFT = "own"


@dataclass(frozen=True, slots=True)
class Params:
    """``smoothing`` is how often every n-gram counts as met before the first row, and ``event`` the model of
    how often n-grams come."""

    smoothing: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    event: Literal["poisson", "multinomial"] = "poisson"


@dataclass(frozen=True, slots=True)
class NaiveBayes:
    """A bag to which n-grams add the logarithms of their rates."""

    bag: Bag
    inputs: tuple[graph.Input, ...]
    head: Head

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] log-odds, or float32[N, K] logarithms of chances, but for a constant of the row."""
        logits = self.bag.logits(np.hstack([features[each.name] for each in self.inputs]))
        return logits[:, 0] if self.head == "score" else logits

    def graph(self) -> ModelProto:
        """Gather, sum, add the prior."""
        names = [each.name for each in self.inputs]
        score = self.head == "score"
        last = self.bag.score(*names) if score else self.bag.part(*names).then("Identity", graph.OUTPUT)
        return graph.build(last, inputs=self.inputs, head=self.head, classes=len(self.bag.bias))


def fit(candidate: Candidate, lesson: Lesson) -> NaiveBayes:
    """Count; see ``Kind.fit``. A teacher's chances are counted by their share, as parts of rows.

    ``groups``, ``validation`` and ``seed`` are of no use to it.
    """
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    ids = hashed(read)
    weights, bias = _logarithms(ids, _belief(candidate.head, lesson), params)
    if candidate.head == "score":
        weights, bias = weights[1:] - weights[:1], bias[1:] - bias[:1]
    else:
        weights = weights - weights.mean(axis=0)  # tells no class from another, and would be rounded
    return NaiveBayes(Bag.of(weights, bias, length=ids.shape[1]), graph.inputs_of(read), candidate.head)


def _belief(head: Head, lesson: Lesson) -> Floats:
    """float64[N, K]: how much of each row belongs to each class; a row adds up to its weight."""
    labels = indices(lesson.target, head=head, classes=lesson.classes)
    belief = np.eye(2 if head == "score" else len(lesson.classes))[labels]
    if lesson.soft is not None:
        share = lesson.soft.share[:, None].astype(np.float64)
        belief = (1 - share) * belief + share * _chances(lesson.soft)
    return belief if lesson.weight is None else belief * lesson.weight[:, None]


def _chances(soft: Soft) -> Floats:
    """float64[N, K]: what the teacher believes.

    >>> _chances(Soft(np.array([0.0], np.float32), np.ones(1, np.float32))).tolist()
    [[0.5, 0.5]]
    """
    logits = soft.answer.astype(np.float64) / soft.temperature
    both = np.stack([np.zeros(len(logits)), logits], axis=1) if logits.ndim == 1 else logits
    odds = np.exp(both - both.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _logarithms(ids: Ids, belief: Floats, params: Params) -> tuple[Floats, Floats]:
    """float64[K, BUCKETS] of rates, and float64[K] of the chances of a row without n-grams."""
    rows = belief.sum(axis=0)
    met = np.asarray(counts(ids).T @ belief).T
    smooth, length = met + params.smoothing, (met.sum(axis=1) + 1) / (rows + 1)
    shares = smooth / smooth[:, 1:].sum(axis=1, keepdims=True)  # id 0 is padding, no n-gram
    prior = np.log(rows / rows.sum())
    if params.event == "poisson":
        return np.log(shares * length[:, None]), prior - length
    return np.log(shares), prior
