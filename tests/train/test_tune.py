"""What a trial is graded on: it fits as a run does, and sees neither calibration nor test rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detectory import pipeline
from detectory.artifacts import Artifact, Store
from detectory.engine.inputs import Inputs
from detectory.engine.search import Pruned
from detectory.errors import BadSpace, TooLarge
from detectory.library import Workspace, plan, workspace
from detectory.models.candidate import Candidate, Integer, Step, unwatched
from detectory.train.tune import Fits, check, own

READ = ("silver", "gold", "split")
TREE = Candidate("tree", "score", "trees", ("dense", "suffix_id"), {"n_estimators": 1})
BOOSTED = Candidate("boosted", "family", "boosted", ("dense", "suffix_id"), {"rounds": 40})


@pytest.fixture(scope="module")
def home(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the made workspace, for artifacts of this module's own."""
    return workspace(Path(shutil.copytree(toy_made.root, tmp_path_factory.mktemp("tune") / "home")))


@pytest.fixture(scope="module")
def made(home: Workspace) -> dict[str, Artifact]:
    return pipeline.run(plan("toy", stages=pipeline.chosen(last="fit"), within=home))


def rows_of(home: Workspace, made: dict[str, Artifact]) -> Inputs:
    return Inputs(home.detector("toy"), home.store, {stage: made[stage].digest for stage in READ})


def spoiled(store: Store, artifact: Artifact, spoil: Callable[[pl.DataFrame], pl.DataFrame]) -> Artifact:
    """The same artifact with every table changed."""
    kind = artifact.manifest["kind"]
    with store.writing(kind, key="spoiled", parents={}, made={}) as out:
        out.facts.update(artifact.facts)
        for name in artifact.names():
            if name.endswith(".parquet") and name != "quarantine.parquet":
                spoil(pl.read_parquet(artifact.path(name))).write_parquet(out.path(name))
            else:
                out.write(name, artifact.read(name))
    found = store.find(kind, key="spoiled")
    assert found
    return found


def test_neither_calibration_nor_test_rows_are_looked_at(home: Workspace, made: dict[str, Artifact]) -> None:
    unseen = pl.read_parquet(made["split"].path("parts.parquet"))["part"].is_in(["calibration", "test"])
    assert unseen.any()

    def spoil(table: pl.DataFrame) -> pl.DataFrame:
        """Whatever stands in those rows is another row's, and so is their truth."""
        at = np.arange(table.height)
        at[unseen.to_numpy()] = np.flatnonzero(~unseen.to_numpy())[0]
        return table[at]

    other = {stage: spoiled(home.store, made[stage], spoil) for stage in ("silver", "gold")}
    assert {stage: one.digest for stage, one in other.items()} != {
        stage: made[stage].digest for stage in other
    }
    for candidate in (TREE, BOOSTED):
        seen, spoilt = (
            Fits(rows_of(home, inputs), candidate, 0, 1)({"max_depth": 3}, unwatched)
            for inputs in (made, made | other)
        )
        assert seen == spoilt


def test_a_trial_is_worth_what_train_says_of_the_same_parameters(
    home: Workspace, made: dict[str, Artifact]
) -> None:
    [fitted] = [one for one in made["fit"].facts["candidates"] if one["file"] == "candidate-score-tree.onnx"]
    grade = Fits(rows_of(home, made), TREE, 0, 1)({}, unwatched)
    assert round(grade.value, 6) == fitted["quality"]
    assert grade.noted["size_bytes"] == len(made["fit"].read(fitted["file"]))


def test_the_rounds_that_early_stopping_used_are_noted(home: Workspace, made: dict[str, Artifact]) -> None:
    steps: list[Step] = []
    fits = Fits(rows_of(home, made), BOOSTED, 0, 1)
    noted = fits({"rounds": 300, "eta": 0.3}, steps.append).noted
    assert noted["steps"] == 300
    assert noted["used_steps"] == min(steps, key=lambda step: step.loss).at
    assert len(steps) < 300


def test_whoever_watches_may_end_a_fit(home: Workspace, made: dict[str, Artifact]) -> None:
    def end(step: Step) -> None:
        raise Pruned

    with pytest.raises(Pruned):
        Fits(rows_of(home, made), BOOSTED, 0, 1)({}, end)


def test_a_graph_that_could_not_ship_is_no_answer(home: Workspace, made: dict[str, Artifact]) -> None:
    words = home.own / "toy/detector.toml"
    before = words.read_text()
    words.write_text(f"{before}\n[limits]\nsize_mib = 0.0001\n")
    try:
        with pytest.raises(TooLarge, match=r"'tree' is too large") as caught:
            Fits(rows_of(home, made), TREE, 0, 1)({}, unwatched)
    finally:
        words.write_text(before)
    assert "allows 0.0001" in caught.value.why


def test_own_parameters_include_what_the_kind_has_by_default() -> None:
    space = {"n_estimators": Integer(1, 9), "max_depth": Integer(1, 40)}
    assert own(Candidate("tree", "score", "trees", (), {"n_estimators": 1}, space)) == {
        "n_estimators": 1,
        "max_depth": 32,
    }


@pytest.mark.parametrize(
    ("space", "why"),
    [
        ({}, "the space of score.tree cannot be searched"),
        ({"depth": Integer(1, 9)}, "'trees' has no such parameter: did you mean 'max_depth'"),
    ],
)
def test_a_space_that_says_nothing_is_refused_with_whose_it_is(space: dict[str, Integer], why: str) -> None:
    with pytest.raises(BadSpace, match=r"score\.tree") as caught:
        check(Candidate("tree", "score", "trees", (), {}, space))
    assert why in f"{caught.value}"
