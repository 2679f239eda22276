"""Logistic regression on hashed n-gram ids, fitted by averaged stochastic gradient descent.

A row is its n-gram counts over 2^16 buckets. Nothing dense is ever built: training reads a sparse
matrix, and the graph is an embedding bag: gather a weight per id, add them up, add the bias. Several
classes are one model each against the rest. It knows no order beyond the n-gram, and nothing of
buckets it never met. (Counts divided by the root of their number, so that long names do not shout,
were tried on the real lists and lost: recall .51 at a false positive rate of 1e-3, against .55.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from detectory.errors import UnreadableTensor
from detectory.models import graph
from detectory.models.candidate import CLASSIFYING, Candidate, Head, Lesson, settings, tensors
from detectory.models.graph import Part, joined
from detectory.models.table import shown
from detectory.models.target import indices
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto

BUCKETS = 1 << 16
_CHUNK = 4096  # rows gathered at once in Python: 128 ids × 50 classes of them are 100 MiB
Ids = NDArray[np.int32]
HEADS = CLASSIFYING
SOFT = "rows"


@dataclass(frozen=True, slots=True)
class Params:
    """``alpha`` is the L2 penalty, ``eta`` the constant step whose iterates are averaged."""

    epochs: int = 8
    alpha: float = 3e-6
    eta: float = 0.03


@dataclass(frozen=True, slots=True)
class Bag:
    """An embedding bag: float32[BUCKETS, K] weights, the padding's (id 0) zero, and float32[K] bias.

    Weights are rounded to a step so coarse that a row's sum is exact in float32 in whatever order it is
    added: Python, the graph, one row, a batch and another processor agree bit for bit, and so do trees
    that split on the logits.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def of(cls, weights: NDArray[np.float64], bias: NDArray[np.float64], *, length: int) -> Bag:
        """From float64[K, BUCKETS] weights, for rows of at most ``length`` ids."""
        step = _exact_step(float(np.abs(weights).max()) * length)
        rounded = (np.round(weights.T / step) * step).astype(np.float32)
        rounded[0] = 0
        return cls(rounded, bias.astype(np.float32))

    def logits(self, ids: Ids) -> NDArray[np.float32]:
        """float32[N, K]."""
        found = np.empty((len(ids), len(self.bias)), dtype=np.float32)
        for start in range(0, len(ids), _CHUNK):
            found[start : start + _CHUNK] = self.weights[ids[start : start + _CHUNK]].sum(axis=1)
        return found + self.bias

    def part(self, *names: str) -> Part:
        """The graph's form: the ids of these tensors, side by side, to float32[N, K] logits."""
        return self._summed(names, over=[1], called=f"logits_of_{names[0]}")

    def score(self, *names: str) -> Part:
        """The same of a bag of one logit, which is the graph's answer: float32[N]."""
        return self._summed(names, over=[1, 2], called=graph.OUTPUT)

    def _summed(self, names: Sequence[str], *, over: Sequence[int], called: str) -> Part:
        name, axes = names[0], np.array(over, dtype=np.int64)
        ids = joined("Concat", f"all_of_{name}", [Part(each) for each in names], axis=1)
        weights = ids.gathered(f"weights_of_{name}", table=self.weights)
        return weights.then("ReduceSum", f"sums_of_{name}", axes, keepdims=0).then("Add", called, self.bias)


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted bag over tensors of ids."""

    bag: Bag
    inputs: tuple[graph.Input, ...]
    head: Head

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] log-odds, or float32[N, K] logarithms of one-against-rest chances."""
        logits = self.bag.logits(_side_by_side({each.name: features[each.name] for each in self.inputs}))
        return logits[:, 0] if self.head == "score" else -np.logaddexp(0, -logits).astype(np.float32)

    def graph(self) -> ModelProto:
        """Gather, sum, add the bias."""
        names = [each.name for each in self.inputs]
        last = self.bag.score(*names) if self.head == "score" else _log_chance(self.bag.part(*names))
        return graph.build(last, inputs=self.inputs, head=self.head, classes=len(self.bag.bias))


def fit(candidate: Candidate, lesson: Lesson) -> Linear:
    """Fit the bag on the ids of the candidate's tensors; see ``Kind.fit``. ``groups`` are unused."""
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    labels = indices(lesson.target, head=candidate.head, classes=lesson.classes)
    ids = hashed(read)
    outputs = 1 if candidate.head == "score" else len(lesson.classes)
    bag = descend(
        ids,
        labels,
        outputs=outputs,
        params=params,
        seed=lesson.seed,
        threads=lesson.threads,
        weight=lesson.weight,
    )
    return Linear(bag, graph.inputs_of(read), candidate.head)


def descend(
    ids: Ids,
    labels: NDArray[np.int64],
    *,
    outputs: int,
    params: Params,
    seed: int,
    threads: int,
    weight: NDArray[np.float32] | None = None,
) -> Bag:
    """Fit a bag by SGD: one output for labels 0 and 1, or one for each of as many classes."""
    model = SGDClassifier(
        loss="log_loss",
        alpha=params.alpha * (1.0 if weight is None else float(weight.mean())),  # a penalty is paid a step
        learning_rate="constant",
        eta0=params.eta,
        average=len(ids),  # from the second epoch on: the first is on its way, not about its goal
        max_iter=params.epochs,
        tol=None,
        random_state=seed,
        n_jobs=threads,
    )
    model.fit(counts(ids), labels, sample_weight=weight)
    if outputs == 1:
        return Bag.of(model.coef_, model.intercept_, length=ids.shape[1])
    weights = np.zeros((outputs, BUCKETS))
    bias = np.full(outputs, -np.log(len(ids) + 1))  # a class without rows: the chance of one row in all
    weights[model.classes_], bias[model.classes_] = _each_class(model)
    return Bag.of(weights, bias, length=ids.shape[1])


def hashed(read: Mapping[str, Array]) -> Ids:
    """int32[N, L]: hashed n-grams of all tensors, side by side. Raises `UnreadableTensor` for other ones."""
    for name, each in read.items():
        if each.dtype != np.int32 or each.ndim != 2:
            raise UnreadableTensor(name, given=shown(each), wanted="int32[N, L], hashed n-grams")
    return _side_by_side(read)


def _side_by_side(read: Mapping[str, Array]) -> Ids:
    tensors = list(read.values())
    return tensors[0] if len(tensors) == 1 else np.hstack(tensors)


def counts(ids: Ids) -> sparse.csr_matrix:
    """float64[N, BUCKETS], sparse: how often each n-gram is in a row.

    >>> counts(np.array([[5, 5, 9, 0]], dtype=np.int32)).toarray()[0, [0, 5, 7, 9]].tolist()
    [0.0, 2.0, 0.0, 1.0]
    """
    present = ids != 0
    starts = np.concatenate([[0], np.cumsum(present.sum(axis=1))])
    ones = np.ones(starts[-1])
    found = sparse.csr_matrix((ones, ids[present], starts), shape=(len(ids), BUCKETS))
    found.sum_duplicates()
    return found


def _log_chance(logits: Part) -> Part:
    """log σ(z) = −softplus(−z): its softmax shares out one-against-rest chances, z's would square them."""
    return logits.then("Neg", "against").then("Softplus", "surprise").then("Neg", graph.OUTPUT)


def _each_class(model: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and bias of every class: of two classes scikit-learn keeps the second only."""
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    both = np.array([[-1.0], [1.0]])
    return both * model.coef_, both[:, 0] * model.intercept_


def _exact_step(bound: float) -> float:
    """The power of two of which float32 (24 bits) counts every multiple up to ``bound``.

    >>> _exact_step(1000.0) == 2.0**-14
    True
    """
    return float(2.0 ** (np.ceil(np.log2(max(bound, 1))) - 24))
