"""What `detectory new` makes from a table holds to the contract at once, as every other detector does."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from detectory import signing
from detectory.detector import Detector
from detectory.errors import ArtifactDamaged, UnreadableFile
from detectory.library import Workspace, run, workspace
from detectory.scaffold import folder, write
from detectory.scaffold.plan import Wishes, infer
from detectory.scaffold.reading import read
from tests.contract import test_every_detector as contract
from tests.scaffold import made

FUZZED = "test_parse_answers_for_every_row_whatever_it_is"
silver = contract.silver
# every test of the contract, asked of the detector of this module
globals().update(
    {name: test for name, test in vars(contract).items() if name.startswith("test_") and name != FUZZED}
)


TABLES = {"flows": (made.flows(), "label"), "trips": (made.trips(), "minutes")}


@pytest.fixture(scope="module", params=TABLES)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which a detector was made from a table, and run."""
    columns, label = TABLES[request.param]
    root = tmp_path_factory.mktemp("new")
    table = read(made.write(root / "table.csv", columns))
    home = workspace(root)
    own = home.own / "mine"
    folder.write(own, write.files(infer("mine", table, Wishes(label)), folder=own, root=root))
    signing.new_key(home.signing_key)
    run("mine", within=home)
    return home


@pytest.fixture(scope="module")
def detector(home: Workspace) -> Detector:
    return home.detector("mine")


@settings(max_examples=150, deadline=None)
@given(values=st.lists(contract.ANYTHING, min_size=1, max_size=8))
def test_parse_answers_for_every_row_whatever_it_is(detector: Detector, values: list[Any]) -> None:
    contract.check_answers(detector, values)


def test_another_table_of_the_same_columns_is_read_too(home: Workspace) -> None:
    table = (home.root / "table.csv").read_text().splitlines()
    (home.root / "more.csv").write_text("\n".join(table[:401]))
    bronze = run("mine", stages=("bronze",), given=[str(home.root / "more.csv")], within=home).artifacts[
        "bronze"
    ]
    assert bronze.facts["sources"] == {"table.csv": len(table) - 1, "more.csv": 400}


def test_a_row_without_a_label_is_quarantined_and_counted(home: Workspace, tmp_path: Path) -> None:
    head, first, *_ = (home.root / "table.csv").read_text().splitlines()
    label = TABLES["flows" if "proto" in head else "trips"][1]
    cells = [
        "" if name == label else cell for name, cell in zip(head.split(","), first.split(","), strict=True)
    ]
    (tmp_path / "some.csv").write_text("\n".join([head, first, ",".join(cells)]))
    made = run("mine", stages=("bronze", "silver"), given=[str(tmp_path / "some.csv")], within=home).artifacts
    [refused] = {"no_label", "no_target"} & set(made["silver"].facts["rejected"])
    assert made["silver"].facts["rejected"][refused] == 1


def test_a_table_that_has_changed_is_not_read(home: Workspace, tmp_path: Path) -> None:
    elsewhere = workspace(tmp_path)
    shutil.copytree(home.own, elsewhere.own)
    made.write(tmp_path / "table.csv", made.flows(seed=2))
    with pytest.raises(ArtifactDamaged, match=r"table\.csv"):
        run("mine", stages=("bronze",), within=elsewhere)


def test_without_its_table_it_says_how_to_give_rows(home: Workspace, tmp_path: Path) -> None:
    elsewhere = workspace(tmp_path)
    shutil.copytree(home.own, elsewhere.own)
    with pytest.raises(UnreadableFile, match="--source PATH --only"):
        run("mine", stages=("bronze",), within=elsewhere)
