"""A net goes the way of every candidate: fitted, chosen, judged, registered; and is served without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detectory import pipeline
from detectory.choice import Choice
from detectory.library import Workspace, run
from tests import needs
from tests.contract import test_every_detector as contract
from tests.toy.make import make_home

needs.library("torch", extra="deep")

SCORED = """
import sys
sys.modules.update(torch=None, onnx=None, sklearn=None, xgboost=None)
from detectory.cli.main import main
main()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace whose version has nets as both heads."""
    home = make_home(tmp_path_factory.mktemp("net"), origin="generated")
    run("toy", stages=pipeline.chosen(last="promote"), choice=Choice(("charcnn",)), within=home)
    return home


def test_it_is_chosen_judged_and_signed(home: Workspace) -> None:
    lineage = home.scorer("toy", "1").bundle.manifest.heads
    assert {name: head.inputs for name, head in lineage.items()} == {
        "family": ["chars"],
        "score": ["chars", "suffix_id"],
    }


@pytest.mark.parametrize(
    "holds",
    [
        contract.test_gold_holds_what_serving_computes,
        contract.test_the_served_score_is_the_judged_one_whatever_the_batch,
        contract.test_a_score_alerts_above_the_threshold_and_a_value_lies_in_its_interval,
        contract.test_the_golden_rows_are_reproduced,
    ],
)
def test_it_holds_to_the_contract(holds, home: Workspace) -> None:
    holds(contract.opened("toy"), home)


def test_it_is_scored_where_there_is_no_torch(home: Workspace, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"text": text}) + "\n" for text in ("a1b2c3", "word")))
    ran = subprocess.run(
        [sys.executable, "-c", SCORED, "score", "toy", str(rows)],
        cwd=home.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = [json.loads(line)["score"] for line in ran.stdout.splitlines()]
    scorer = home.scorer("toy", "1")
    np.testing.assert_allclose(told, scorer.score({"text": ["a1b2c3", "word"]}).score, atol=1e-4)


def test_letters_are_made_only_for_a_head_that_reads_them(home: Workspace, toy_made: Workspace) -> None:
    rows = {"text": ["a1b2c3"]}
    assert "chars" in home.scorer("toy", "1").features(rows)
    assert "chars" not in toy_made.scorer("toy", "1").features(rows)
