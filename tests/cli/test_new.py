"""``new``: from a table to a detector that runs, and nothing written over without consent."""

from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from tests.scaffold import made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with a table and no detector of its own."""
    made.write(tmp_path / "flows.csv", made.flows())
    return tmp_path


def test_a_folder_is_made_and_the_next_step_is_to_run_it(ask: Ask, home: Path) -> None:
    said = ask("new", "mine", "--from", str(home / "flows.csv"), "--label", "label", at=home)
    assert said.code == 0, said.err
    assert "'source': it names a machine of this table" in said.out
    assert said.err.splitlines()[-1] == "next: detectory run mine"
    assert (home / "detectors/mine/detector.toml").is_file()
    assert "mine" in ask("list", at=home).out


def test_a_dry_run_shows_the_plan_and_writes_nothing(ask: Ask, home: Path) -> None:
    said = ask(
        "new", "mine", "--from", str(home / "flows.csv"), "--label", "label", "--dry-run", "--json", at=home
    )
    document = said.json
    assert document["split"]["kind"] == "forward"
    assert [field["name"] for field in document["fields"]] == list(made.FIELDS)
    why = "its name is an identifier's, and it has 3,000 values"
    assert document["dropped"][0] == {"column": "flow_id", "code": "identifier", "why": why}
    assert not (home / "detectors").exists()


def test_a_detector_that_is_there_is_not_written_over_without_consent(ask: Ask, home: Path) -> None:
    made_once = ("new", "mine", "--from", str(home / "flows.csv"), "--label", "label")
    ask(*made_once, at=home)
    (home / "detectors/mine/parse.py").write_text("# changed")
    said = ask(*made_once, at=home)
    assert (said.code, "write over" in said.err) == (2, True)
    assert (home / "detectors/mine/parse.py").read_text() == "# changed"
    assert ask(*made_once, "--yes", at=home).code == 0


def test_a_built_in_detector_is_not_replaced_without_consent(ask: Ask, home: Path) -> None:
    said = ask("new", "dga", "--template", "dga", at=home)
    assert (said.code, "stand in place of 'dga'" in said.err) == (2, True)


def test_a_template_is_copied_under_the_new_name(ask: Ask, home: Path) -> None:
    said = ask("new", "names", "--template", "dga", at=home)
    assert "names is a copy of dga" in said.out
    assert 'name = "names"' in (home / "detectors/names/detector.toml").read_text()


def test_a_table_without_a_header_has_names_from_a_file_and_a_label_by_position(ask: Ask, home: Path) -> None:
    made.write(home / "bare.csv", made.flows(), header=False)
    (home / "names.txt").write_text("flow,text\nwhen,time\n")
    wanted = (
        "new",
        "mine",
        "--from",
        str(home / "bare.csv"),
        "--columns",
        str(home / "names.txt"),
        "--label",
        "10",
    )
    document = ask(*wanted, "--json", at=home).json
    assert (document["label"], document["fields"][0]["name"]) == ("c10", "c4")


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["--from", "flows.csv", "--label", "lable"], 2, "did you mean 'label'"),
        (["--from", "flows.csv", "--label", "sensor"], 4, "every row has the same label"),
        (["--from", "flows.csv", "--label", "proto"], 2, "--negative VALUE"),
        (["--from", "flows.csv"], 2, "--label COLUMN"),
        (["--from", "nowhere.csv", "--label", "label"], 2, "there is no file"),
        (["--from", "empty.csv", "--label", "label"], 4, "it is empty"),
        (["--template", "dag"], 6, "did you mean 'dga'"),
        ([], 2, "from a table or from a template"),
        (
            ["--from", "flows.csv", "--label", "label", "--template", "dga"],
            2,
            "from a table or from a template",
        ),
        (["--from", "flows.csv", "--label", "label", "--time", "when", "--group", "source"], 2, "leave out"),
    ],
)
def test_what_cannot_be_made_is_told_with_the_way_to_mend_it(
    ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, why: str
) -> None:
    monkeypatch.chdir(home)
    (home / "empty.csv").touch()
    said = ask("new", "mine", *arguments)
    assert (said.code, why in said.err) == (code, True), said.err
    assert not (home / "detectors").exists()


@pytest.mark.parametrize("name", ["../mine", "Mine", "", "mine@1"])
def test_a_name_that_is_none_is_refused(ask: Ask, home: Path, name: str) -> None:
    assert ask("new", name, "--template", "dga", at=home).code == 2
