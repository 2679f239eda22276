"""Imported models are listed once, by several at once too, and what is half made leaves nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from detectory.artifacts import Store
from detectory.errors import CandidateTaken, ModelUnfit, ModelUnreadable, UnknownCandidate
from detectory.imported import catalogue
from detectory.imported.catalogue import Entry
from detectory.models.candidate import Candidate, Lesson
from detectory.models.recipe import Recipe
from detectory.schema import Array
from tests.imported.conftest import CLASSES, Train, wish


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture(scope="module")
def file(train: Train, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A booster of three classes, in UBJSON."""
    path = tmp_path_factory.mktemp("theirs") / "theirs.ubj"
    train("multi:softprob").save_model(path)
    return path


@pytest.fixture(scope="module")
def taken(file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Entry]:
    """A store where it was imported once."""
    store = Store(tmp_path_factory.mktemp("store"))
    return store, catalogue.take(store, "toy", file, wish("family"), own=[])


def test_a_model_is_listed_with_where_it_is_from(taken: tuple[Store, Entry]) -> None:
    store, entry = taken
    assert catalogue.listed(store, "toy") == [entry]
    assert (entry.label, entry.file, entry.inputs) == ("family.theirs", "theirs.ubj", ["dense"])
    assert store.get("toy/imported", entry.artifact).facts["sha256"] == entry.sha256


def test_the_same_again_changes_nothing(taken: tuple[Store, Entry], file: Path) -> None:
    store, entry = taken
    assert catalogue.take(store, "toy", file, wish("family"), own=[]) == entry
    assert catalogue.listed(store, "toy") == [entry]


def test_as_a_candidate_it_answers_in_the_order_of_our_classes(
    taken: tuple[Store, Entry], table: Array
) -> None:
    [given] = catalogue.given(taken[0], "toy")
    assert given.candidate.by_request
    target = np.zeros(len(table), dtype=np.int64)
    theirs, turned = (
        given.fit(given.candidate, Lesson({"dense": table}, target, classes=classes)).answer({"dense": table})
        for classes in (CLASSES, CLASSES[::-1])
    )
    np.testing.assert_array_equal(theirs[:, ::-1], turned)


@pytest.mark.parametrize(
    ("classes", "why"),
    [(("ant", "bee", "cow"), "other classes .*: cat, cow"), (("ant", "bee"), "other classes .*: cat")],
)
def test_other_classes_than_those_of_training_are_refused(
    taken: tuple[Store, Entry], table: Array, classes: tuple[str, ...], why: str
) -> None:
    [given] = catalogue.given(taken[0], "toy")
    lesson = Lesson({"dense": table}, np.zeros(len(table), dtype=np.int64), classes=classes)
    with pytest.raises(ModelUnfit, match=rf"(?s)theirs.*{why}"):
        given.fit(given.candidate, lesson)


def test_features_that_changed_since_are_told(taken: tuple[Store, Entry], table: Array) -> None:
    [given] = catalogue.given(taken[0], "toy")
    lesson = Lesson({"dense": table[:, :2]}, np.zeros(len(table), dtype=np.int64), classes=CLASSES)
    with pytest.raises(ModelUnfit, match=r"(?s)theirs.*it was imported for"):
        given.fit(given.candidate, lesson)


@pytest.mark.parametrize(
    "own", [Candidate("theirs", "family", "linear", ("ids",)), Recipe("theirs", "family", "quantize")]
)
def test_a_name_of_model_py_is_taken(own: Candidate | Recipe, store: Store, file: Path) -> None:
    with pytest.raises(CandidateTaken, match=r"a candidate 'family\.theirs' already"):
        catalogue.take(store, "toy", file, wish("family"), own=[own])
    assert catalogue.listed(store, "toy") == []


def add(store: Store, number: int, *, artifact: str = "a" * 64) -> None:
    entry = Entry(f"m{number}", "score", ["dense"], [], "f.json", "b" * 64, artifact, "2026-01-01")
    catalogue.changed(store, "toy", lambda before: [*before, entry])


def test_of_many_imports_at_once_none_is_lost(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: add(store, number), range(12)))
    assert sorted(entry.name for entry in catalogue.listed(store, "toy")) == sorted(
        f"m{n}" for n in range(12)
    )


def test_a_forgotten_one_is_gone_and_an_unknown_one_is_answered_with_those_there(store: Store) -> None:
    add(store, 1)
    add(store, 2)
    assert catalogue.forget(store, "toy", "m1").label == "score.m1"
    assert [entry.name for entry in catalogue.listed(store, "toy")] == ["m2"]
    with pytest.raises(UnknownCandidate, match=r"(?s)'m1'.*known: score.m2.*models imported"):
        catalogue.forget(store, "toy", "m1")


def test_a_graph_that_wants_more_memory_than_a_reader_has_ends_there(store: Store, tmp_path: Path) -> None:
    """200 GiB of zeros: whoever read them here would be gone."""
    shape = numpy_helper.from_array(np.array([50 * 2**30], dtype=np.int64), "shape")
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["nothing"], keepdims=0),
        helper.make_node("ReduceSum", ["dense", "columns"], ["sums"], keepdims=0),
        helper.make_node("Add", ["sums", "nothing"], ["answer"]),
    ]
    inputs = [helper.make_tensor_value_info("dense", TensorProto.FLOAT, ["N", 3])]
    outputs = [helper.make_tensor_value_info("answer", TensorProto.FLOAT, ["N"])]
    columns = numpy_helper.from_array(np.array([1], dtype=np.int64), "columns")
    graph = helper.make_graph(nodes, "greedy", inputs, outputs, [shape, columns])
    path = tmp_path / "greedy.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    with pytest.raises(ModelUnreadable, match=r"greedy\.onnx"):
        catalogue.take(store, "toy", path, wish(), own=[])
    assert catalogue.listed(store, "toy") == []
    assert [name for name in store.listing("toy/imported") if name != "by-key"] == []


def test_the_list_is_a_document_whose_every_byte_is_checked(store: Store) -> None:
    add(store, 1)
    body = store.document("toy/imported.json")
    assert msgspec.convert(body["entries"], list[Entry])[0].name == "m1"
