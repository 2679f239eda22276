"""The import direction holds, and a wrong import is named.

Each wrong import is planted into a copy of the package: import-linter reads the copy, with the very
contracts of pyproject.toml.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def package(root: Path, tmp_path: Path) -> Path:
    """A copy of the package, without what is compiled."""
    ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.c")
    return shutil.copytree(root / "src" / "detectory", tmp_path / "detectory", ignore=ignored)


def lint(package: Path, contracts: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--config", contracts, "--no-cache", "--no-logo"],
        cwd=package.parent,
        env=os.environ | {"PYTHONPATH": str(package.parent), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def plant(package: Path, module: str, line: str) -> None:
    path = package.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(exist_ok=True)
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}\n{line}\n")


def test_every_import_points_down(package: Path, root: Path) -> None:
    result = lint(package, root / "pyproject.toml")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "named"),
    [
        ("errors.tree", "import detectory.schema", "detectory.errors.tree -> detectory.schema"),
        ("models.planted", "import detectory.train", "detectory.models.planted -> detectory.train"),
        ("serve.planted", "import detectory.models", "detectory.serve.planted -> detectory.models"),
        ("etl.planted", "import detectory.ledger", "detectory.etl.planted -> detectory.ledger"),
        ("serve.planted", "import polars", "detectory.serve.planted -> polars"),
        ("detectors.dga.parse", "import polars", "detectory.detectors.dga.parse -> polars"),
        ("utils", "", "detectory.utils"),
    ],
    ids=[
        "the errors know everybody",
        "a model imports a stage",
        "serving imports a kind of model",
        "a stage reads labels",
        "serving imports a training library",
        "what a bundle carries imports polars",
        "a module has no layer",
    ],
)
def test_a_wrong_import_breaks_the_check_and_is_named(
    package: Path, root: Path, module: str, line: str, named: str
) -> None:
    plant(package, module, line)
    result = lint(package, root / "pyproject.toml")
    assert result.returncode == 1
    assert named in result.stdout


def test_a_detector_that_imports_another_is_named(package: Path, root: Path) -> None:
    plant(package, "detectors.other.__init__", "import detectory.detectors.dga")
    result = lint(package, root / "pyproject.toml")
    assert result.returncode == 1
    assert "detectory.detectors.other -> detectory.detectors.dga" in result.stdout
