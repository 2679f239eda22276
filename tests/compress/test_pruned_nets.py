"""Nets that lose weights or units by and by: what they say, how large they are, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import onnx
import pytest

from detectory.compress import prune
from detectory.compress.subject import Subject
from detectory.compress.variant import Impossible, Variant
from detectory.errors import BadParameter
from detectory.models import graph, load
from detectory.models.candidate import Candidate, Lesson, Soft, Value
from detectory.models.graph import to_bytes
from detectory.models.nets.deep import restore
from detectory.models.recipe import Recipe
from detectory.models.soft import taught
from detectory.runtime import Head
from tests import needs

needs.library("torch", extra="deep")

TRAINED: dict[str, Value] = {"epochs": 4, "batch_size": 64, "learning_rate": 0.01, "hidden": "12-6"}
TUNED: dict[str, Value] = {"steps": 2, "epochs": 1, "learning_rate": 0.003}


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    """Whether a word has an x, and a number beside it."""
    random = np.random.default_rng(0)
    letters = random.integers(97, 123, size=(400, 8), dtype=np.uint8)
    dense = random.normal(size=(400, 4)).astype(np.float32)
    return Lesson(
        {"chars": letters, "dense": dense}, (letters == 120).any(axis=1) | (dense[:, 0] > 1.5), seed=1
    )


@pytest.fixture(scope="module")
def nets(lesson: Lesson) -> dict[str, Subject]:
    """A net of each kind as a way is handed it, with the lesson that it was fitted on."""
    letters = {"embedding": 4, "filters": 8, "kernel_sizes": "1-2"}
    wanted = [
        Candidate("charcnn", "score", "charcnn", ("chars", "dense"), TRAINED | letters),
        Candidate("mlp", "score", "mlp", ("dense",), TRAINED),
    ]
    return {
        one.kind: handed(one, to_bytes(load(one.kind).fit(one, lesson).graph()), lesson) for one in wanted
    }


class Handed(Subject):
    """A subject whose lesson is given, not read from an artifact."""

    def lesson(self, inputs: Any, *, name: str) -> Lesson:
        return cast("Lesson", self.job.lesson)  # type: ignore[attr-defined]


def handed(candidate: Candidate, bytes_: bytes, lesson: Lesson) -> Subject:
    nothing = cast("Any", SimpleNamespace(lesson=lesson))
    return Handed(nothing, nothing, nothing, candidate, bytes_)


def pruned(subject: Subject, **params: Value) -> Variant | Impossible:
    (made,) = prune.make(Recipe("pruned", "score", "prune", params=TUNED | params), subject)
    return made


def done(subject: Subject, **params: Value) -> Variant:
    made = pruned(subject, **params)
    assert isinstance(made, Variant), made
    return made


def right(variant: Variant | Subject, lesson: Lesson) -> float:
    head = Head(variant.graph, name="net")
    return float(((head.answer(lesson.features) > 0) == lesson.target).mean())


EVERY = pytest.mark.parametrize("kind", ["charcnn", "mlp"])


@EVERY
def test_a_net_of_fewer_units_is_a_smaller_graph(kind: str, nets: dict[str, Subject], lesson: Lesson) -> None:
    variant = done(nets[kind], by="units", share=0.5)
    assert len(variant.graph) < 0.8 * len(nets[kind].graph)
    assert right(variant, lesson) > right(nets[kind], lesson) - 0.15
    assert "numbers left" in variant.note


@EVERY
def test_weights_become_0_and_stay_in_the_graph(kind: str, nets: dict[str, Subject], lesson: Lesson) -> None:
    """As large as before: the note says so."""
    variant = done(nets[kind], by="weights", share=0.6)
    weights = graph.constants_of(onnx.load_model_from_string(variant.graph))
    for name in ("dense_0.weight", "dense_1.weight"):
        assert (weights[name] == 0).mean() == pytest.approx(0.6, abs=0.03)
    assert len(variant.graph) == pytest.approx(len(nets[kind].graph), rel=0.02)
    assert variant.note.endswith("it gains nothing in size")
    assert right(variant, lesson) > 0.6


@EVERY
def test_a_share_of_nothing_changes_not_a_byte(kind: str, nets: dict[str, Subject]) -> None:
    for by in ("units", "weights"):
        assert done(nets[kind], by=by, share=0.0).graph == nets[kind].graph


def test_the_same_net_is_made_again_and_answers_a_row_as_in_a_batch(
    nets: dict[str, Subject], lesson: Lesson
) -> None:
    first, second = (done(nets["charcnn"], by="units") for _ in range(2))
    assert first.graph == second.graph
    head = Head(first.graph, name="net")
    rows = {name: values[:20] for name, values in lesson.features.items()}
    single = [head.answer({name: values[at : at + 1] for name, values in rows.items()}) for at in range(20)]
    np.testing.assert_allclose(np.concatenate(single), head.answer(rows), atol=1e-5)


def test_a_pruned_net_can_be_pruned_again(nets: dict[str, Subject], lesson: Lesson) -> None:
    once = done(nets["mlp"], by="units", share=0.4)
    twice = done(handed(nets["mlp"].candidate, once.graph, lesson), by="units", share=0.4)
    sizes = [
        restore(nets["mlp"].candidate, onnx.load_model_from_string(each.graph)).net.size
        for each in (once, twice)
    ]
    assert sizes[1] < sizes[0]


@EVERY
def test_a_net_says_what_its_teacher_says_at_any_temperature(
    kind: str, nets: dict[str, Subject], lesson: Lesson
) -> None:
    told = 4 * np.where(lesson.features["dense"][:, 1] > 0, 1, -1).astype(np.float32)
    soft = Soft(told, np.full(len(told), 0.9, dtype=np.float32), temperature=3.0)
    student = taught(nets[kind].candidate, lesson, soft)
    assert ((student.answer(lesson.features) > 0) == (told > 0)).mean() > 0.7


def test_a_net_at_an_end_of_an_interval_comes_near_its_teacher(lesson: Lesson) -> None:
    """It is told the quantile itself, and takes no quantile of that."""
    low = Candidate("low", "low", "mlp", ("dense",), TRAINED | {"epochs": 12})
    told = lesson.features["dense"][:, 0] * 3
    soft = Soft(told, np.ones(len(told), dtype=np.float32))
    student = taught(low, replace(lesson, target=told.astype(float) + 5), soft)
    missed = student.answer(lesson.features) - told
    assert abs(missed.mean()) < 0.5
    assert missed.std() < told.std() / 2


def test_what_is_no_net_or_no_trees_is_told(nets: dict[str, Subject]) -> None:
    trees = handed(
        Candidate("tree", "score", "trees", ("dense",)), nets["mlp"].graph, nets["mlp"].lesson((), name="")
    )
    told = pruned(trees, by="units")
    assert isinstance(told, Impossible)
    assert told.why == "a model of the kind 'trees' is no net"
    told = pruned(nets["mlp"], by="leaves")
    assert isinstance(told, Impossible)
    assert told.why.startswith("0 nodes of its graph sum trees")


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"steps": 0}, "one step at least"),
        ({"epochs": 0}, "of one epoch"),
        ({"power": 0.0}, "are above 0"),
        ({"learning_rate": -1.0}, "are above 0"),
    ],
)
def test_a_schedule_that_is_none_is_refused(nets: dict[str, Subject], params: dict, why: str) -> None:
    with pytest.raises(BadParameter, match=why):
        pruned(nets["mlp"], by="units", **params)


def test_what_was_trained_on_is_kept_apart_by_step(tmp_path: Path) -> None:
    """Each step is a lesson of its own: a killed run goes on in the step that it was killed in."""
    from detectory.compress.pruned_nets import tuning

    names = []

    class Noting(Handed):
        def lesson(self, inputs: Any, *, name: str) -> Lesson:
            names.append(name)
            return Lesson({}, np.zeros(0))

    subject = Noting(*[cast("Any", None)] * 3, Candidate("net", "score", "mlp", ("dense",)), b"")
    found = tuning(subject, steps=2, power=3.0, epochs=1, learning_rate=0.1, name="narrow")
    found.lesson(1)
    found.lesson(2)
    assert names == ["narrow-1", "narrow-2"]
    assert (found.training.epochs, found.training.patience, found.training.learning_rate) == (1, 1, 0.1)


def test_what_was_imported_is_no_net_and_fails_no_run(nets: dict[str, Subject]) -> None:
    mlp = nets["mlp"]
    imported = Candidate("theirs", "score", "imported", ("dense",))
    made = pruned(Subject(mlp.job, mlp.rows, mlp.objective, imported, mlp.graph), by="units")
    assert isinstance(made, Impossible)
    assert made.why == "a model of the kind 'imported' is no net"
