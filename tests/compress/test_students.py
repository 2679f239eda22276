"""Students are models like any other: they answer, explain, and are made again alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from detectory import compress, parts
from detectory.compress import distill, prune
from detectory.compress.unjudged import JUDGED, unjudged
from detectory.compress.variant import Impossible
from detectory.errors import BadParameter, OtherClasses, UnknownParameter
from detectory.job import Job
from detectory.models.candidate import Value
from detectory.models.graph import to_bytes
from detectory.models.recipe import Recipe
from detectory.runtime import Head as Asked
from tests.compress.subjects import agreement, assert_explained, only, pruned, quality, student, subject_of

PAGE = (Path(__file__).resolve().parents[2] / "docs/how-to/compress-a-model.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_a_tree_that_is_told_the_chances_of_a_tree_finds_it_again(job: Job) -> None:
    subject = subject_of(job, "tree")
    again = student(subject, "tree")
    assert agreement(again) > 99
    assert quality(again, subject) == pytest.approx(quality(subject, subject), abs=0.02)
    assert_explained(again, subject)


def test_a_student_has_its_own_parameters_and_those_of_how_it_was_taught(job: Job) -> None:
    told = student(subject_of(job, "forest"), "tree", max_depth=3, share=0.8)
    assert told.candidate.kind == "trees"
    assert told.params is not None
    assert (told.params["max_depth"], told.params["n_estimators"], told.params["share"]) == (3, 1, 0.8)
    assert told.note.startswith("a student of forest, of one mind with its teacher on ")


def test_a_student_that_learned_at_a_temperature_is_explained(job: Job) -> None:
    subject = subject_of(job, "stacked")
    assert_explained(student(subject, "boosted", temperature=3.0), subject)


def test_several_teach_as_one(job: Job) -> None:
    subject = subject_of(job, "linear")
    both = student(subject, "linear", beside="tree, forest")
    assert both.note.startswith("a student of linear and tree and forest, ")
    assert both.graph != student(subject, "linear").graph


def test_a_family_head_is_taught_its_families(job: Job) -> None:
    subject = subject_of(job, "linear", head="family")
    assert quality(student(subject, "linear"), subject) > quality(subject, subject) - 0.1


@pytest.mark.parametrize("way", ["pruned", "student"])
def test_the_same_recipe_gives_the_same_bytes_and_a_row_is_answered_as_in_a_batch(job: Job, way: str) -> None:
    made = []
    for _ in range(2):
        subject = subject_of(job, "stacked")
        made.append(pruned(subject) if way == "pruned" else student(subject, "boosted", unlabelled=100))
    assert (made[0].graph, made[0].trees) == (made[1].graph, made[1].trees)
    head = Asked(made[0].graph, name="asked")
    rows = {name: values[:20] for name, values in subject.validation.features(head.inputs).items()}
    single = [head.answer({name: values[at : at + 1] for name, values in rows.items()}) for at in range(20)]
    np.testing.assert_allclose(np.concatenate(single), head.answer(rows), atol=1e-5)


def test_what_a_teacher_says_of_rows_that_nobody_is_judged_by_changes_the_student(job: Job) -> None:
    subject = subject_of(job, "stacked")
    alone, more = student(subject, "boosted"), student(subject, "boosted", unlabelled=10**6)
    assert more.graph != alone.graph
    count = len(unjudged(job, most=10**6).at)
    assert more.note.endswith(f", taught on {count:,} rows without labels, too")
    assert alone.note.endswith("of the validation rows")


def test_no_student_hears_of_rows_that_judge_or_of_their_groups_or_of_what_is_held_out(job: Job) -> None:
    rows, split = unjudged(job, most=10**6).rows, job.detector.spec.split
    assert rows.height > 100
    for name in ("train", *JUDGED):
        other = parts.part(job, name).rows
        assert not set(rows["text"]) & set(other["text"])
        assert name == "train" or not set(rows["group"]) & set(other["group"])
    assert not rows.select(parts.matching(split.held_out)).to_series().any()
    assert unjudged(job, most=50).rows.height in range(25, 51)


def test_no_student_hears_of_the_future(job: Job) -> None:
    """Where the split goes forward, by a word's place in the alphabet here, so does a teacher."""
    spec = job.detector.spec
    split = msgspec.structs.replace(spec.split, order="text")
    forward = replace(job.detector, spec=msgspec.structs.replace(spec, split=split))
    first = min(min(parts.part(job, name).rows["text"]) for name in JUDGED)
    assert all(text < first for text in unjudged(replace(job, detector=forward), most=10**6).rows["text"])


@pytest.mark.parametrize(
    ("params", "error", "why"),
    [
        ({"student": "tre"}, BadParameter, "there is no student 'tre': did you mean 'tree'"),
        ({"student": "tree", "share": 1.5}, BadParameter, "share = 1.5 is no share"),
        ({"student": "tree", "temperature": 0.0}, BadParameter, "temperature = 0 is not above 0"),
        ({"student": "tree", "unlabelled": -1}, BadParameter, "unlabelled is less than 0"),
        ({"student": "tree", "depth": 3}, UnknownParameter, "'trees' has no parameter 'depth'"),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused(
    job: Job, params: Mapping[str, Value], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=re.escape(why)):
        list(distill.make(Recipe("bad", "score", "distill", params=params), subject_of(job, "tree")))


def test_a_teacher_of_other_classes_is_refused_with_the_ones_that_it_lacks(job: Job) -> None:
    subject = subject_of(job, "linear", head="family")
    families = replace(subject.objective, families=[*subject.classes, "omega"])
    with pytest.raises(OtherClasses, match="3 are wanted; missing are omega, and strange none") as caught:
        student(replace(subject, objective=families), "linear")
    assert caught.value.code == "E3127"


@pytest.mark.parametrize(
    ("way", "params", "of", "why"),
    [
        ("prune", {}, "linear", "0 nodes of its graph sum trees (TreeEnsembleRegressor), and it takes one"),
        (
            "distill",
            {"student": "tree", "beside": "slow"},
            "tree",
            "'slow', who is to teach beside 'tree', was",
        ),
    ],
)
def test_what_cannot_be_is_told_with_the_reason(
    job: Job, way: str, params: Mapping[str, Value], of: str, why: str
) -> None:
    ways = {"prune": prune.make, "distill": distill.make}
    (told,) = ways[way](Recipe("not", "score", way, params=params), subject_of(job, of))
    assert isinstance(told, Impossible)
    assert why in told.why


def test_a_teacher_that_never_alerts_teaches_nobody_and_fails_no_run(job: Job) -> None:
    subject = subject_of(job, "tree")
    silent = replace(subject, graph=always(-30.0))
    (told,) = distill.make(Recipe("timid", "score", "distill", params={"student": "tree"}), silent)
    assert isinstance(told, Impossible)
    assert told.why == "tree never says all that there is: no training row is positive"


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {at}" for at in range(len(BLOCKS))])
def test_what_the_how_to_says_can_be_made(job: Job, block: str) -> None:
    """But what is of a net, which is not fitted here."""
    said: dict[str, Any] = {}
    exec(block, said)
    recipes = [one for one in said["recipes"]() if one.of in ("forest", "linear", "stacked")]
    assert recipes
    for recipe in recipes:
        assert only(compress.load(recipe.way).make(recipe, subject_of(job, recipe.of))).graph


def always(log_odds: float) -> bytes:
    """A graph that answers the same to every row."""
    rows = helper.make_tensor_value_info("dense", TensorProto.FLOAT, ["N", 2])
    answer = helper.make_tensor_value_info("log_odds", TensorProto.FLOAT, ["N"])
    none, one = (numpy_helper.from_array(np.array(each, np.float32), name) for name, each in
                 (("none", [0, 0]), ("one", log_odds)))  # fmt: skip
    nodes = [
        helper.make_node("MatMul", ["dense", "none"], ["zero"]),
        helper.make_node("Add", ["zero", "one"], ["log_odds"]),
    ]
    graph = helper.make_graph(nodes, "always", [rows], [answer], [none, one])
    return to_bytes(helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)]))
