"""The library: what the command line does, without its skin, and light."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import detectory
from detectory.errors import BadSetting, NoChampion, NoSuchFile, UnknownDetector, UsageError
from detectory.library import Workspace, workspace


def test_the_promoted_version_scores_rows(small_workspace: Workspace) -> None:
    dga = detectory.load("dga", within=small_workspace)
    scores = dga.score({"domain": ["google.com", "WWW.Wikipedia.org.", "not a name"]})
    assert scores.label.tolist() == ["benign", "benign"]
    assert [item.reason for item in scores.rejected] == ["bad_character"]
    assert ((scores.score >= 0) & (scores.score <= 1)).all()


def test_every_input_row_has_one_record_in_its_place(small_workspace: Workspace) -> None:
    dga = detectory.load("dga", within=small_workspace)
    rows = {"domain": ["a b", "google.com", None], "seen_at": [1, 2, 3]}
    records = dga.score(rows).records(rows)
    assert [record["seen_at"] for record in records] == [1, 2, 3]
    assert [record.get("error") for record in records] == ["bad_character", None, "not_text"]
    assert set(records[1]) == {"domain", "seen_at", "score", "alert", "label", "version"}
    assert records[0]["score"] is None


def test_no_rows_give_no_scores(small_workspace: Workspace) -> None:
    scores = detectory.load("dga", within=small_workspace).score({"domain": []})
    assert len(scores.score) == len(scores.label) == 0


def test_features_are_those_of_the_version(small_workspace: Workspace) -> None:
    tensors = detectory.load("dga", within=small_workspace).features({"domain": ["google.com"]})
    assert {name: tensor.dtype for name, tensor in tensors.items()} == {
        "dense": np.float32,
        "suffix_id": np.int64,
        "ids": np.int32,
        "word_ids": np.int32,
    }


def test_an_unknown_detector_is_answered_with_the_known_ones(small_workspace: Workspace) -> None:
    with pytest.raises(UnknownDetector, match="'dag'") as caught:
        detectory.load("dag", within=small_workspace)
    assert "did you mean 'dga'" in caught.value.why


def test_before_the_first_promotion_the_way_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoChampion, match="no promoted version") as caught:
        detectory.load("dga", within=workspace(tmp_path))
    assert caught.value.fix.startswith("detectory run dga ")


def test_a_source_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile, match=r"no file '.*\*\.txt'"):
        workspace(tmp_path).sources([str(tmp_path / "*.txt")])


def test_a_source_may_be_a_file_a_folder_or_a_glob(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    for name in ("a/b/x.txt", "a/b/y.txt"):
        (tmp_path / name).write_text("a.com")
    home = workspace(tmp_path)
    for named, found in (("a/b/x.txt", 1), ("a/b", 2), ("a/*/?.txt", 2)):
        assert len(home.sources([str(tmp_path / named)]).given) == found
    with pytest.raises(NoSuchFile, match="no file"):
        home.sources([str(tmp_path / "a")])


def test_a_mirror_that_is_none_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="'mirror'") as caught:
        workspace(tmp_path, ["mirror=nowhere"]).sources()
    assert "no index.json" in caught.value.why


@pytest.mark.parametrize("share", [0, -0.1, 5, float("nan")])
def test_a_sample_is_a_share(small_workspace: Workspace, share: float) -> None:
    with pytest.raises(UsageError, match="no share above 0"):
        detectory.run("dga", sample=share, within=small_workspace)


def test_a_version_may_be_named_by_its_number(small_workspace: Workspace) -> None:
    assert detectory.load("dga", version=1, within=small_workspace).version == "1"


LIGHT = """
import json, sys
from pathlib import Path
import detectory
from detectory.library import workspace
scores = detectory.load("dga", within=workspace(Path(sys.argv[1]))).score({"domain": ["google.com"]})
heavy = ("sklearn", "xgboost", "torch", "pandas", "polars", "scipy", "fastapi", "uvicorn", "altair", "onnx")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


def test_scoring_imports_no_training_library_and_no_server(small_workspace: Workspace) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, str(small_workspace.root)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, detectory; print([name for name in sys.modules if name.startswith('detectory.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
