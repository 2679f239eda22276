"""A version that MLflow loads answers as our own server does, and is not opened without a trusted key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from detectory import signing
from detectory.errors import BundleRefused, NoKey, SignatureInvalid
from detectory.library import Workspace
from detectory.pyfunc import _load_pyfunc
from tests.tracking.conftest import exported, served

TOY = [{"text": "a1b2c3"}, {"text": "hello"}, {"text": ""}]
LATE = [
    {"stop": "north", "day": 70, "hour": 17.0, "km": 4.5},
    {"stop": " ", "day": 70, "hour": 9.0, "km": None},
    {"stop": "South", "day": 71, "hour": 8.5, "km": None},
]


@pytest.fixture
def load(quiet_mlflow: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """mlflow.pyfunc.load_model, which believes the keys of a workspace."""
    import mlflow.pyfunc

    def loaded(path: Path, home: Workspace) -> Any:
        monkeypatch.setenv("DETECTORY__SIGNING__TRUSTED", str(home.root.resolve() / "keys/signing.pub"))
        return mlflow.pyfunc.load_model(str(path))

    return loaded


@pytest.mark.parametrize(("name", "rows"), [("toy", TOY), ("late", LATE)])
def test_it_answers_every_row_as_our_server_does(
    name: str, rows: list[dict[str, Any]], load: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    import pandas

    home: Workspace = request.getfixturevalue(f"{name}_made")
    model, frame = load(exported(home, name, tmp_path / "model"), home), pandas.DataFrame(rows)
    assert model.predict(frame) == served(home, name, rows)
    assert model.predict(frame[:0]) == []


def test_a_row_without_a_field_is_answered_in_its_place(
    load: Any, toy_model: Path, toy_made: Workspace
) -> None:
    import pandas

    good, bad = load(toy_model, toy_made).predict(pandas.DataFrame({"text": ["a1b2c3", None]}))
    assert (good["alert"], bad["alert"], bad["version"]) == (True, None, "1")
    assert "text" in bad["error"]


def test_without_a_trusted_key_nothing_is_opened(
    toy_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoKey, match="cannot be used") as refused:
        _load_pyfunc(str(toy_model / "bundle"))
    assert "DETECTORY__SIGNING__TRUSTED" in refused.value.fix
    signing.new_key(tmp_path / "keys/signing.key")  # a stranger's, where MLflow was started
    with pytest.raises(SignatureInvalid, match="does not hold"):
        _load_pyfunc(str(toy_model / "bundle"))


def test_a_changed_bundle_is_refused(toy_model: Path, load: Any, toy_made: Workspace) -> None:
    graph = toy_model / "bundle/score.onnx"
    graph.write_bytes(b"\0" + graph.read_bytes()[1:])
    with pytest.raises(BundleRefused, match="is refused"):
        load(toy_model, toy_made)
