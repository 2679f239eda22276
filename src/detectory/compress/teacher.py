"""A teacher: one or several fitted models of a head, answering as graphs in ONNX Runtime.

Several models answer with the logarithm of their mean probability, or with their mean number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectory.compress.entries import fitted_for
from detectory.compress.subject import Subject
from detectory.errors import OtherClasses
from detectory.models import soft
from detectory.models.candidate import CLASSIFYING
from detectory.parts import Part
from detectory.runtime import Head

Answers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Teacher:
    """The graphs by name, the head, and the classes that the student tells apart (none for one number)."""

    heads: Mapping[str, Head]
    head: str
    classes: Sequence[str]

    @property
    def name(self) -> str:
        """The names of the models, for people."""
        return " and ".join(self.heads)

    def answer(self, rows: Part) -> Answers:
        """Log-odds, logits or numbers, as `Fitted.answer` gives them. Raises `OtherClasses`."""
        found = [self._asked(name, head, rows) for name, head in self.heads.items()]
        if len(found) == 1:
            return found[0]
        if self.head not in CLASSIFYING:
            return np.asarray(np.mean(found, axis=0), dtype=np.float32)
        mean = np.mean([soft.chances(each) for each in found], axis=0)
        logs = np.log(np.maximum(mean, np.finfo(np.float64).tiny))
        return np.asarray(logs[:, 1] - logs[:, 0] if self.head == "score" else logs, dtype=np.float32)

    def agreement(self, answer: Answers, rows: Part) -> str:
        """How often a student answers as its teacher, in words."""
        taught = self.answer(rows)
        if self.head not in CLASSIFYING:
            return f"{np.abs(answer - taught).mean():.3g} apart from its teacher in the mean"
        same = (
            (answer > 0) == (taught > 0)
            if taught.ndim == 1
            else answer.argmax(axis=1) == taught.argmax(axis=1)
        )
        return f"of one mind with its teacher on {same.mean():.2%} of the validation rows"

    def _asked(self, name: str, head: Head, rows: Part) -> Answers:
        answer = head.answer(rows.features(head.inputs))
        if self.classes and answer.shape[1:] != (len(self.classes),):
            knows = [f"class {at}" for at in range(answer.shape[1] if answer.ndim == 2 else 2)]
            raise OtherClasses(name, head=self.head, knows=knows, wanted=self.classes)
        return answer


def teacher_of(subject: Subject, *, beside: Sequence[str]) -> Teacher | str:
    """The model that a recipe starts from, with others of its head; or why not, if one was not fitted.

    Raises `OtherClasses` for a model that was fitted to tell other classes apart.
    """
    fit, head = subject.job.inputs["fit"], subject.candidate.head
    fitted = {str(one["name"]): one for one in fitted_for(fit, head)}
    for name in beside:
        if name not in fitted:
            return f"'{name}', who is to teach beside '{subject.candidate.name}', was not fitted"
    for name in (subject.candidate.name, *beside):
        _check(name, fitted.get(name), subject)
    graphs = {name: fit.read(fitted[name]["file"]) for name in beside}
    heads = {subject.candidate.name: subject.graph, **graphs}
    return Teacher({name: Head(graph, name=name) for name, graph in heads.items()}, head, subject.classes)


def _check(name: str, fitted: Mapping[str, Any] | None, subject: Subject) -> None:
    """Raises `OtherClasses`; a variant of another recipe has the classes of the head."""
    knows = list(subject.classes) if fitted is None else list(fitted["classes"])
    if knows != list(subject.classes):
        raise OtherClasses(name, head=subject.candidate.head, knows=knows, wanted=subject.classes)
