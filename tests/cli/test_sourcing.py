"""Every command that makes stages takes the same rows, and says them again in what is next."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectory.journal import Journal
from detectory.library import Workspace
from tests.cli.conftest import Ask

VERBS = ("run", "train", "tune", "compress")


@pytest.mark.parametrize("verb", VERBS)
def test_only_the_files_of_source_needs_some(at_toy: Ask, verb: str) -> None:
    said = at_toy(verb, "toy", "--only")
    assert (said.code, "--only needs --source" in said.err) == (2, True)


@pytest.mark.parametrize("verb", [*VERBS, "models list"])
def test_what_makes_versions_takes_none(at_toy: Ask, verb: str) -> None:
    said = at_toy(*verb.split(), "toy@1")
    assert said.code == 2
    assert f"'toy@1' names a version, and detectory {verb} takes a detector" in said.err
    assert f"fix: detectory {verb} toy\n" in said.err


@pytest.mark.parametrize("verb", ["run", "tune"])
def test_what_is_next_takes_the_same_rows(at_toy: Ask, tmp_path: Path, verb: str) -> None:
    more = tmp_path / "more.csv"
    more.write_text("text\nword\n")
    rows = f"--source {more} --only --synthetic --sample 0.5"
    said = at_toy(verb, "toy", *rows.split(), "--dry-run")
    assert said.err.endswith(f"next: detectory {verb} toy {rows}\n"), said.err


def test_what_is_next_takes_the_very_same_share(at_toy: Ask) -> None:
    said = at_toy("run", "toy", "--sample", "12.3456789%", "--dry-run")
    assert said.err.endswith("--sample 0.123456789\n"), said.err


def test_a_share_that_leaves_no_row_is_told_as_that(at_copy: Ask) -> None:
    said = at_copy("train", "toy", "--sample", "0.00001%")
    assert said.code == 4
    assert "why: the sample leaves out all of their 6,400 rows\n" in said.err
    assert said.err.endswith("fix: take a larger share: --sample\n")


def test_a_candidate_is_fitted_on_a_sample(at_copy: Ask, toy_copy: Workspace) -> None:
    said = at_copy("train", "toy", "--candidate", "score.linear", "--sample", "20%")
    assert said.code == 0, said.err
    assert said.err.endswith("next: detectory run toy --candidate score.linear --sample 0.2\n")
    record = Journal(toy_copy.store).get("latest")
    assert (record.verb, record.sample) == ("train", 0.2)
    assert 1_000 < record.data["read"] < 1_600
