"""Pruning: the same model with less of it.

``leaves`` joins leaves of trees that say nearly the same, ``rounds`` keeps the first trees only. What a net
has of single ``weights``, or of whole ``units``, is taken gradually, with training in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

import onnx

from detectory.compress import pruned_trees
from detectory.compress.subject import Subject
from detectory.compress.variant import Impossible, Variant
from detectory.errors import BadParameter
from detectory.models.candidate import settings
from detectory.models.grown import grown, why_not
from detectory.models.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Params:
    """``share`` is how much of its leaves or rounds a model loses, from 0 to below 1."""

    by: Literal["leaves", "rounds"] = "leaves"
    share: float = 0.5


def make(recipe: Recipe, subject: Subject) -> Iterator[Variant | Impossible]:
    """One variant; see ``Way.make``."""
    params = settings(Params, recipe)
    if not 0 <= params.share < 1:
        why = f"share = {params.share:g} is no share from 0 to below 1"
        raise BadParameter(recipe.name, kind=recipe.kind, why=why)
    yield _of_trees(recipe, params, subject)


def _of_trees(recipe: Recipe, params: Params, subject: Subject) -> Variant | Impossible:
    model = onnx.load_model_from_string(subject.graph)
    if why := why_not(model):
        return Impossible(recipe.name, why)
    tables = onnx.load_model_from_string(subject.trees) if subject.trees else None
    found = grown(model, tables)
    way = pruned_trees.by_leaves if params.by == "leaves" else pruned_trees.by_rounds
    trees = way(found, params.share, subject)
    graph, told = pruned_trees.written(found, trees, subject)
    note = f"{pruned_trees.counted(trees)} left of {pruned_trees.counted(found.trees)}"
    return Variant(recipe.name, subject.candidate, graph, told, asdict(params), note)
