"""What tests of trackers share: versions as MLmodels, and MLflow that tells nobody what it does."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from detectory.library import Workspace
from detectory.registry import transfer
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from detectory.tracking import mlmodel
from tests import needs
from tests.serve.conftest import asking


@pytest.fixture(scope="session")
def quiet_mlflow() -> None:
    """MLflow's own telemetry is decided when it is imported."""
    needs.library("mlflow", extra="mlflow")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        # MLflow 3.17 complains of a type hint of its own while it is imported
        warnings.filterwarnings("ignore", message=".*inferred as AnyType")
        import mlflow.pyfunc  # noqa: F401


def exported(home: Workspace, name: str, target: Path) -> Path:
    """A version as an MLmodel in a folder."""
    transfer.export(home.store, name, "1", target, trusted=home.trusted, beside=mlmodel.beside)
    return target


@pytest.fixture
def toy_model(toy_made: Workspace, tmp_path: Path) -> Path:
    """The toy's version as an MLmodel."""
    return exported(toy_made, "toy", tmp_path / "model")


def served(home: Workspace, name: str, rows: list[dict[str, Any]]) -> Any:
    """What our own server answers the rows with."""
    predictor = Predictor({name: lambda: home.served(name)})
    predictor.load()
    ask = asking(create_app(predictor, serving=Serving(), version="1"))
    return ask("POST", "/invocations", json={"dataframe_records": rows}).json()["predictions"]
