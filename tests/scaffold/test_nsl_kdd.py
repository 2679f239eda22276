"""A table that nobody here wrote: NSL-KDD, without a header, with a column that was made from the label."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detectory import signing
from detectory.library import Outcome, Workspace, run, workspace
from detectory.scaffold import folder, write
from detectory.scaffold.plan import Plan, Wishes, infer
from detectory.scaffold.reading import names_in, read


@pytest.fixture(scope="module")
def plan(mirror: Path) -> Plan:
    rows = mirror / "iot/nsl_kdd"
    table = read(rows / "KDDTrain+_20Percent.txt.gz", names=names_in(rows / "Field Names.csv"))
    return infer("nslkdd", table, Wishes("42"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    home = workspace(tmp_path_factory.mktemp("nslkdd"))
    signing.new_key(home.signing_key)
    return home


@pytest.fixture(scope="module")
def outcome(plan: Plan, home: Workspace) -> Outcome:
    own = home.own / "nslkdd"
    folder.write(own, write.files(plan, folder=own, root=home.root))
    return run("nslkdd", within=home)


def test_what_leaks_or_says_nothing_is_left_out(plan: Plan) -> None:
    assert {name: reason.code for name, reason in plan.dropped.items()} == {
        "num_outbound_cmds": "constant", "is_host_login": "constant", "c43": "behind_the_label",
    }  # fmt: skip


def test_the_kinds_of_the_forty_fields_are_those_of_the_published_list(plan: Plan, mirror: Path) -> None:
    listed = (mirror / "iot/nsl_kdd/Field Names.csv").read_text().splitlines()
    symbolic = {line.split(",")[0] for line in listed if line.endswith("symbolic")}
    assert {field.name for field in plan.used("category")} == symbolic
    assert len(plan.used("number")) == 36


def test_the_label_has_one_negative_and_twenty_one_kinds(plan: Plan) -> None:
    assert (plan.labels.negative, len(plan.labels.counts)) == ("normal", 22)


def test_the_detector_runs_at_once_and_holds_its_gates(outcome: Outcome) -> None:
    verdict = outcome.artifacts["judge"].json("verdict.json")
    assert outcome.champion == 1
    assert [gate["passed"] for gate in verdict["gates"]] == [True, True]
    assert verdict["metrics"]["recall_at_budget"]["low"] > 0.98
    assert verdict["metrics"]["macro_f1"]["low"] > 0.95


def test_the_model_is_better_than_the_best_field_alone(outcome: Outcome, plan: Plan) -> None:
    report = json.loads(outcome.artifacts["judge"].read("report.json"))["verdict"]
    alone = report["baselines"]["single feature"]["roc_auc"]["high"]
    assert outcome.artifacts["judge"].json("verdict.json")["metrics"]["roc_auc"]["low"] > alone
    assert plan.best_alone[0] == "service"
