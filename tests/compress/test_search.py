"""What a search of recipes makes of a variant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detectory.compress.entries import source_of
from detectory.compress.subject import Rows
from detectory.compress.tune import grade
from detectory.detector import Detector
from detectory.errors import BadDetector, BadParameter
from detectory.job import Job
from detectory.models import graph
from detectory.models.recipe import Recipe
from tests.compress.subjects import subject_of


def test_a_search_takes_no_variant_whose_answers_depend_on_the_rows_beside(job: Job) -> None:
    subject = subject_of(job, "tree")
    columns = graph.inputs_of(subject.validation.features(["dense"]))
    weights = np.random.default_rng(1).normal(size=(columns[0].width or 0, 64)).astype(np.float32)
    products = graph.Part("dense").then("MatMul", "products", weights)
    answer = products.then("ReduceMax", graph.OUTPUT, np.array([1]), keepdims=0)
    model = graph.build(answer, inputs=columns, head="score", classes=1)
    candidate = replace(subject.candidate, inputs=("dense",))
    net = replace(subject, graph=graph.to_bytes(model), candidate=candidate)
    recipe = Recipe("bytes", "score", "quantize", params={"method": "float16"})
    assert grade(recipe, net, quality=0.0).value > 0
    with pytest.raises(BadParameter, match="answers a row otherwise when others stand beside it"):
        grade(replace(recipe, params={"method": "dynamic"}), net, quality=0.0)


@pytest.mark.parametrize("first", ["loop", "behind"])
def test_a_recipe_starts_from_nothing_that_it_or_a_later_one_makes(first: str, job: Job) -> None:
    looped = [Recipe("loop", "score", "quantize", of=first), Recipe("behind", "score", "quantize", of="loop")]

    class Looped(Detector):
        recipes = looped  # type: ignore[assignment]  # of the model.py that is tried

    detector = Looped(job.detector.spec, job.detector.folder, job.detector.package)
    subject = subject_of(job, "tree")
    with pytest.raises(BadDetector, match="contract") as caught:
        source_of(replace(job, detector=detector), looped[0], objective=subject.objective, rows=Rows(job))
    assert caught.value.why == f"'loop' is of '{first}', which does not come before"
