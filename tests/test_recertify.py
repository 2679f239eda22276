"""Recertify: another threshold, the same model, and nothing claimed that was not measured at it."""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectory.bundle import Opened
from detectory.errors import CannotCertify, NoSuchFile, NothingScored, PromotionRefused
from detectory.judge.stranger import trained_keys
from detectory.library import Workspace, recertify, workspace
from detectory.registry import promote, versions

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SAME = ("score.onnx", "family.onnx", "parse.py", "features.py", "detector.toml")


@pytest.fixture
def home(toy_made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the workspace in which version 1 is the champion."""
    return workspace(Path(shutil.copytree(toy_made.root, tmp_path / "home")))


@pytest.fixture
def benign(tmp_path: Path) -> str:
    """500 words, each a little longer than those of training, so none of them was trained on."""
    rng = random.Random(11)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=13)) for _ in range(500)]
    path = tmp_path / "benign.txt"
    path.write_text("\n".join(words) + "\n")
    return str(path)


def opened(home: Workspace, number: int) -> Opened:
    return versions.open_version(home.store, "toy", str(number), home.trusted)[1]


def without_test_rows(home: Workspace) -> None:
    shutil.rmtree(home.store.root / "toy/gold")


def test_the_model_is_the_same_bytes_and_the_threshold_is_new(home: Workspace, benign: str) -> None:
    found = recertify("toy", benign, within=home)
    old, new = opened(home, 1), opened(home, found.version)
    assert found.version == 2
    assert {name: new.files[name] for name in SAME} == {name: old.files[name] for name in SAME}
    assert new.manifest.heads == old.manifest.heads
    assert found.threshold.n == 500
    assert found.threshold.certified_alpha <= found.threshold.alpha == 0.01
    assert new.json("threshold.json") == found.threshold.to_dict()


def test_the_golden_rows_follow_the_threshold(home: Workspace, benign: str) -> None:
    number = recertify("toy", benign, within=home).version
    scorer = home.scorer("toy", str(number))
    golden = scorer.bundle.json("golden.json")
    assert scorer.check_golden() == len(golden["label"])
    assert golden["rows"] == opened(home, 1).json("golden.json")["rows"]
    assert golden["alert"] == [value > scorer.threshold for value in golden["log_odds"]]


def test_the_lineage_says_from_which_version_and_on_which_rows(home: Workspace, benign: str) -> None:
    number = recertify("toy", benign, within=home).version
    lineage = opened(home, number).manifest.lineage
    origin = lineage["recertified_from"]
    assert (origin["version"], origin["digest"]) == (1, opened(home, 1).digest)
    assert (origin["file"], origin["rows"], len(origin["sha256"])) == ("benign.txt", 500, 64)
    assert "judge" not in lineage["stages"]


def test_nothing_is_promoted_by_itself(home: Workspace, benign: str) -> None:
    recertify("toy", benign, within=home)
    assert versions.champion(home.store, "toy") == 1


def test_the_same_file_gives_the_same_version(home: Workspace, benign: str) -> None:
    first, again = (recertify("toy", benign, within=home) for _ in range(2))
    assert (first.version, first.is_new, again.version, again.is_new) == (2, True, 2, False)


def test_a_budget_may_be_given(home: Workspace, benign: str) -> None:
    found = recertify("toy", benign, false_alerts=50, benign_events=1_000, within=home)
    assert found.threshold.alpha == 0.05
    assert found.threshold.k > 1


def test_metrics_at_the_threshold_are_measured_anew_on_the_versions_test_rows(
    home: Workspace, benign: str
) -> None:
    found = recertify("toy", benign, within=home)
    old, new = opened(home, 1).json("verdict.json"), opened(home, found.version).json("verdict.json")
    assert found.measured
    assert new["metrics"]["roc_auc"] == old["metrics"]["roc_auc"]
    assert new["metrics"]["fpr_at_budget"]["value"] is not None
    assert new["passed"] == all(gate["passed"] for gate in new["gates"])


def test_a_strict_budget_that_catches_nothing_fails_its_gate(home: Workspace, tmp_path: Path) -> None:
    strict = tmp_path / "serials.txt"
    strict.write_text("\n".join(f"a{number:05}b{number % 7}c" for number in range(100, 700)))
    found = recertify("toy", str(strict), within=home)
    assert not found.verdict["passed"]
    with pytest.raises(PromotionRefused, match="version 2 of 'toy'"):
        promote.promote(home.store, "toy", "2", trusted=home.trusted, now=NOW)


def test_without_the_test_rows_a_metric_at_the_threshold_is_unknown_and_its_gate_fails(
    home: Workspace, benign: str
) -> None:
    without_test_rows(home)
    found = recertify("toy", benign, within=home)
    old, new = opened(home, 1).json("verdict.json"), opened(home, found.version).json("verdict.json")
    assert not found.measured
    assert new["metrics"]["roc_auc"] == old["metrics"]["roc_auc"]
    assert new["metrics"]["recall_seen_at_budget"]["value"] is None
    assert [gate["passed"] for gate in new["gates"]] == [False]
    with pytest.raises(PromotionRefused, match="version 2 of 'toy'") as caught:
        promote.promote(home.store, "toy", "2", trusted=home.trusted, now=NOW)
    assert "recall_seen_at_budget is undefined" in caught.value.why


def test_without_the_test_rows_a_person_may_promote_it_all_the_same(home: Workspace, benign: str) -> None:
    without_test_rows(home)
    recertify("toy", benign, within=home)
    promote.promote(home.store, "toy", "2", trusted=home.trusted, now=NOW, override="watched by hand")
    assert home.scorer("toy").check_golden() > 0


def test_the_report_shows_the_new_threshold_and_says_why(home: Workspace, benign: str) -> None:
    number = recertify("toy", benign, within=home).version
    without_test_rows(home)
    unknown = recertify("toy", benign, benign_events=900, within=home).version
    for version in (number, unknown):
        report = opened(home, version).json("report.json")
        assert report["threshold"] == opened(home, version).json("threshold.json")
        assert "certified anew on 500 rows of benign.txt" in " ".join(report["notes"])
        assert "certified anew on 500 rows" in opened(home, version).files["report.html"].decode()


def test_a_row_counts_once_and_one_that_was_trained_on_not_at_all(home: Workspace, benign: str) -> None:
    trained = trained_keys(home.scorer("toy"), home.store) or ()
    known = next(key for key in sorted(trained) if key.isalpha())
    with Path(benign).open("a") as stream:
        stream.write(f"{known}\n{known}\nTWICEtwicetwice\ntwicetwicetwice\nbad word\n\n")
    rows = recertify("toy", benign, within=home).rows
    assert (rows["rows"], rows["known"], rows["duplicates"]) == (501, 1, 2)
    assert rows["rejected"] == {"bad_character": 1, "blank_line": 1}
    assert rows["read"] == 501 + 1 + 2 + 2


def test_too_few_rows_certify_nothing(home: Workspace, tmp_path: Path) -> None:
    (tmp_path / "few.txt").write_text("hello\nworld\nhello\n")
    with pytest.raises(CannotCertify, match="with 2 benign calibration rows") as caught:
        recertify("toy", str(tmp_path / "few.txt"), within=home)
    assert caught.value.exit_code == 5
    assert versions.numbers(home.store, "toy") == [1]


def test_a_file_in_which_nothing_parses_is_refused(home: Workspace, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("two words\nthree more words\n")
    with pytest.raises(NothingScored, match=r"not one of the 2 rows") as caught:
        recertify("toy", str(tmp_path / "bad.txt"), within=home)
    assert caught.value.where.endswith("bad.txt:1")


def test_a_file_that_is_not_there_is_told(home: Workspace) -> None:
    with pytest.raises(NoSuchFile, match=r"there is no file 'nowhere\.txt'"):
        recertify("toy", "nowhere.txt", within=home)


def test_the_version_it_came_from_keeps_every_byte(home: Workspace, benign: str) -> None:
    before = opened(home, 1).files
    recertify("toy", benign, within=home)
    assert opened(home, 1).files == before
