"""A detector whose candidates cannot answer what it is asked is refused before anything is fitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectory.errors import BadDetector, UnsupportedHead
from detectory.library import Workspace, run
from tests.toy.make import make_home


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return make_home(tmp_path, origin="generated", name="late")


def edit(home: Workspace, old: str, new: str) -> None:
    """Change the candidates of the toy detector that predicts numbers."""
    file = home.own / "late/model.py"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_without_a_candidate_for_the_value_nothing_is_fitted(home: Workspace) -> None:
    edit(home, 'Candidate("ridge", "value", "ridge", INPUTS),', "")
    edit(home, 'Candidate("boosted", "value", "boosted", INPUTS, {**SMALL, "objective": "absolute"}),', "")
    with pytest.raises(BadDetector, match="'late'") as caught:
        run("late", stages=("bronze", "silver", "gold", "split", "fit"), within=home)
    assert caught.value.why == "no candidate of model.py is for the head 'value'"


def test_an_interval_of_one_end_is_refused(home: Workspace) -> None:
    edit(home, 'Candidate("boosted", "high", "boosted", INPUTS, SMALL),', "")
    with pytest.raises(BadDetector, match="'late'") as caught:
        run("late", stages=("bronze", "silver", "gold", "split", "fit"), within=home)
    assert "'low' and 'high', or neither" in caught.value.why


def test_a_kind_that_predicts_no_number_says_what_it_can_be(home: Workspace) -> None:
    edit(home, '"value", "ridge"', '"value", "trees"')
    with pytest.raises(UnsupportedHead, match="'trees' cannot be the head 'value'") as caught:
        run("late", stages=("bronze", "silver", "gold", "split", "fit"), within=home)
    assert caught.value.why == "it can be family, score"


def test_an_unknown_baseline_is_answered_with_the_known_ones(toy_home: Workspace) -> None:
    words = toy_home.own / "toy/detector.toml"
    words.write_text(words.read_text().replace('["linear", "k-means"]', '["liner"]'))
    with pytest.raises(BadDetector, match="'toy'") as caught:
        run("toy", stages=("bronze", "silver", "gold", "split", "fit"), within=toy_home)
    unsupervised = "isolation forest, isolation forest of negatives, k-means, k-means of negatives"
    known = f"charcnn, {unsupervised}, linear, tree"
    assert caught.value.why == f"there is no baseline 'liner': did you mean 'linear'? known: {known}"
