"""``train``, and ``run`` with a choice: exactly the candidates that were named, set as was said."""

from __future__ import annotations

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask


def test_one_candidate_is_fitted_as_it_is_set(at_copy: Ask) -> None:
    said = at_copy("train", "toy", "--candidate", "tree", "--set", "max_depth=2", "--json")
    assert said.code == 0, said.err
    [tree] = said.json["candidates"]
    assert (tree["name"], tree["params"]) == ("tree", {"n_estimators": 1, "max_depth": 2})
    assert 0 < tree["quality"] <= 1


def test_without_a_word_all_are_fitted_and_shown_with_their_quality(at_copy: Ask) -> None:
    said = at_copy("train", "toy")
    assert said.code == 0
    assert [line.split()[:2] for line in said.out.splitlines()[1:]] == [
        ["score", "tree"],
        ["score", "linear"],
        ["family", "linear"],
    ]


def test_several_are_set_each_by_its_name(at_copy: Ask) -> None:
    pairs = ("--set", "score.linear.epochs=3", "--set", "tree.max_depth=4", "--set", "seed=1")
    said = at_copy("train", "toy", *pairs, "--json")
    params = [one["params"] for one in said.json["candidates"]]
    assert params == [{"n_estimators": 1, "max_depth": 4}, {"epochs": 3}, {"epochs": 2}]


def test_what_is_next_makes_the_same_choice(at_copy: Ask) -> None:
    choice = "--candidate tree --set max_depth=2"
    assert at_copy("train", "toy", *choice.split()).err.endswith(f"next: detectory run toy {choice}\n")
    within = "--trials 3 --pruner asha --jobs 2 --engine ray"
    told = at_copy("tune", "toy", *choice.split(), *within.split(), "--dry-run").err
    assert told.endswith(f"next: detectory tune toy {choice} {within}\n")
    told = at_copy("run", "toy", *choice.split(), "--dry-run").err
    assert told.endswith(f"next: detectory run toy {choice}\n")


@pytest.mark.parametrize(
    "command",
    [
        "run toy --to fit --candidate tree",
        "run toy bronze silver --force",
        "train toy --candidate tree --force",
        "compress toy --force",
        "tune toy --candidate tree --force",
    ],
)
def test_after_a_dry_run_the_very_same_is_next(at_toy: Ask, command: str) -> None:
    said = at_toy(*command.split(), "--dry-run")
    assert said.err.endswith(f"next: detectory {command}\n"), said.err


@pytest.mark.parametrize(
    ("verb", "options", "fitted"),
    [
        ("train", "--candidate score.tree --set score.linear.epochs=3", "score.tree"),
        ("train", "--set charcnn.epochs=3", "score.tree, score.linear, family.linear"),
        ("run", "--candidate score.tree --set score.linear.epochs=3", "score.tree, family.linear"),
        ("tune", "--set score.linear.epochs=3", "score.tree, family.linear"),
    ],
)
def test_what_is_set_and_not_fitted_is_refused(at_toy: Ask, verb: str, options: str, fitted: str) -> None:
    said = at_toy(verb, "toy", *options.split())
    assert said.code == 2
    assert "error[E2150]" in said.err
    assert said.err.splitlines()[1] == f"  why: what is fitted, and made of that: {fitted}"


@pytest.mark.parametrize("pair", ["max_depth", "=3"])
def test_a_pair_without_a_key_or_a_value_is_no_pair(at_toy: Ask, pair: str) -> None:
    said = at_toy("train", "toy", "--candidate", "score.tree", "--set", pair)
    assert (said.code, f"--set takes KEY=VALUE, and was given '{pair}'" in said.err) == (2, True)


@pytest.mark.parametrize(("verb", "last"), [("train", "fit"), ("compress", "compress"), ("run", "promote")])
def test_a_dry_run_says_what_would_be_made_and_makes_nothing(at_toy: Ask, verb: str, last: str) -> None:
    said = at_toy(verb, "toy", "--candidate", "score.linear", "--dry-run", "--json")
    assert list(said.json["stages"])[-1] == last
    assert said.json["stages"]["split"] == "keep"
    assert said.json["stages"]["fit"] == "make"
    assert said.err == f"next: detectory {verb} toy --candidate score.linear\n"


def test_the_record_of_a_fit_that_failed_says_how_it_was_set(at_copy: Ask) -> None:
    assert at_copy("train", "toy", "--candidate", "tree", "--set", "max_depth=-3").code == 3
    assert "tree.max_depth = -3" in at_copy("runs", "show", "latest").out


def test_a_run_of_a_chosen_candidate_keeps_the_other_heads(at_copy: Ask, toy_copy: Workspace) -> None:
    said = at_copy("run", "toy", "--candidate", "score.linear", "--json")
    assert said.code == 0, said.err
    opened = toy_copy.scorer("toy", str(said.json["version"])).bundle
    assert sorted(opened.manifest.heads) == ["family", "score"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--candidate", "tre"), 3, "did you mean 'tree'"),
        (("--set", "forest.max_depth=2"), 3, "there is no candidate 'forest'"),
        (("--set", "max_depth=2"), 2, "no one candidate is named"),
        (("--candidate", "tree", "--set", "depth=2"), 3, "has no parameter 'depth'"),
        (("--candidate", "tree", "--set", "max_depth=deep"), 3, "Expected `int`"),
        (("--set", "serving.prot=1"), 3, "serving.port"),
    ],
)
def test_a_mistake_is_told_before_anything_is_fitted(
    at_copy: Ask, arguments: tuple[str, ...], code: int, told: str
) -> None:
    said = at_copy("train", "toy", *arguments)
    assert said.code == code
    assert told in said.err
