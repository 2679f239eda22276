"""Importing a model: the how-to page as it stands, and what a version says of it for ever."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask, Said

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/import-a-model.md"
#: what the page says of dga, said of the toy detector
TOY = {'"dga"': '"toy"', '"domain"': '"text"', "google.com": "google", "x7k2q9vb3n8.com": "x7k2q9"} | {
    "q8w3e7r2t6y.net": "q8w3e7",
    "wikipedia.org": "wikipedia",
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def page(ask: Ask, toy_copy: Workspace, monkeypatch: pytest.MonkeyPatch) -> dict[str, Said]:
    """What every command of the page answers, typed one after the other."""
    monkeypatch.chdir(toy_copy.root)
    [program] = blocks("python")
    for ours, toy in TOY.items():
        program = program.replace(ours, toy)
    exec(compile(program, str(PAGE), "exec"), {})  # our own page
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    alone = {line: line.replace(" dga", " toy").replace(" --candidate score.linear", "") for line in lines}
    return {line: ask(*shlex.split(typed)[1:], "--json") for line, typed in alone.items()}


def test_the_page_is_true_and_a_version_says_for_ever_where_its_model_is_from(
    page: dict[str, Said], toy_copy: Workspace
) -> None:
    imported, listed, run, forgotten = page.values()
    assert [said.code for said in (imported, listed, forgotten)] == [0, 0, 0], imported.err + listed.err
    assert [one["name"] for one in listed.json["imported"]] == ["theirs"]
    assert run.code in (0, 5), run.err  # toy gates may fail it: it is judged like any other
    note = "the model 'theirs' of the head 'score' was trained elsewhere (theirs.json"
    number = max(int(name) for name in toy_copy.store.listing("toy/versions"))
    manifest = toy_copy.scorer("toy", str(number)).bundle.manifest
    assert any(said.startswith(note) for said in manifest.lineage["notes"])
    assert forgotten.json["forgotten"]["name"] == "theirs"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("gone.json",), 2, "gone.json"),
        (("theirs.json", "--head", "value"), 2, "has no head 'value'"),
        (("theirs.json", "--head", "family"), 2, "names its classes"),
        (("theirs.json", "--inputs", "dens"), 4, "did you mean 'dense'"),
        (("theirs.json", "--as", "score.mine"), 2, "no name of a candidate"),
        (("theirs.json", "--as", "tree"), 3, "one of the detector's model.py"),
        (("theirs.json",), 4, "it is a pickle"),
    ],
)
def test_a_mistake_is_told_before_anything_is_read(
    ask: Ask,
    toy_home: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    monkeypatch.chdir(toy_home.root)
    Path("theirs.json").write_bytes(b"\x80\x04K\x01.")
    said = ask("models", "import", "toy", *arguments)
    assert (said.code, told in said.err) == (code, True), said.err
