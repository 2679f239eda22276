"""``report``: the report of the signed bundle, as it was signed."""

import webbrowser
from pathlib import Path

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask


def test_without_an_option_it_is_markdown(at_toy: Ask) -> None:
    assert at_toy("report", "toy").out.startswith("# ")


def test_under_json_it_is_every_figure(at_toy: Ask) -> None:
    document = at_toy("report", "toy", "--json").json
    assert document["report"]["passed"]


def test_it_is_written_whole_and_not_over_another_unasked(at_toy: Ask, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    assert at_toy("report", "toy", "--output", str(folder)).code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json", "report.md"]
    assert at_toy("report", "toy", "--output", str(folder)).code == 2
    assert at_toy("report", "toy", "--output", str(folder), "--yes").code == 0


def test_a_folder_that_cannot_be_made_exits_8_and_is_named(at_toy: Ask, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = at_toy("report", "toy", "--output", str(tmp_path / "file/report"))
    assert (said.code, f"cannot write {tmp_path}/file/report" in said.err) == (8, True)


def test_it_opens_the_page_of_the_bundle(
    at_toy: Ask, toy_made: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)))
    said = at_toy("report", "toy", "--open")
    page = toy_made.store.root.resolve() / "toy/versions/1/report.html"
    assert opened == [page.as_uri()]
    assert str(page) in said.err  # there was no browser, so it says where the page is
