"""The kinds of model that candidates are made of: one kind is one module with ``fit``.

A new kind is a new file beside these and nothing else: the folder is the list. Nothing is imported
until a kind is loaded, so that naming candidates costs no training library.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, cast

from detectory.errors import BadParameter, UnknownKind, UnsupportedHead

if TYPE_CHECKING:
    from detectory.models.candidate import Candidate, Fitted, Kind, Lesson

__all__ = ["fit", "fitting", "kinds", "libraries", "load"]

#: the libraries that check the parameters that are handed on to them
CHECKING = frozenset({"sklearn", "xgboost"})

# What kinds are built from; every other module of the folder is a kind.
_PIECES = frozenset(
    {"baselines", "candidate", "cooled", "declared", "ensemble", "forecasts", "graph", "grown", "leaves"}
    | {"means", "nets", "onehot", "recipe", "rounds", "scaling", "soft", "table", "target", "tree_tables"}
    | {"unsupervised"}
)


def kinds() -> list[str]:
    """The names of all kinds, sorted.

    >>> "linear" in kinds(), "graph" in kinds()
    (True, False)
    """
    return sorted({module.name for module in pkgutil.iter_modules(__path__)} - _PIECES)


def load(kind: str) -> Kind:
    """The module of a kind, which fits candidates; ``UnknownKind`` if there is none.

    >>> load("linear").__name__
    'detectory.models.linear'
    """
    if kind not in kinds():
        raise UnknownKind(kind, known=kinds())
    return cast("Kind", importlib.import_module(f"{__name__}.{kind}"))


def libraries(kind: str) -> tuple[str, ...]:
    """What a kind needs beside the extra ``train``, as ``LIBRARIES`` of its file says, which is not imported.

    >>> libraries("charcnn"), libraries("trees")
    (('torch',), ())
    """
    if kind not in kinds():  # fitting says so, with the names of those that there are
        return ()
    for node in ast.parse(Path(__file__).with_name(f"{kind}.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LIBRARIES":
            return tuple(ast.literal_eval(node.value))
    return ()


def fitting(candidate: Candidate) -> Kind:
    """The kind that fits a candidate. Raises `UnknownKind`, and `UnsupportedHead` if it cannot be that."""
    kind = load(candidate.kind)
    if candidate.head not in kind.HEADS:
        raise UnsupportedHead(candidate.head, kind=candidate.kind, heads=kind.HEADS)
    return kind


def fit(candidate: Candidate, lesson: Lesson) -> Fitted:
    """A candidate, fitted by its kind.

    Raises what ``Kind.fit`` raises, and `BadParameter` for a value that the library below refuses.
    """
    kind = fitting(candidate)
    try:
        return kind.fit(candidate, lesson)
    except ValueError as error:
        if type(error).__module__.partition(".")[0] not in CHECKING:
            raise
        why = str(error).strip().splitlines()[0]
        raise BadParameter(candidate.name, kind=candidate.kind, why=why) from error
