"""What an imported model is to be: which head, over which tensors, with which classes in which order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from detectory.detector import Detector
from detectory.errors import MissingColumn, ModelUnfit, UsageError
from detectory.models.candidate import Candidate, Head
from detectory.models.graph import Input
from detectory.schema import Features

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class Tensor(msgspec.Struct, frozen=True):
    """A feature tensor that the model reads: ``width`` is 0 for one number a row.

    ``names`` are what its columns are called, where they have names.
    """

    name: str
    dtype: str
    width: int
    names: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        """How many numbers a row it is."""
        return self.width or 1

    def declared(self) -> Input:
        """As a graph declares it."""
        return Input(self.name, np.dtype(self.dtype), self.width or None)


class Wanted(msgspec.Struct, frozen=True):
    """A candidate to be: ``classes`` are those of the head ``family``, in the order of its outputs."""

    name: str
    head: Head
    tensors: tuple[Tensor, ...]
    classes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many columns all tensors have."""
        return sum(tensor.columns for tensor in self.tensors)

    @property
    def outputs(self) -> int:
        """How many numbers it answers a row."""
        return len(self.classes) if self.head == "family" else 1


def of(
    detector: Detector,
    *,
    name: str,
    head: str | None,
    inputs: Sequence[str],
    classes: Sequence[str],
    own: Sequence[Candidate],
) -> Wanted:
    """What is asked for, checked against a detector and its ``own`` candidates.

    Without a ``head`` it is the one that decides. Raises `UsageError`, and what `tensors_of` raises.
    """
    if not _NAME.fullmatch(name):
        why = f"'{name[:80]}' is no name of a candidate: a-z, 0-9, '_' and '-'"
        raise UsageError(why, fix="name it: --as NAME")
    heads = list(dict.fromkeys(one.head for one in own))
    chosen = head or ("score" if "score" in heads else "value")
    if chosen not in heads:
        raise UsageError(f"'{detector.name}' has no head '{chosen}'", fix=f"--head {' or '.join(heads)}")
    if (chosen == "family") != bool(classes):
        fix = "--head family --classes a,b,c   in the order of the model's outputs"
        raise UsageError("a model of the head 'family', and no other, names its classes", fix=fix)
    return Wanted(name, heads[heads.index(chosen)], tensors_of(detector, tuple(inputs)), tuple(classes))


def tensors_of(detector: Detector, names: tuple[str, ...]) -> tuple[Tensor, ...]:
    """The tensors of a detector by name, as its own features give them for an example.

    Raises `MissingColumn` for a name that is none of them, and `ModelUnfit` where no example parses.
    """
    made, called = _example(detector), detector.part("features").NAMES
    for name in names:
        if name not in made:
            raise MissingColumn(name, where=f"the features of '{detector.name}'", known=made)
    return tuple(_tensor(name, made, tuple(called.get(name, ()))) for name in names)


def _tensor(name: str, made: Features, called: tuple[str, ...]) -> Tensor:
    values = made[name]
    return Tensor(name, str(values.dtype), 0 if values.ndim == 1 else values.shape[1], called)


def _example(detector: Detector) -> Features:
    """The features of the first door whose example parses."""
    for name, door in detector.spec.doors.items():
        row: Mapping[str, list[str | float | int]] = {key: [one.example] for key, one in door.fields.items()}
        parsed = detector.parse(row, door=name)
        if len(parsed.entity):
            return detector.features(parsed.rows)
    why = "no example of its doors parses, so that nobody knows the widths of its features"
    raise ModelUnfit(detector.name, why=why, fix="correct the `example` of a field in detector.toml")
