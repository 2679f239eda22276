"""``models``: list, show, promote, roll back, verify, push, pull, export."""

from pathlib import Path

from detectory.library import Workspace
from tests.cli.conftest import Ask


def test_a_listing_tells_the_champion_and_the_audit_trail(at_toy: Ask) -> None:
    document = at_toy("models", "list", "toy", "--json").json
    assert [(one["version"], one["champion"]) for one in document["versions"]] == [(1, True)]
    assert [entry["action"] for entry in document["audit"]] == ["promote"]
    assert "yes" in at_toy("models", "list", "toy").out


def test_a_version_tells_its_gates_lineage_and_threshold(at_toy: Ask) -> None:
    document = at_toy("models", "show", "toy", "--json").json
    assert document["passed"]
    assert document["lineage"]["origins"]["generated"] == 1200
    assert "ok: recall_seen_at_budget" in at_toy("models", "show", "toy").out


def test_a_version_that_holds_is_verified(at_toy: Ask) -> None:
    assert at_toy("models", "verify", "toy", "--json").json["golden"] == 64


def test_a_flipped_bit_is_refused_with_exit_9(at_copy: Ask, toy_copy: Workspace) -> None:
    graph = toy_copy.store.root / "toy/versions/1/score.onnx"
    graph.write_bytes(bytes([graph.read_bytes()[0] ^ 1]) + graph.read_bytes()[1:])
    said = at_copy("models", "verify", "toy")
    assert said.code == 9
    assert "score.onnx is not the file that was signed" in said.err


def test_a_version_goes_to_another_store_and_back_under_a_number_of_its_own(
    at_copy: Ask, tmp_path: Path
) -> None:
    other = str(tmp_path / "other")
    assert at_copy("models", "push", "toy", other, "--json").json["is_new"]
    assert not at_copy("models", "push", "toy", other, "--json").json["is_new"]
    pulled = at_copy("models", "pull", "toy@latest", other, "--json").json
    assert (pulled["version"], pulled["is_new"]) == (1, False)


def test_what_is_pushed_is_not_promoted(at_copy: Ask, tmp_path: Path) -> None:
    other = str(tmp_path / "other")
    at_copy("models", "push", "toy", other)
    said = at_copy("models", "pull", "toy", other)
    assert (said.code, "no promoted version" in said.err) == (6, True)
    assert at_copy("--set", f"store={other}", "models", "promote", "toy@1").code == 0


def test_an_export_is_not_written_over(at_copy: Ask, tmp_path: Path) -> None:
    target = str(tmp_path / "toy.zip")
    assert at_copy("models", "export", "toy", target).code == 0
    assert at_copy("models", "export", "toy", target).code == 2


def test_a_version_is_exported_as_mlflow_loads_it(at_copy: Ask, tmp_path: Path) -> None:
    said = at_copy("models", "export", "toy", str(tmp_path / "model"), "--format", "mlflow")
    assert (tmp_path / "model/MLmodel").is_file()
    assert (tmp_path / "model/bundle/bundle.dsse.json").is_file()
    assert f"mlflow models serve --env-manager local -m {tmp_path / 'model'}" in said.err


def test_there_is_nothing_before_the_first_champion(at_copy: Ask) -> None:
    assert at_copy("models", "rollback", "toy").code == 7


def test_a_second_version_can_be_rolled_back(at_copy: Ask) -> None:
    assert at_copy("--set", "seed=5", "run", "toy", "--json").json["champion"] == 2
    assert at_copy("models", "rollback", "toy", "--reason", "noise", "--json").json["champion"] == 1
    trail = at_copy("models", "audit", "toy", "--json").json["audit"]
    assert trail[-1] == {**trail[-1], "action": "rollback", "reason": "noise"}
    first, *_, last = at_copy("models", "audit", "toy").out.splitlines()[1:]
    assert "  promote " in first
    assert last.endswith("rollback  1        noise")


def test_an_unknown_version_is_answered_with_the_known_ones(at_toy: Ask) -> None:
    said = at_toy("models", "show", "toy@7")
    assert (said.code, "known: 1" in said.err) == (6, True)
