"""Published domain generation algorithms, one file a family, found by listing this folder.

A family's name goes in, its generator comes out. Written anew from the published analyses that each
file names; no malware's or project's code and no word list of a malware is in here. Files that begin
with an underscore are shared pieces.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from detectory.detectors.dga.families._family import Family, Generator
from detectory.errors import UnknownFamily

__all__ = ["Family", "Generator", "load", "names"]


def names() -> list[str]:
    """The families there are.

    >>> "banjori" in names()
    True
    """
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def load(name: str) -> Generator:
    """A family's generator.

    Raises `UnknownFamily`, which names the known ones.

    >>> load("banjori").domains("earnestnessbiophysicalohax.com", 1)
    ['kwtoestnessbiophysicalohax.com']
    """
    known = names()
    if name not in known:
        raise UnknownFamily(name, known=known)
    return cast(Generator, import_module(f"{__name__}.{name}"))
