"""What a way makes of a candidate: a variant, or the reason why there is none.

A way neither measures nor chooses. The stage measures candidates and variants alike, and so finds out whether
a variant gains anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from detectory.models.candidate import Candidate, Value
from detectory.models.recipe import Recipe

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from detectory.compress.subject import Subject


@dataclass(frozen=True, slots=True)
class Variant:
    """A graph that may ship instead of the one it was made from: same head, same classes.

    ``candidate`` says what kind of model it is now, so that a later recipe can start from it; ``trees`` are
    the tables that explain it (`detectory.models.tree_tables`), empty where it is not made of trees.
    ``params`` are what the way did, with its defaults; ``note`` is a sentence for people, where there is
    something to say.
    """

    name: str
    candidate: Candidate
    graph: bytes
    trees: bytes = b""
    params: Mapping[str, Value] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Impossible:
    """A variant that cannot be made of this candidate, and why: told in the report, never a failure."""

    name: str
    why: str


class Way(Protocol):
    """What a way's module defines."""

    __name__: str
    Params: type[DataclassInstance]

    def make(self, recipe: Recipe, subject: Subject) -> Iterator[Variant | Impossible]:
        """The variants of a recipe: usually one, called as the recipe; several have names of their own.

        The same recipe and subject give the same bytes. Raises ``UnknownParameter`` and ``BadParameter`` for
        what the way does not know.
        """
        ...
