"""``feedback``: labels on the command line, listed, taken back and purged."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from detectory.registry.promote import who
from tests.cli.conftest import Ask
from tests.cli.labelling import filled_in, labels_of

SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_a_label_is_added_listed_and_taken_back(at_copy: Ask, ids: list[str]) -> None:
    assert at_copy("feedback", "add", ids[0], "word", "--note", "our own", "--json").json["feedback"] == 1
    (label,) = labels_of(at_copy)
    assert (label["label"], label["note"], label["source"], label["stands"]) == (
        "word",
        "our own",
        "cli",
        True,
    )
    assert at_copy("feedback", "retract", "--label", "1", "--reason", "a slip", "--json").json == {
        "schema_version": 1, "taken_back": 1,
    }  # fmt: skip
    assert not labels_of(at_copy)[0]["stands"]
    assert "a slip" not in at_copy("feedback", "list").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "nobody-1", "word"), 6),
        (("retract", "--label", "7", "--reason", "r"), 6),
        (("retract", "--batch", "none", "--reason", "r", "--yes"), 6),
        (("retract", "--reason", "r"), 2),
        (("retract", "--label", "1", "--key", "k", "--reason", "r"), 2),
        (("purge",), 2),
        (("purge", "--older-than", "1d"), 2),
        (("purge", "--key", "k1", "--no-input"), 2),
        (("purge", "--older-than", "7"), 2),
        (("import", "nowhere.csv"), 2),
        (("list", "tyo"), 6),
        (("review", "tyo"), 6),
        (("export", "tyo"), 6),
    ],
)
def test_what_cannot_be_done_is_said_with_its_exit_code(
    at_copy: Ask, ids: list[str], words: tuple[str, ...], code: int
) -> None:
    assert at_copy("feedback", *words).code == code
    assert labels_of(at_copy) == []


def test_a_label_that_the_detector_does_not_know_is_refused_with_those_it_knows(
    at_copy: Ask, ids: list[str]
) -> None:
    said = at_copy("feedback", "add", ids[0], "wrod")
    assert (said.code, "did you mean" in said.err) == (4, True)


def test_where_nothing_is_kept_the_commands_say_so(at_copy: Ask) -> None:
    said = at_copy("--set", "ledger.url=none", "feedback", "list")
    assert (said.code, "nothing is kept here" in said.err) == (2, True)


def test_a_purge_says_what_goes_and_asks(at_copy: Ask, ids: list[str]) -> None:
    refused = at_copy("feedback", "purge", "--key", "k1")
    assert (refused.code, "delete 5 predictions for good?" in refused.err) == (2, True)
    assert at_copy("feedback", "purge", "--older-than", "1d", "--yes", "--json").json["purged"] == 0
    assert at_copy("feedback", "purge", "--older-than", "0d", "--yes", "--json").json["purged"] == 5


def test_the_commands_of_the_how_to_do_what_it_says(
    at_copy: Ask, ids: list[str], root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the files of the page are written
    page = (root / "docs/how-to/give-feedback.md").read_text()
    lines = [line for block in SHELL.findall(page) for line in block.splitlines()]
    meant = {"dga": "toy", "benign": "word", "4eb59d4cf034748f-1": ids[4], "17": "1", "k7f3": who()}
    for line in lines:
        words = [meant.get(word, word) for word in shlex.split(line)[1:]]
        if words[:3] == ["feedback", "retract", "--key"]:
            at_copy("feedback", "add", ids[3], "word")  # something that the key has said since
        said = at_copy(*words, "--yes", "--json")
        assert said.code == 0, said.err
        if "--output" in words and "review" in words:
            filled_in(tmp_path / words[-1], "serial" if "review.csv" in words else "word")
        if words[1] == "import":
            meant["5d41402abc4b2a76"] = said.json["batch"]

    assert [line.split()[2] for line in lines if "feedback" in line] == [
        "add", "list", "review", "import", "review", "export", *["retract"] * 3, *["purge"] * 2,
    ]  # fmt: skip
