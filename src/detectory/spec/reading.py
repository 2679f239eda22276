"""Reading a ``detector.toml``: text in, a `Spec` out, or an error that names the key that does not fit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from detectory.errors import BadDetector
from detectory.spec.tasks import Spec

#: the tables that only detectors of one task have
TABLES = {
    "binary": "a detector of the task 'binary' has [label] and [budget]",
    "regression": "a detector of the task 'regression' has [target], and may have [intervals], [forecasts]",
}


def read_spec(text: str, *, where: str) -> Spec:
    """The words of a ``detector.toml``.

    Raises `BadDetector`, naming the key, when something does not fit.
    """
    name = Path(where).parent.name
    try:
        words = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDetector(name, why=str(error), where=where) from error
    try:
        read: Spec = msgspec.convert(words, Spec)
    except msgspec.ValidationError as error:
        raise BadDetector(name, why=_in_words(error, words), where=where) from error
    return read


def _in_words(error: msgspec.ValidationError, words: Mapping[str, object]) -> str:
    """What does not fit; where a whole table is missing or too much, which ones the task has."""
    task = TABLES.get(str(words.get("task")))
    is_of_a_table = " field `" in str(error) and " - at " not in str(error)
    return f"{error}; {task}" if task and is_of_a_table else str(error)
