"""``compress``: what was tried is shown as a table, as JSON and as a page."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Ask


def test_every_model_is_shown_with_its_worth_its_cost_and_why_it_ships_or_not(at_copy: Ask) -> None:
    said = at_copy("compress", "toy")
    assert said.code == 0, said.err
    head, *rows = said.out.splitlines()
    assert head.split()[:4] == ["head", "model", "made", "quality"]
    assert [row.split()[:2] for row in rows[:3]] == [
        ["score", "tree"],
        ["score", "linear"],
        ["family", "linear"],
    ]
    assert "family linear: the best" in rows


def test_json_gives_intervals_and_costs(at_copy: Ask) -> None:
    said = at_copy("compress", "toy", "--json")
    tree = said.json["models"][0]
    assert set(tree["quality"]) == {"value", "low", "high"}
    assert tree["cost"]["p50_us"] > 0


def test_exactly_the_candidates_that_are_named_are_shown(at_copy: Ask) -> None:
    said = at_copy("compress", "toy", "--candidate", "tree", "--set", "max_depth=2", "--json")
    assert [one["name"] for one in said.json["models"]] == ["tree"]
    assert at_copy("runs", "list", "--last", "1", "--json").json["runs"][0]["verb"] == "compress"


def test_a_page_can_be_written_and_stands_alone(at_copy: Ask, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert at_copy("compress", "toy", "--page", str(page)).code == 0
    assert "Candidates and compression" in page.read_text()
    assert at_copy("compress", "toy", "--page", str(tmp_path / "none" / "page.html")).code == 8
