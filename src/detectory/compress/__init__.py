"""Compress: make cheaper variants of the candidates, measure all of them alike, and choose what ships.

``stage`` runs it; ``ways`` of making a variant are one module each: `Params`, and ``make(recipe, subject)``.
A new way is a new file beside these and nothing else. Only ``choose`` chooses.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, cast

from detectory.errors import UnknownWay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detectory.compress.variant import Way
    from detectory.models.recipe import Recipe

__all__ = ["check", "load", "ways"]

# What the stage itself is made of; every other module of the folder is a way.
_PIECES = frozenset(
    {
        "choose",
        "cost",
        "entries",
        "measure",
        "meter",
        "pruned_nets",
        "pruned_trees",
        "stage",
        "stored",
        "subject",
        "teacher",
    }
    | {"tune", "unjudged", "variant"}
)


def ways() -> list[str]:
    """The names of all ways, sorted.

    >>> "quantize" in ways(), "choose" in ways()
    (True, False)
    """
    return sorted({module.name for module in pkgutil.iter_modules(__path__)} - _PIECES)


def check(recipes: Iterable[Recipe]) -> None:
    """Raises `UnknownWay` for a recipe of a way that there is not; imports none."""
    known = ways()
    for recipe in recipes:
        if recipe.way not in known:
            raise UnknownWay(recipe.way, known=known)


def load(way: str) -> Way:
    """The module of a way, which makes variants.

    >>> load("quantize").__name__
    'detectory.compress.quantize'
    """
    return cast("Way", importlib.import_module(f"{__name__}.{way}"))
