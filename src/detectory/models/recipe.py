"""A recipe: how something cheaper is made of a candidate, how that is set, and what a search may try.

Nothing here makes it: a way (a module of ``detectory.compress``) turns a recipe and a fitted candidate into
variants. This module imports no training library, so a detector can name its recipes at no cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detectory.models.candidate import Head, Range, Value


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to make a head cheaper.

    ``way`` is a module of ``detectory.compress``. ``of`` names what it starts from: a candidate of the head,
    or what an earlier recipe made; the head's best candidate where it names none. A recipe whose candidate
    was not fitted (because it is by request) makes nothing. ``params`` are those of the way, and ``space``
    what a search may try instead. One that is ``by_request`` itself takes long, or is there for comparison:
    it is made only where somebody names it.

    >>> Recipe("int8", head="score", way="quantize", of="charcnn", params={"method": "static"}).kind
    'quantize'
    """

    name: str
    head: Head
    way: str
    of: str = ""
    params: Mapping[str, Value] = field(default_factory=dict)
    space: Mapping[str, Range] = field(default_factory=dict)
    by_request: bool = False

    @property
    def kind(self) -> str:
        """The way: what its parameters are those of."""
        return self.way
