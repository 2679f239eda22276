"""An opened bundle and a row → named reasons: what drove its score, or the value that is predicted.

Comes in: a scorer and its answers. Goes out: for every entity the features or parts that drove its answer,
the strongest first. Two ways, and a bundle has the first that it can: where its head is made of trees, the
exact Shapley value of every feature (`trees`); where its ``parse.py`` says which parts a row has, what the
answer would be without each (`occlusion`). Only the head that decides is explained. Never: a surrogate model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from detectory.bundle import Opened
from detectory.errors import NotExplained
from detectory.explain import occlusion, trees
from detectory.explain.reason import Reason, Unit, strongest
from detectory.schema import Array, Features, Parsed, Rows
from detectory.spec import Binary, Spec

__all__ = ["REASONS", "Reason", "add_reasons", "reasons_by_row", "require_reasons"]

REASONS = "reasons"


class Answered(Protocol):
    """What `detectory.runtime.Answers` has of this."""

    @property
    def parsed(self) -> Parsed:
        """The entities."""

    @property
    def level(self) -> Array:
        """float[N]: the number that a part raises or lowers."""

    def order(self) -> tuple[list[int], list[int]]:
        """The input row of every record, and its place: entities first."""


class Scoring(Protocol):
    """What `detectory.runtime.Scorer` has of this."""

    bundle: Opened

    @property
    def spec(self) -> Spec:
        """The detector's words."""

    @property
    def of_trees(self) -> bool:
        """Whether there are trees."""

    @property
    def trees(self) -> trees.Trees | None:
        """The trees of the head that decides, opened, if it is made of trees."""

    def score(self, rows: Rows) -> Any:
        """The answers for these rows."""

    def features_of(self, parsed: Parsed) -> Features:
        """The tensors of entities that were parsed before."""


def require_reasons(scorer: Scoring) -> None:
    """Raises `NotExplained` where a bundle can give none."""
    if not scorer.of_trees and scorer.bundle.without_parts is None:
        raise NotExplained(scorer.bundle.manifest.detector)


def add_reasons(records: Sequence[dict[str, Any]], answers: Answered, scorer: Scoring) -> None:
    """Put ``reasons`` into the records of these answers: None where a row was not scored.

    Raises `NotExplained` for a bundle that has neither trees nor parts.
    """
    told = _reasons(answers, scorer)
    for record, place in zip(records, answers.order()[1], strict=True):
        record[REASONS] = told[place] if place < len(told) else None


def reasons_by_row(answers: Answered, scorer: Scoring) -> dict[int, list[dict[str, Any]]]:
    """The same reasons, by the first input row of each entity.

    Raises `NotExplained` for a bundle that has neither trees nor parts.
    """
    told = _reasons(answers, scorer)
    rows, places = answers.order()
    return {row: told[place] for row, place in zip(rows, places, strict=True) if place < len(told)}


def _reasons(answers: Answered, scorer: Scoring) -> list[list[dict[str, Any]]]:
    """The reasons of every entity."""
    require_reasons(scorer)
    if not len(answers.level):
        return []
    unit = _unit(scorer)
    if scorer.trees is not None:
        found = trees.reasons(answers.parsed, scorer.features_of(answers.parsed), scorer.trees, scorer)
    else:
        assert scorer.bundle.without_parts is not None  # noqa: S101
        found = occlusion.reasons(answers, scorer.bundle.without_parts, scorer.score)
    return [[each.as_dict(unit) for each in strongest(reasons, unit)] for reasons in found]


def _unit(scorer: Scoring) -> Unit:
    """What changes are counted in."""
    spec = scorer.spec
    if not isinstance(spec, Binary):
        return Unit("value", spec.target.unit)
    return Unit("score", scorer.trees.unit if scorer.trees else "log-odds")
