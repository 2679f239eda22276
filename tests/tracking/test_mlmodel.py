"""An MLmodel says what goes in and what comes out, and holds the signed bundle and nothing that runs code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectory import bundle, detectors
from detectory.library import Workspace
from detectory.tracking import mlmodel
from detectory.version import __version__
from tests.tracking.conftest import exported


def columns(written: str) -> Iterator[tuple[str, str]]:
    for column in json.loads(written):
        yield column["name"], column["type"] + ("" if column["required"] else "?")


def test_the_bundle_beside_it_is_the_one_that_was_signed(toy_made: Workspace, toy_model: Path) -> None:
    there = bundle.open_folder(toy_model / mlmodel.BUNDLE, toy_made.trusted)
    here = toy_made.scorer("toy", "1").bundle
    assert (there.digest, dict(there.files)) == (here.digest, dict(here.files))


def test_it_is_the_same_bytes_each_time(toy_made: Workspace, toy_model: Path, tmp_path: Path) -> None:
    again = exported(toy_made, "toy", tmp_path / "again")
    names = sorted(path.name for path in toy_model.iterdir())
    assert names == ["MLmodel", "bundle", "conda.yaml", "python_env.yaml", "requirements.txt"]
    assert all(
        (again / name).read_bytes() == (toy_model / name).read_bytes() for name in names if "." in name
    )


def test_it_fits_into_one_file_too(toy_made: Workspace, tmp_path: Path) -> None:
    assert exported(toy_made, "toy", tmp_path / "model.zip").read_bytes()[:2] == b"PK"


def test_it_needs_this_detectory_and_the_libraries_it_was_judged_with(toy_model: Path) -> None:
    needed = (toy_model / "requirements.txt").read_text().splitlines()
    assert needed[:2] == [f"detectory=={__version__}", "mlflow>=3"]
    assert [line.partition("==")[0] for line in needed[2:]] == ["numpy", "onnxruntime"]


def test_what_alerts_answers_with_score_alert_and_label() -> None:
    signature = mlmodel.signature(detectors.load("dga").spec)
    assert dict(columns(signature["inputs"])) == {"domain": "string"}
    alert = {"score": "double", "alert": "boolean", "label": "string", "version": "string"}
    assert dict(columns(signature["outputs"])) == {**alert, "error": "string?"}


def test_what_predicts_a_number_answers_with_an_interval() -> None:
    signature = mlmodel.signature(detectors.load("transit").spec)
    told = dict(columns(signature["inputs"]))
    assert (told["route"], told["event"], told["stop_lat"]) == ("string", "string?", "double?")
    assert {"value": "double", "low": "double", "high": "double"}.items() <= dict(
        columns(signature["outputs"])
    ).items()


def test_no_field_of_one_door_is_required_where_there_are_others() -> None:
    signature = mlmodel.signature(detectors.load("hdfs").spec)
    told = dict(columns(signature["inputs"]))
    # a whole number that may lack is a double: pandas has no other missing number
    assert (told["log_line"], told["sequence"], told["E5"]) == ("string?", "string?", "double?")
    assert [name for name, _ in columns(signature["outputs"])][:2] == ["new_lines", "block"]


@pytest.mark.parametrize("name", ["toy", "late"])
def test_mlflow_reads_the_same_signature(
    name: str, quiet_mlflow: None, request: pytest.FixtureRequest
) -> None:
    from mlflow.models import ModelSignature

    home: Workspace = request.getfixturevalue(f"{name}_made")
    written = mlmodel.signature(home.detector(name).spec)
    read = ModelSignature.from_dict(written).to_dict()
    assert {key: json.loads(read[key]) for key in written} == {
        key: json.loads(value) for key, value in written.items()
    }
