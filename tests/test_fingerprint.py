"""What a stage's result depends on."""

from __future__ import annotations

from typing import Any

import pytest

from detectory import fingerprint
from detectory.choice import Choice
from detectory.library import Workspace


def libraries(home: Workspace, choice: Choice) -> dict[str, str]:
    words: dict[str, Any] = {"module": "train.fit", "parents": {}, "parts": (), "words": (), "code": ()}
    inputs = fingerprint.inputs_of(
        home.detector("toy"), **words, libraries=("numpy",), seed=0, raw=None, choice=choice.document()
    )
    found: dict[str, str] = inputs["libraries"]
    return found


def test_what_only_some_candidates_need_counts_where_candidates_are_named(
    toy_made: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "BY_REQUEST", ("onnx", "never_installed"))
    assert set(libraries(toy_made, Choice())) == {"numpy"}
    assert set(libraries(toy_made, Choice(("charcnn",)))) == {"numpy", "onnx"}
