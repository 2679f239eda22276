"""A candidate: one kind of model, what it reads, how it is set, and what a search may try.

Nothing here fits or exports: a kind (a module of this folder) turns a candidate and training rows
into something ``Fitted``. This module imports no training library, so a detector can name its
candidates at no cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Protocol, TypeVar, runtime_checkable

import msgspec
import numpy as np
from numpy.typing import NDArray

from detectory.errors import BadParameter, MissingColumn, UnknownParameter
from detectory.schema import Array

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from onnx import ModelProto

Settings = TypeVar("Settings", bound="DataclassInstance")

Head = Literal["score", "family", "value", "low", "high"]
#: heads that tell classes apart, and heads that predict a number: the value, or a quantile of it
CLASSIFYING: frozenset[Head] = frozenset({"score", "family"})
PREDICTING: frozenset[Head] = frozenset({"value", "low", "high"})
#: heads whose answers are explained: one number, and it is what decides
EXPLAINED: frozenset[Head] = frozenset({"score", "value"})
Value = int | float | str


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number in ``low … high``, both ends included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Float:
    """A number in ``low … high``, tried evenly, or evenly in its logarithm (``log``)."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True, slots=True)
class Categorical:
    """One of the values listed."""

    values: tuple[Value, ...]


Range = Integer | Float | Categorical
#: what a parameter may be where no library below checks it
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
AtLeastTwo = Annotated[int, msgspec.Meta(ge=2)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
BelowOne = Annotated[float, msgspec.Meta(ge=0, lt=1)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model that may win a head.

    ``kind`` is a module of ``detectory.models``; ``inputs`` are the feature tensors it reads, by the
    names that ``features()`` gives them; ``params`` is what ``train`` fits and ``space`` what ``tune``
    may try instead. Parameters that are not named keep the kind's default. One that is ``by_request``
    takes long, or needs what is not always installed: it is fitted only where somebody names it.

    >>> Candidate("tree", head="score", kind="trees", inputs=("dense",), params={"n_estimators": 1}).name
    'tree'
    """

    name: str
    head: Head
    kind: str
    inputs: tuple[str, ...]
    params: Mapping[str, Value] = field(default_factory=dict)
    space: Mapping[str, Range] = field(default_factory=dict)
    by_request: bool = False


class Validation(NamedTuple):
    """Rows that a kind may stop early on, and never fits."""

    features: Mapping[str, Array]
    target: Array


class Step(NamedTuple):
    """How far a fit is: ``at`` of ``of`` steps (rounds, epochs), and its loss on the validation rows.

    The loss is the one that the kind itself keeps small (log loss, squared error …).
    """

    at: int
    of: int
    loss: float


Watch = Callable[[Step], None]


def unwatched(step: Step) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True)
class Soft:
    """What a teacher says of the rows of a lesson (Hinton, Vinyals and Dean 2015, arXiv 1503.02531).

    ``answer`` is as `Fitted.answer` gives it: float32[N] log-odds or numbers, float32[N, K] logits;
    ``share`` is float32[N], how much of a row's loss is the teacher's, the rest being that of the target:
    1 for a row whose truth nobody knows. ``temperature`` divides log-odds and logits.
    """

    answer: NDArray[np.float32]
    share: NDArray[np.float32]
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a kind is fitted on: rows, what is true of them, and how they belong together.

    ``features`` are the tensors by name. ``target`` is bool[N] for the head ``score``, int64[N], an index
    into ``classes``, for ``family``, and float64[N] for a number. ``weight`` is float32[N]; rows of one
    of the ``groups`` (int64[N]) are never on both sides of a split that the kind makes; a kind that stops
    early does so on ``validation``. A teacher's answers are ``soft``. A kind that goes in steps tells
    ``watch`` of each, which may raise to end it, and may keep what it would go on from in the folder
    ``work``, which outlives a killed process; it finds there only what the same lesson left.
    """

    features: Mapping[str, Array]
    target: Array
    classes: Sequence[str] = ()
    seed: int = 0
    threads: int = 1
    weight: NDArray[np.float32] | None = None
    groups: NDArray[np.int64] | None = None
    validation: Validation | None = None
    soft: Soft | None = None
    watch: Watch = unwatched
    work: Path | None = None

    @property
    def apart(self) -> NDArray[np.int64]:
        """int64[N]: the group of each row; where none are told, every row is one."""
        return np.arange(len(self.target)) if self.groups is None else self.groups


class Fitted(Protocol):
    """A fitted model that answers in Python, and can be written as a graph that answers the same."""

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] log-odds (score), float32[N, K] logits in the order of classes (family), or
        float32[N] numbers in the unit of the target (value, low, high)."""
        ...

    def graph(self) -> ModelProto:
        """The ONNX graph with the feature tensors as inputs and one output, the answer."""
        ...


@runtime_checkable
class OfTrees(Fitted, Protocol):
    """A fitted model whose answer is what trees add up to."""

    def tables(self) -> ModelProto:
        """What explains an answer of one number: see `detectory.models.tree_tables`."""
        ...


class Kind(Protocol):
    """What a module of ``detectory.models`` defines: ``fit``, its parameters with their defaults, and the
    heads that it can be; ``SOFT`` if it learns from a teacher, as `detectory.models.soft` says; and
    ``LIBRARIES`` that it needs beside the extra ``train``, whose versions then decide what is made anew."""

    __name__: str
    HEADS: frozenset[Head]
    Params: type[DataclassInstance]

    def fit(self, candidate: Candidate, lesson: Lesson) -> Fitted:
        """Fit one candidate.

        Raises ``UnlearnableTarget`` when a class has no rows, ``UnknownParameter`` and
        ``MissingColumn`` when the candidate asks for what there is not.
        """
        ...


class Settable(Protocol):
    """Something named with parameters of a kind: a candidate, or a recipe."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Value]: ...


def settings(of: type[Settings], candidate: Settable) -> Settings:
    """The candidate's parameters as the kind's own dataclass.

    Raises `UnknownParameter` for a stranger, and `BadParameter` for a value that is none of its kind.
    """
    known = [parameter.name for parameter in fields(of)]
    for name in candidate.params:
        if name not in known:
            raise UnknownParameter(name, kind=candidate.kind, known=known)
    try:
        return msgspec.convert(dict(candidate.params), of)
    except msgspec.ValidationError as error:
        raise BadParameter(candidate.name, kind=candidate.kind, why=str(error)) from error


def tensors(features: Mapping[str, Array], candidate: Candidate) -> dict[str, Array]:
    """The feature tensors that the candidate reads, in its order; ``MissingColumn`` if one is not there."""
    for name in candidate.inputs:
        if name not in features:
            raise MissingColumn(name, where=f"the inputs of candidate '{candidate.name}'", known=features)
    return {name: features[name] for name in candidate.inputs}
