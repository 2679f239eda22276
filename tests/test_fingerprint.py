"""What a stage's result depends on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from detectory import fingerprint, models
from detectory.choice import Choice
from detectory.errors import UnknownKind
from detectory.library import Workspace
from detectory.models.candidate import Candidate
from detectory.models.nets.training import Training
from detectory.models.recipe import Recipe

CANDIDATES = [
    Candidate("tree", "score", "trees", ("dense",)),
    Candidate("net", "score", "mlp", ("dense",), by_request=True),
]
STUDENT = Recipe("student", "score", "distill", "tree", {"student": "net"})
OF_THE_NET = Recipe("smaller", "score", "distill", "net", {"student": "net"})


def libraries(home: Workspace, kinds: Iterable[str]) -> set[str]:
    words: dict[str, Any] = {"module": "train.fit", "parents": {}, "parts": (), "words": (), "code": ()}
    inputs = fingerprint.inputs_of(
        home.detector("toy"), **words, libraries=("numpy",), seed=0, raw=None, kinds=kinds
    )
    return set(inputs["libraries"])


def test_what_only_some_kinds_need_counts_where_they_are_fitted_and_it_is_installed(
    toy_made: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"trees": (), "mlp": ("onnx", "never_installed")}
    monkeypatch.setattr(models, "libraries", asked.__getitem__)
    assert libraries(toy_made, ["trees"]) == {"numpy"}
    assert libraries(toy_made, ["trees", "mlp"]) == {"numpy", "onnx"}


@pytest.mark.parametrize(
    ("choice", "recipes", "kinds"),
    [
        (Choice(), [], {"trees"}),
        (Choice(params={"net": {"hidden": 8}}), [OF_THE_NET], {"trees"}),
        (Choice(("net",)), [], {"mlp"}),
        (Choice(("tree",)), [OF_THE_NET], {"trees"}),
        (Choice(), [STUDENT], {"trees", "mlp"}),
        (Choice(("student",)), [STUDENT], {"trees", "mlp"}),
    ],
)
def test_a_net_is_fitted_where_it_is_chosen_or_a_student_of_what_is(
    choice: Choice, recipes: list[Recipe], kinds: set[str]
) -> None:
    assert choice.kinds(CANDIDATES, recipes) == kinds


@pytest.mark.parametrize("kind", models.kinds())
def test_a_kind_that_torch_trains_says_so(kind: str) -> None:
    trained = issubclass(models.load(kind).Params, Training)
    assert models.libraries(kind) == (("torch",) if trained else ())


@pytest.mark.parametrize("kind", ["sklearn.svm", "trees.deep", "../trees", ""])
def test_a_kind_that_is_not_there_needs_nothing_and_is_told_when_it_is_fitted(kind: str) -> None:
    assert models.libraries(kind) == ()
    with pytest.raises(UnknownKind, match="no kind of model named"):
        models.load(kind)
