"""Candidates and what recipes make of them are measured alike, and one of them ships."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from detectory import parts
from detectory.artifacts import Artifact
from detectory.choice import Choice
from detectory.errors import BadDetector, BadParameter, UnknownWay
from detectory.job import Job
from detectory.library import Workspace, run, workspace
from detectory.parts import Part
from detectory.runtime import Head
from tests.toy.make import make_home

STAGES = ("bronze", "silver", "gold", "split", "fit", "compress")
RECIPES = """
from detectory.models.recipe import Recipe


def recipes():
    return [
        Recipe("int8", "score", "quantize", of="linear"),
        Recipe("no int8", "score", "quantize", of="tree"),
        Recipe("half", "family", "quantize", params={"method": "float16"}),
        Recipe("of what is not fitted", "score", "quantize", of="slow"),
        Recipe("asked for", "score", "quantize", of="int8", by_request=True),
    ]
"""
SLOW = '        Candidate("slow", "score", "linear", ("ids",), by_request=True),\n'
WORDS = '\n[compress]\nlose = 0.9\nprefer = "size"\n'


def with_recipes(home: Workspace, *, text: str = RECIPES, words: str = "") -> Workspace:
    """The toy detector with recipes, and a candidate that nobody asks for."""
    model, toml = home.own / "toy/model.py", home.own / "toy/detector.toml"
    code = model.read_text().replace("    return [\n", f"    return [\n{SLOW}")
    model.write_text(code + text)
    toml.write_text(toml.read_text() + words)
    return home


def compressed(home: Workspace, **given: Any) -> Artifact:
    return run("toy", stages=STAGES, within=home, **given).artifacts["compress"]


def row(made: Artifact, head: str, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = made.facts["candidates"]
    return next(one for one in found if (one["head"], one["name"]) == (head, name))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The toy detector with recipes, compressed. Not to be changed."""
    home = with_recipes(make_home(tmp_path_factory.mktemp("toy"), origin="generated"))
    compressed(home)
    return home


@pytest.fixture(scope="module")
def made(home: Workspace) -> Artifact:
    return compressed(home)


@pytest.fixture
def copy(home: Workspace, tmp_path: Path) -> Workspace:
    """A copy that a test may change."""
    return workspace(Path(shutil.copytree(home.root, tmp_path / "home")))


def test_a_table_of_weights_is_smaller_as_int8_and_as_float16(made: Artifact) -> None:
    assert row(made, "score", "int8")["size_bytes"] < row(made, "score", "linear")["size_bytes"] / 3.9
    assert row(made, "family", "half")["size_bytes"] < row(made, "family", "linear")["size_bytes"] / 1.9


def test_a_variant_says_how_it_was_made_and_of_what(made: Artifact) -> None:
    told = row(made, "family", "half")
    assert (told["role"], told["way"], told["of"], told["kind"]) == (
        "variant",
        "quantize",
        "linear",
        "linear",
    )
    assert told["params"]["method"] == "float16"


def test_what_cannot_be_made_is_told_with_the_reason_and_fails_nothing(made: Artifact) -> None:
    (told,) = made.facts["not_made"]
    assert (told["name"], told["of"]) == ("no int8", "tree")
    assert "would gain nothing" in told["why"]


def test_a_recipe_of_a_candidate_that_was_not_fitted_makes_nothing(made: Artifact) -> None:
    assert "of what is not fitted" not in str(made.facts)
    assert "asked for" not in str(made.facts)


def test_a_recipe_by_request_is_made_where_it_is_named_with_all_that_it_starts_from(copy: Workspace) -> None:
    made = compressed(copy, choice=Choice(("asked for",), only=True))
    told = {one["name"] for one in (*made.facts["candidates"], *made.facts["not_made"])}
    assert told == {"linear", "int8", "asked for"}


def test_to_set_a_recipe_has_nothing_fitted_again(copy: Workspace) -> None:
    seen: dict[str, str] = {}
    choice = Choice(params={"int8": {"per": "channel"}})
    made = compressed(copy, choice=choice, watch=lambda event: seen.update({event.stage: event.state}))
    assert (seen["fit"], seen["compress"]) == ("kept", "made")
    assert row(made, "score", "int8")["params"]["per"] == "channel"


def test_a_variant_that_ships_is_judged_explained_and_shown(copy: Workspace) -> None:
    toml, model = copy.own / "toy/detector.toml", copy.own / "toy/model.py"
    toml.write_text(toml.read_text() + WORDS)
    model.write_text(model.read_text().replace('"family", "quantize"', '"family", "quantize", of="linear"'))
    assert run("toy", within=copy).champion == 1
    scorer = copy.scorer("toy")
    assert scorer.bundle.manifest.heads["family"].inputs == ["ids"]
    report = scorer.bundle.json("report.json")["candidates"]
    assert [one["name"] for one in report if one["chosen"]] == ["tree", "half"]
    assert b"2.0 times smaller" in scorer.bundle.files["report.html"]


def test_by_default_the_best_ships_and_loses_nothing_to_itself(made: Artifact) -> None:
    rows = [one for one in made.facts["candidates"] if one["head"] == "score"]
    best = max(rows, key=lambda one: one["quality"])
    chosen = row(made, "score", made.facts["chosen_score"])
    assert chosen["quality"] == best["quality"]
    assert chosen["lost"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_quality_lies_in_its_interval(made: Artifact) -> None:
    for one in made.facts["candidates"]:
        assert one["quality_interval"]["low"] <= one["quality"] <= one["quality_interval"]["high"]


def test_everything_has_a_cost_that_no_digest_holds(made: Artifact) -> None:
    costs = made.manifest["measured"]["costs"]
    assert set(costs) == {f"{one['head']} {one['name']}" for one in made.facts["candidates"]}
    for cost in costs.values():
        assert 0 < cost["p50_us"] <= cost["p99_us"]
        assert cost["rows_a_second"] > 0
        assert cost["peak_mib"] >= 0
    assert "p50" not in str(made.facts)


def test_the_same_variants_are_made_elsewhere(made: Artifact, tmp_path: Path) -> None:
    assert compressed(with_recipes(make_home(tmp_path, origin="generated"))).digest == made.digest


def test_where_something_may_be_lost_the_smallest_that_is_as_good_ships(copy: Workspace) -> None:
    toml = copy.own / "toy/detector.toml"
    toml.write_text(toml.read_text() + WORDS)
    made = compressed(copy)
    rows = [one for one in made.facts["candidates"] if one["head"] == "family"]
    as_good = [one for one in rows if one["lost"]["value"] <= 0.9 and one["lost"]["low"] <= 1e-9]
    smallest = min(as_good, key=lambda one: one["size_bytes"])
    assert made.facts["chosen_family"] == smallest["name"]
    assert Head(made.read("family.onnx"), name="family").inputs == smallest["inputs"]


def test_recipes_read_training_and_validation_rows_and_no_others(
    copy: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: set[str] = set()
    whole = parts.part

    def noting(job: Job, name: str) -> Part:
        opened.add(name)
        return whole(job, name)

    monkeypatch.setattr(parts, "part", noting)
    choice = Choice(params={"int8": {"method": "static", "rows": 50}})
    run("toy", stages=STAGES[:-1], within=copy, choice=choice)
    opened.clear()
    made = compressed(copy, choice=choice)
    assert opened == {"train", "validation"}
    assert row(made, "score", "int8")["params"]["rows"] == 50


@pytest.mark.parametrize(
    ("old", "new", "error", "why"),
    [
        ('"quantize", of="linear"', '"qantize", of="linear"', UnknownWay, "did you mean 'quantize'"),
        ('of="linear"', 'of="linaer"', BadDetector, "did you mean 'linear'"),
        ('"int8"', '"linear"', BadDetector, "two models of the head 'score' are called 'linear'"),
        ('"float16"', '"float15"', BadParameter, "float15"),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused(
    copy: Workspace, old: str, new: str, error: type[Exception], why: str
) -> None:
    model = copy.own / "toy/model.py"
    model.write_text(model.read_text().replace(old, new, 1))
    with pytest.raises(error) as caught:
        compressed(copy)
    assert why in str(caught.value)
