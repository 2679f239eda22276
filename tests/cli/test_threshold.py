"""``threshold``: certified on a user's own benign rows, as a new version that nobody promoted yet."""

import random
from pathlib import Path

import pytest

from detectory.journal import Journal
from detectory.library import Workspace
from tests.cli.conftest import Ask


@pytest.fixture
def benign(tmp_path: Path) -> str:
    rng = random.Random(5)
    path = tmp_path / "mine.csv"
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=14)) for _ in range(400)]
    path.write_text("\n".join(["text", *words]))
    return str(path)


def test_a_new_version_is_made_and_the_next_step_is_to_promote_it(at_copy: Ask, benign: str) -> None:
    said = at_copy("threshold", "toy", "--from", benign)
    assert said.code == 0, said.err
    assert "toy@2 (new)" in said.out
    assert "400 read, 400 count" in said.out
    assert "next: detectory models promote toy@2" in said.err
    assert at_copy("models", "verify", "toy@2").code == 0
    assert at_copy("models", "show", "toy", "--json").json["version"] == 1


def test_it_is_a_run_of_the_journal(at_copy: Ask, toy_copy: Workspace, benign: str) -> None:
    at_copy("threshold", "toy", "--from", benign)
    record = Journal(toy_copy.store).get("latest")
    assert (record.verb, record.state, record.version, record.is_new) == ("threshold", "done", 2, True)
    assert list(record.sources["given"]) == ["mine.csv"]
    assert record.data["rows"] == 400
    assert record.facts["recertified_from"] == 1
    assert record.gates[0].passed
    assert record.metrics["recall_at_budget"].value is not None
    shown = at_copy("runs", "show", "latest").out
    assert "threshold toy" in shown
    assert "toy@2 (new)" in shown


def test_why_it_failed_is_kept_too(at_copy: Ask, toy_copy: Workspace, tmp_path: Path) -> None:
    (tmp_path / "few.txt").write_text("hello\n")
    at_copy("threshold", "toy", "--from", str(tmp_path / "few.txt"))
    record = Journal(toy_copy.store).get("latest")
    assert (record.state, record.error and record.error.code) == ("failed", "E5001")


def test_the_document_has_both_thresholds_and_the_gates(at_copy: Ask, benign: str) -> None:
    asked = at_copy("threshold", "toy@1", "--from", benign, "--false-alerts", "20", "--json").json
    assert asked["threshold"]["alpha"] == 0.02
    assert asked["before"]["alpha"] == 0.01
    assert (asked["recertified_from"], asked["measured"]) == (1, True)
    assert asked["gates"][0]["metric"] == "recall_seen_at_budget"


def test_too_few_rows_leave_with_exit_code_5(at_copy: Ask, tmp_path: Path) -> None:
    (tmp_path / "few.txt").write_text("hello\n")
    said = at_copy("threshold", "toy", "--from", str(tmp_path / "few.txt"))
    assert (said.code, "0.01 needs 299" in said.err) == (5, True)


def test_a_budget_of_nothing_is_wrong_usage(at_copy: Ask, benign: str) -> None:
    assert at_copy("threshold", "toy", "--from", benign, "--benign-events", "0").code == 2
