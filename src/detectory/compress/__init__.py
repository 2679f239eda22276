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
    from detectory.compress.variant import Way

__all__ = ["load", "ways"]

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
        "subject",
        "teacher",
    }
    | {"unjudged", "variant"}
)


def ways() -> list[str]:
    """The names of all ways, sorted.

    >>> "quantize" in ways(), "choose" in ways()
    (True, False)
    """
    return sorted({module.name for module in pkgutil.iter_modules(__path__)} - _PIECES)


def load(way: str) -> Way:
    """The module of a way, which makes variants. Raises `UnknownWay` if there is none.

    >>> load("quantize").__name__
    'detectory.compress.quantize'
    """
    if way not in ways():
        raise UnknownWay(way, known=ways())
    return cast("Way", importlib.import_module(f"{__name__}.{way}"))
