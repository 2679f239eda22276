"""Every recipe of every detector is of a way and a candidate that there are, and sets what these know."""

from __future__ import annotations

from dataclasses import fields

import pytest

from detectory import compress, detectors, models
from detectory.models.candidate import Candidate
from detectory.models.recipe import Recipe

RECIPES = [(name, recipe) for name in detectors.names() for recipe in detectors.load(name, None).recipes]


def known_parameters(recipe: Recipe, candidates: dict[str, Candidate]) -> set[str]:
    """Those of the way; one that teaches a student knows the student's, too."""
    known = {field.name for field in fields(compress.load(recipe.way).Params)}
    student = candidates.get(str(recipe.params.get("student")))
    return known | ({field.name for field in fields(models.load(student.kind).Params)} if student else set())


@pytest.mark.parametrize(
    ("name", "recipe"), RECIPES, ids=[f"{name}-{one.head}-{one.name}" for name, one in RECIPES]
)
def test_a_recipe_can_be_followed(name: str, recipe: Recipe) -> None:
    detector = detectors.load(name, None)
    candidates = {one.name: one for one in detector.part("model").candidates() if one.head == recipe.head}
    earlier = [one.name for one in detector.recipes if one.head == recipe.head]
    assert recipe.of in {*candidates, *earlier[: earlier.index(recipe.name)]}
    assert recipe.name not in candidates
    assert {*recipe.params, *recipe.space} <= known_parameters(recipe, candidates)
