"""A candidate that is named for a head that is not there is told as that, before it is fitted."""

from __future__ import annotations

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask

ABSENT = (
    "error[E2162]: 'family.linear' is for the head 'family', which is not there\n  why: there is: score\n"
)


@pytest.fixture
def without_families(toy_copy: Workspace) -> None:
    _set(toy_copy, "families = true", "families = false")


def _set(home: Workspace, before: str, after: str) -> None:
    words = home.root / "detectors/toy/detector.toml"
    assert before in words.read_text()
    words.write_text(words.read_text().replace(before, after))


@pytest.mark.usefixtures("without_families")
@pytest.mark.parametrize("verb", ["run", "train", "tune", "compress"])
def test_a_head_that_is_switched_off_is_told_before_the_work(at_copy: Ask, verb: str) -> None:
    said = at_copy(verb, "toy", "--candidate", "family.linear")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(ABSENT)
    assert "families = true" in said.err


@pytest.mark.usefixtures("without_families")
def test_a_name_that_another_head_has_too_means_that_one(at_copy: Ask) -> None:
    said = at_copy("train", "toy", "--candidate", "linear", "--json")
    assert [one["head"] for one in said.json["candidates"]] == ["score"]
    said = at_copy("tune", "toy", "--candidate", "tree", "--dry-run", "--json")
    assert list(said.json["spaces"]) == ["score.tree"]


@pytest.mark.usefixtures("without_families")
def test_what_is_set_of_it_is_refused(at_copy: Ask) -> None:
    said = at_copy("train", "toy", "--set", "family.linear.epochs=3")
    assert (said.code, "error[E2150]" in said.err) == (2, True), said.err


@pytest.mark.parametrize("verb", ["train", "tune"])
def test_too_few_families_are_told_as_that(at_copy: Ask, toy_copy: Workspace, verb: str) -> None:
    _set(toy_copy, "least_test_rows_a_family = 20", "least_test_rows_a_family = 10_000")
    said = at_copy(verb, "toy", "--candidate", "family.linear")
    assert said.code == 2
    assert ABSENT in said.err
