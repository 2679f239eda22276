"""Commands about the workspace: list, keys, config, doctor, explain-error, serve's refusals."""

import shutil
from pathlib import Path

import pytest

from detectory.detectors import BUILT_IN
from detectory.library import Workspace
from tests.cli.conftest import Ask


def test_the_list_has_built_in_detectors_and_your_own(at_toy: Ask) -> None:
    found = {one["name"]: one["champion"] for one in at_toy("list", "--json").json["detectors"]}
    assert found == {**found, "dga": None, "toy": 1}


def test_a_new_key_is_readable_by_its_owner_alone(ask: Ask, tmp_path: Path) -> None:
    document = ask("models", "keygen", "--json", at=tmp_path).json
    assert Path(document["key"]).stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_replaced(ask: Ask, tmp_path: Path) -> None:
    assert ask("models", "keygen", at=tmp_path).code == 0
    said = ask("models", "keygen", at=tmp_path)
    assert (said.code, "E3005" in said.err) == (3, True)


def test_a_private_key_does_not_lie_in_the_store(ask: Ask, tmp_path: Path) -> None:
    said = ask("models", "keygen", str(tmp_path / ".detectory/key"), at=tmp_path)
    assert (said.code, "it would lie in the store" in said.err) == (3, True)


def test_settings_tell_where_they_come_from(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "detectory.toml").write_text("seed = 7\n")
    settings = ask("--set", "threads=3", "config", "show", "--json", at=tmp_path).json["settings"]
    found = {one["key"]: (one["value"], one["origin"]) for one in settings}
    assert found["seed"] == (7, "detectory.toml:1")
    assert found["threads"] == (3, "--set")
    assert found["serving.port"] == (8080, "built in")
    assert "detectory.toml:1" in ask("config", "show", "--origin", at=tmp_path).out


def test_an_unknown_setting_exits_3_with_the_nearest(ask: Ask, tmp_path: Path) -> None:
    said = ask("--set", "sed=1", "config", "show", at=tmp_path)
    assert (said.code, "did you mean 'seed'?" in said.err) == (3, True)


def test_the_doctor_finds_a_whole_workspace_well(at_toy: Ask) -> None:
    said = at_toy("doctor")
    assert said.code == 0
    assert "problem" not in said.out
    assert "toy@1 reproduces 64 golden rows" in said.out


def test_the_doctor_says_how_to_mend(ask: Ask, tmp_path: Path) -> None:
    said = ask("doctor", "--json", at=tmp_path)
    assert said.code == 3
    problems = [one for one in said.json["findings"] if not one["holds"]]
    assert [one["fix"] for one in problems] == ["detectory models keygen", "detectory models keygen"]


def test_the_doctor_finds_a_damaged_champion(at_copy: Ask, toy_copy: Workspace) -> None:
    (toy_copy.store.root / "toy/versions/1/features.py").write_text("")
    said = at_copy("doctor")
    assert said.code == 3
    assert "problem  toy: " in said.out


def test_one_bad_folder_is_a_problem_of_its_own_in_the_list_and_for_the_doctor(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "detectors/bad").mkdir(parents=True)
    (tmp_path / "detectors/bad/detector.toml").write_text("name = ")
    said = ask("list", at=tmp_path)
    assert (said.code, "dga" in said.out) == (0, True)
    assert "problem: " in said.out
    found = {one["name"]: one for one in ask("list", "--json", at=tmp_path).json["detectors"]}
    assert (found["bad"]["error"]["code"], "error" in found["dga"]) == ("E3002", False)
    assert "problem  bad: detector 'bad'" in ask("doctor", at=tmp_path).out


def test_a_detector_of_ones_own_says_that_it_stands_before_the_built_in_one(ask: Ask, tmp_path: Path) -> None:
    shutil.copytree(BUILT_IN / "dga", tmp_path / "detectors/dga")
    assert "in place of the built-in one" in ask("list", at=tmp_path).out
    assert "dga: your " in ask("doctor", at=tmp_path).out


def test_a_broken_champion_is_a_problem_and_not_the_end_of_the_doctor(
    at_copy: Ask, toy_copy: Workspace
) -> None:
    (toy_copy.store.root / "toy/champion.json").write_text("{}")
    said = at_copy("doctor")
    assert (said.code, "problem  toy: " in said.out) == (3, True)
    assert "problem: " in at_copy("list").out


@pytest.mark.parametrize("index", [None, "{}", "[", '{"files": [{"path": "dga/a.txt"}]}'])
def test_the_doctor_looks_at_the_mirror(at_toy: Ask, tmp_path: Path, index: str | None) -> None:
    if index is not None:
        (tmp_path / "index.json").write_text(index)
    said = at_toy("--set", f"mirror={tmp_path}", "doctor")
    assert (said.code, f"problem  mirror {tmp_path}" in said.out) == (3, True)


def test_the_doctor_counts_the_files_of_a_whole_mirror(at_toy: Ask, tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text('{"files": [{"path": "dga/a.txt", "sha256": "00"}]}')
    assert (
        f"ok       mirror {tmp_path}: 1 files listed" in at_toy("--set", f"mirror={tmp_path}", "doctor").out
    )


def test_a_code_is_explained_in_any_case(ask: Ask) -> None:
    assert ask("explain-error", "e4001").out.startswith("E4001: A file cannot be read (exit code 4")
    assert ask("explain-error", "E9").code == 2


@pytest.mark.parametrize(("names", "code"), [(["nope"], "E6001"), (["dga"], "E6003")])
def test_a_server_without_a_champion_does_not_start(at_toy: Ask, names: list[str], code: str) -> None:
    said = at_toy("serve", *names)
    assert (said.code, code in said.err) == (6, True)
