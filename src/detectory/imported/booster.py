"""A booster of XGBoost as a graph like ours: its JSON, every index of it checked, in; graph and tables out.

What the trees add up to stays what it is: no sigmoid, no softmax. The base score is stored as a probability
where the objective is logistic, and otherwise as it is added (XGBoost's JSON schema).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np
from onnx import ModelProto

from detectory.errors import ModelUnfit, ModelUnreadable
from detectory.imported.columns import SideBySide
from detectory.imported.wanted import Wanted
from detectory.models import graph
from detectory.models.candidate import Head
from detectory.models.ensemble import Tree, sum_of
from detectory.models.graph import Input, Part
from detectory.models.rounds import tree_of
from detectory.models.tree_tables import Unit, tables_of

Base = Callable[[float], float]


def _same(score: float) -> float:
    return score


def _log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance))


_NUMBERS = dict.fromkeys(
    ("squarederror", "squaredlogerror", "pseudohubererror", "absoluteerror", "quantileerror"), _same
)
_PREDICTING: dict[str, Base] = {f"reg:{name}": base for name, base in _NUMBERS.items()}
#: what a head's objective may be, and how its base score is stored
OBJECTIVES: dict[Head, dict[str, Base]] = {
    "score": {"binary:logistic": _log_odds, "binary:logitraw": _same},
    "family": {"multi:softprob": _same, "multi:softmax": _same},
    "value": _PREDICTING,
    "low": _PREDICTING,
    "high": _PREDICTING,
}


class _TreeParam(msgspec.Struct):
    size_leaf_vector: str = "1"


class _Tree(msgspec.Struct):
    left_children: list[int]
    right_children: list[int]
    split_indices: list[int]
    split_conditions: list[float]
    default_left: list[bool | int]
    sum_hessian: list[float]
    split_type: list[int] = []
    tree_param: _TreeParam = msgspec.field(default_factory=_TreeParam)


class _Forest(msgspec.Struct):
    trees: Annotated[list[_Tree], msgspec.Meta(min_length=1)]
    tree_info: list[int]


class _Boosting(msgspec.Struct):
    name: str
    model: _Forest | None = None


class _Objective(msgspec.Struct):
    name: str


class _Numbers(msgspec.Struct):
    base_score: str
    num_feature: str
    num_class: str = "0"
    num_target: str = "1"


class _Learner(msgspec.Struct):
    gradient_booster: _Boosting
    learner_model_param: _Numbers
    objective: _Objective
    feature_names: list[str] = []


class _Model(msgspec.Struct):
    learner: _Learner


@dataclass(frozen=True, slots=True)
class Booster:
    """A checked booster: its trees, and what is added to each output."""

    trees: tuple[Tree, ...]
    base: tuple[float, ...]
    wanted: Wanted

    def graph(self) -> ModelProto:
        """Columns, trees, sum."""
        inputs, head = self._inputs, self.wanted.head
        columns, outputs = SideBySide(inputs).part(), self.wanted.outputs
        if head == "family":
            last = self._sum(columns, graph.OUTPUT)
        else:
            flat = np.array([-1], dtype=np.int64)
            last = self._sum(columns, "sum").then("Reshape", graph.output_of(head), flat)
        return graph.build(last, inputs=inputs, head=head, classes=outputs)

    def tables(self) -> ModelProto:
        """What explains its answers, for a head of one number."""
        unit: Unit = "log-odds" if self.wanted.head == "score" else "value"
        encoder = SideBySide(self._inputs)
        return tables_of(
            self.trees,
            encoder.part(),
            inputs=self._inputs,
            widths=encoder.widths(self._inputs),
            branch="BRANCH_LT",
            unit=unit,
            offset=self.base[0],
        )

    def _sum(self, columns: Part, name: str) -> Part:
        outputs = self.wanted.outputs
        return sum_of(self.trees, columns, branch="BRANCH_LT", outputs=outputs, name=name, base=self.base)

    @property
    def _inputs(self) -> tuple[Input, ...]:
        return tuple(tensor.declared() for tensor in self.wanted.tensors)


def booster_of(document: bytes, wanted: Wanted, *, where: str) -> Booster:
    """The booster of XGBoost's JSON as a candidate is to read it.

    Raises `ModelUnreadable` for what is no such JSON, and `ModelUnfit` for a booster of other inputs, of
    another objective, of other classes, or of a sort that no graph of ours is.
    """
    try:
        learner = msgspec.json.decode(document, type=_Model).learner
        _check_fit(learner, wanted)
        base = _base(learner, wanted)
    except (msgspec.DecodeError, ValueError, ZeroDivisionError) as error:
        raise ModelUnreadable(where, why=f"it is no booster: {error}") from error
    forest = _forest(learner, wanted)
    for tree in forest.trees:
        if why := _wrong(tree, width=wanted.width):
            raise ModelUnreadable(where, why=why)
    trees = (
        tree_of(msgspec.to_builtins(tree), at)
        for tree, at in zip(forest.trees, forest.tree_info, strict=True)
    )
    return Booster(tuple(trees), base, wanted)


def _check_fit(learner: _Learner, wanted: Wanted) -> None:
    numbers, names = learner.learner_model_param, OBJECTIVES[wanted.head]
    if learner.objective.name not in names:
        known = " or ".join(names)
        why = f"its objective is {learner.objective.name}; of the head '{wanted.head}' it is {known}"
        raise ModelUnfit(wanted.name, why=why, fix="name another --head, or train with that objective")
    if int(numbers.num_feature) != wanted.width:
        told = ", ".join(f"{tensor.name} {tensor.columns}" for tensor in wanted.tensors)
        why = f"it was trained on {numbers.num_feature} columns, and its inputs are {wanted.width} ({told})"
        raise ModelUnfit(
            wanted.name, why=why, fix="name the tensors that it was trained on: --inputs dense,…"
        )
    _check_names(learner.feature_names, wanted)
    if wanted.head == "family" and int(numbers.num_class) != len(wanted.classes):
        why = f"it tells {numbers.num_class} classes apart, and {len(wanted.classes)} are named"
        raise ModelUnfit(wanted.name, why=why, fix="name them in the order of its labels: --classes a,b,c")


def _check_names(names: Sequence[str], wanted: Wanted) -> None:
    """Where the booster was trained by name, its columns must be ours in our order."""
    ours = [name for tensor in wanted.tensors for name in tensor.names or [""] * tensor.columns]
    for at, (theirs, own) in enumerate(zip(names, ours, strict=False)):
        if own and theirs != own and theirs != f"f{at}":
            why = f"column {at} is called '{theirs}' where it was trained, and '{own}' here"
            raise ModelUnfit(
                wanted.name, why=why, fix="train on the columns in the order of features.py: NAMES"
            )


def _forest(learner: _Learner, wanted: Wanted) -> _Forest:
    forest = learner.gradient_booster.model
    if learner.gradient_booster.name != "gbtree" or forest is None:
        why = f"its booster is {learner.gradient_booster.name}; only gbtree is a plain sum of trees"
        raise ModelUnfit(wanted.name, why=why, fix="train with booster='gbtree'")
    several = [tree for tree in forest.trees if tree.tree_param.size_leaf_vector not in ("0", "1")]
    if (
        several
        or any(any(tree.split_type) for tree in forest.trees)
        or learner.learner_model_param.num_target != "1"
    ):
        why = "it splits on categories, or a leaf of it answers several outputs"
        raise ModelUnfit(wanted.name, why=why, fix="train with enable_categorical=False, one output a tree")
    if len(forest.tree_info) != len(forest.trees) or not set(forest.tree_info) <= set(range(wanted.outputs)):
        why = "its trees are not for the outputs that it names"
        raise ModelUnfit(wanted.name, why=why, fix="save the model once more with XGBoost")
    return forest


def _wrong(tree: _Tree, *, width: int) -> str:
    """What is wrong with the tables of a tree; nothing where nothing is."""
    count = len(tree.left_children)
    columns = (
        tree.right_children,
        tree.split_indices,
        tree.split_conditions,
        tree.default_left,
        tree.sum_hessian,
    )
    if not count or any(len(column) != count for column in columns):
        return "a tree has tables of several lengths, or none"
    if np.abs(tree.split_conditions).max() > np.finfo(np.float32).max:
        return "a threshold or a leaf is no finite number"
    seen, waiting = {0}, [0]
    while waiting:
        at = waiting.pop()
        pair = tree.left_children[at], tree.right_children[at]
        if pair == (-1, -1):
            continue
        if not 0 <= tree.split_indices[at] < width:
            return f"a tree asks for column {tree.split_indices[at]} of {width}"
        if any(not 0 < child < count or child in seen for child in pair) or pair[0] == pair[1]:
            return "the nodes of a tree are no tree"
        seen.update(pair)
        waiting += pair
    return ""


def _base(learner: _Learner, wanted: Wanted) -> tuple[float, ...]:
    """The margin that every row begins with, an entry an output: stored as one number, or a list of them."""
    said: Any = json.loads(learner.learner_model_param.base_score)
    stored = [float(each) for each in (said if isinstance(said, list) else [said])]
    each = stored * wanted.outputs if len(stored) == 1 else stored
    added = OBJECTIVES[wanted.head][learner.objective.name]
    return tuple(float(np.float32(added(score))) for score in each)
