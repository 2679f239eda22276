"""Pruned trees are smaller, say about the same, and explain what is left."""

from __future__ import annotations

import re

import numpy as np
import pytest

from detectory.errors import BadParameter
from detectory.job import Job
from tests.compress.subjects import answer, assert_explained, pruned, quality, subject_of

PRUNED = [("forest", "leaves"), ("forest", "rounds"), ("stacked", "leaves"), ("stacked", "rounds")]


@pytest.mark.parametrize(("name", "by"), PRUNED)
def test_pruned_trees_are_smaller_and_say_about_the_same(job: Job, name: str, by: str) -> None:
    subject = subject_of(job, name)
    variant = pruned(subject, by=by, share=0.5)
    assert len(variant.graph) < len(subject.graph)
    assert len(variant.trees) < len(subject.trees)
    assert np.isfinite(answer(variant, subject)).all()
    assert quality(variant, subject) > quality(subject, subject) - 0.3
    assert re.fullmatch(r"\d+ trees with \d+ leaves left of \d+ trees with \d+ leaves", variant.note)


@pytest.mark.parametrize(("name", "by"), PRUNED)
def test_a_share_of_nothing_changes_not_a_byte(job: Job, name: str, by: str) -> None:
    subject = subject_of(job, name)
    variant = pruned(subject, by=by, share=0.0)
    assert (variant.graph, variant.trees) == (subject.graph, subject.trees)


@pytest.mark.parametrize(("name", "by"), PRUNED)
def test_what_is_left_explains_what_is_left(job: Job, name: str, by: str) -> None:
    subject = subject_of(job, name)
    variant = pruned(subject, by=by, share=0.7)
    assert_explained(variant, subject)


def test_the_first_trees_of_a_forest_are_a_forest(job: Job) -> None:
    """Its chances still add up to one: half the trees count double."""
    subject = subject_of(job, "forest")
    variant = pruned(subject, by="rounds", share=0.5)
    chance = 1 / (1 + np.exp(-answer(variant, subject).astype(float)))
    assert chance.mean() == pytest.approx(subject.validation.target.mean(), abs=0.1)


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_share_that_is_none_is_refused(job: Job, share: float) -> None:
    with pytest.raises(BadParameter, match="is no share from 0 to below 1"):
        pruned(subject_of(job, "tree"), share=share)
