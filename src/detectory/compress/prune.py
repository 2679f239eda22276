"""Pruning: the same model with less of it.

``leaves`` joins leaves of trees that say nearly the same, ``rounds`` keeps the first trees only. What a net
has of single ``weights``, or of whole ``units``, is taken gradually, with training in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

import onnx

from detectory.compress import pruned_nets, pruned_trees
from detectory.compress.subject import Subject
from detectory.compress.variant import Impossible, Variant
from detectory.errors import BadParameter
from detectory.models import grown
from detectory.models.candidate import settings
from detectory.models.graph import to_bytes
from detectory.models.nets.deep import restore
from detectory.models.recipe import Recipe

TREES = ("leaves", "rounds")


@dataclass(frozen=True, slots=True)
class Params:
    """``share`` is how much goes, from 0 to below 1: of all leaves, of the rounds, of each layer of a net.

    The others are for nets only. They lose it in so many ``steps``, by a ``power`` of 3 most of it at first
    (1: evenly), and after each learn for so many ``epochs`` at ``learning_rate``.
    """

    by: Literal["leaves", "rounds", "weights", "units"] = "leaves"
    share: float = 0.5
    steps: int = 4
    power: float = 3.0
    epochs: int = 2
    learning_rate: float = 1.5e-3


def make(recipe: Recipe, subject: Subject) -> Iterator[Variant | Impossible]:
    """One variant; see ``Way.make``. Nets need torch: `MissingExtra`."""
    params = settings(Params, recipe)
    if why := _wrong(params):
        raise BadParameter(recipe.name, kind=recipe.kind, why=why)
    yield (_of_trees if params.by in TREES else _of_net)(recipe, params, subject)


def _wrong(params: Params) -> str:
    """What is wrong with a setting; empty if nothing is."""
    if not 0 <= params.share < 1:
        return f"share = {params.share:g} is no share from 0 to below 1"
    if min(params.steps, params.epochs) < 1:
        return "there is one step at least, of one epoch"
    return "" if params.power > 0 and params.learning_rate > 0 else "a power and a learning rate are above 0"


def _of_trees(recipe: Recipe, params: Params, subject: Subject) -> Variant | Impossible:
    model = onnx.load_model_from_string(subject.graph)
    if why := grown.why_not(model):
        return Impossible(recipe.name, why)
    tables = onnx.load_model_from_string(subject.trees) if subject.trees else None
    found = grown.grown(model, tables)
    way = pruned_trees.by_leaves if params.by == "leaves" else pruned_trees.by_rounds
    trees = way(found, params.share, subject)
    graph, told = pruned_trees.written(found, trees, subject)
    note = f"{pruned_trees.counted(trees)} left of {pruned_trees.counted(found.trees)}"
    said = {name: value for name, value in asdict(params).items() if name in ("by", "share")}
    return Variant(recipe.name, subject.candidate, graph, told, said, note)


def _of_net(recipe: Recipe, params: Params, subject: Subject) -> Variant | Impossible:
    model = onnx.load_model_from_string(subject.graph)
    if why := pruned_nets.why_not(subject.candidate, model):
        return Impossible(recipe.name, why)
    whole = restore(subject.candidate, model)
    if not params.share:
        return Variant(recipe.name, subject.candidate, subject.graph, params=asdict(params))
    rest = {name: value for name, value in asdict(params).items() if name not in ("by", "share")}
    tuning = pruned_nets.tuning(subject, name=recipe.name, **rest)
    if params.by == "weights":
        made = pruned_nets.by_weights(whole, params.share, tuning)
        note = pruned_nets.zeros(made)
    else:
        made = pruned_nets.by_units(whole, params.share, tuning)
        note = f"{made.net.size:,} of {whole.net.size:,} numbers left"
    return Variant(recipe.name, subject.candidate, to_bytes(made.graph()), params=asdict(params), note=note)
