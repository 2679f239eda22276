"""What a detector's ``model.py`` names, held to the contract before anything is fitted.

In: whatever ``candidates`` gave. Out: what is wrong with it, in words. How a kind can be set, the kind says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, get_args

from detectory.errors import did_you_mean
from detectory.models.candidate import CLASSIFYING, PREDICTING, Candidate, Range

#: a name is part of a file's name
NAME = re.compile(r"[A-Za-z0-9_][\w -]*")


def wrong_with(given: object, *, binary: bool, tensors: Collection[str]) -> str:
    """Why ``given`` is no list of candidates that alert (``binary``) or predict; empty if it is one.

    >>> wrong_with([Candidate("tree", "value", "trees", ("dense",))], binary=True, tensors={"dense"})
    "the head 'value' of 'tree' is none of this task: family, score"
    """
    if not isinstance(given, list | tuple):
        return f"candidates() gives {type(given).__name__}, and no list"
    for one in given:
        if not isinstance(one, Candidate):
            return f"candidates() lists {one!r:.60}, which is no Candidate"
        if why := _wrong(one, binary=binary, tensors=tensors):
            return why
    twice = [name for name, times in Counter(f"{one.head}.{one.name}" for one in given).items() if times > 1]
    return f"two candidates are called {twice[0]}" if twice else ""


def _wrong(one: Any, *, binary: bool, tensors: Collection[str]) -> str:
    if not isinstance(one.name, str) or not NAME.fullmatch(one.name):
        return f"{one.name!r:.60} is no name of a candidate: letters, digits, '_', '-' and blanks"
    heads = sorted(CLASSIFYING if binary else PREDICTING)
    if one.head not in heads:
        return f"the head {one.head!r} of '{one.name}' is none of this task: {', '.join(heads)}"
    if not isinstance(one.kind, str):
        return f"the kind of '{one.name}' is {one.kind!r:.60}, and no name of one"
    if not isinstance(one.inputs, list | tuple) or not one.inputs:
        return f"the inputs of '{one.name}' are {one.inputs!r}, and no tuple of tensors"
    if strange := [name for name in one.inputs if name not in list(tensors)]:
        return f"'{one.name}' reads '{strange[0]}', which NAMES of features.py has not: " + did_you_mean(
            str(strange[0]), tensors
        )
    return _wrong_sets(one)


def _wrong_sets(one: Any) -> str:
    for what, given in (("params", one.params), ("space", one.space)):
        if not isinstance(given, Mapping):
            return f"the {what} of '{one.name}' are {type(given).__name__}, and no dict"
    for name, range_ in one.space.items():
        if not isinstance(range_, get_args(Range)):
            return f"'{name}' of '{one.name}' is {range_!r:.60}, and no Integer, Float or Categorical"
    return ""
