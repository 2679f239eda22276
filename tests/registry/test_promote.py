"""Promotion: only with a passing verdict, always on the trail, and back in one step."""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from detectory import bundle, pipeline, signing
from detectory.errors import (
    ArtifactDamaged,
    NoChampion,
    NothingBefore,
    PromotionRefused,
    UnknownVersion,
)
from detectory.library import Workspace, run
from detectory.registry import promote, versions
from tests.toy.make import make_home

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def second_version(home: Workspace) -> int:
    """A second version, from another seed."""
    other = Workspace(home.root, type(home.settings)(seed=1))
    number = run("toy", stages=_up_to_register(), within=other).version
    assert number
    return number


def _up_to_register() -> list[str]:
    return list(pipeline.chosen(last="register"))


def test_a_run_promotes_what_passed_its_gates(home: Workspace) -> None:
    assert versions.champion(home.store, "toy") == 1
    assert [entry["action"] for entry in promote.trail(home.store, "toy")] == ["promote"]


def test_a_registered_version_waits_until_somebody_promotes_it(home: Workspace) -> None:
    assert second_version(home) == 2
    assert versions.champion(home.store, "toy") == 1
    promote.promote(home.store, "toy", "2", trusted=home.trusted, now=NOW)
    assert versions.champion(home.store, "toy") == 2


def test_a_rollback_brings_the_champion_before_back(home: Workspace) -> None:
    second_version(home)
    promote.promote(home.store, "toy", "2", trusted=home.trusted, now=NOW)
    assert promote.rollback(home.store, "toy", trusted=home.trusted, now=NOW, reason="too many alerts") == 1
    last = promote.trail(home.store, "toy")[-1]
    assert (last["action"], last["version"], last["reason"]) == ("rollback", 1, "too many alerts")


def test_there_is_nothing_before_the_first_champion(home: Workspace) -> None:
    with pytest.raises(NothingBefore, match="cannot be rolled back"):
        promote.rollback(home.store, "toy", trusted=home.trusted, now=NOW, reason="try")


def test_the_same_bytes_are_one_version(home: Workspace) -> None:
    again = run("toy", within=home)
    assert (again.version, again.is_new) == (1, False)


def test_a_run_does_not_undo_a_rollback(home: Workspace) -> None:
    other = Workspace(home.root, type(home.settings)(seed=1))
    assert run("toy", within=other).champion == 2
    promote.rollback(home.store, "toy", trusted=home.trusted, now=NOW, reason="too many alerts")
    again = run("toy", within=other)
    assert (again.version, again.is_new, again.champion) == (2, False, 1)


def test_a_version_that_was_registered_only_is_promoted_by_the_next_whole_run(toy_home: Workspace) -> None:
    run("toy", stages=_up_to_register(), within=toy_home)
    assert versions.champion(toy_home.store, "toy") is None
    assert run("toy", within=toy_home).champion == 1


def test_a_damaged_champion_is_replaced_by_the_next_run(home: Workspace) -> None:
    path = versions.folder_of(home.store, "toy", 1) / "score.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    again = run("toy", within=home)
    assert (again.version, again.champion) == (2, 2)
    assert home.scorer("toy").check_golden() > 0


def test_a_colleagues_version_in_the_store_does_not_stop_a_run(toy_home: Workspace, home: Workspace) -> None:
    theirs = versions.folder_of(home.store, "toy", 1)
    shutil.copytree(theirs, versions.folder_of(toy_home.store, "toy", 1))
    assert run("toy", within=toy_home).champion == 2


def test_a_failed_gate_promotes_nothing_and_names_the_gap(tmp_path: Path) -> None:
    home = make_home(tmp_path, origin="generated")
    words = home.own / "toy" / "detector.toml"
    words.write_text(words.read_text().replace("at_least = 0.5", "at_least = 1.01"))
    with pytest.raises(PromotionRefused, match="version 1 of 'toy'") as caught:
        run("toy", within=home)
    assert "below its gate (at least 1.01)" in caught.value.why
    assert caught.value.exit_code == 5
    with pytest.raises(NoChampion, match="no promoted version"):
        home.scorer("toy")


def test_an_override_promotes_and_says_why_on_the_trail(tmp_path: Path) -> None:
    home = make_home(tmp_path, origin="generated")
    words = home.own / "toy" / "detector.toml"
    words.write_text(words.read_text().replace("at_least = 0.5", "at_least = 1.01"))
    run("toy", stages=_up_to_register(), within=home)
    promote.promote(home.store, "toy", "1", trusted=home.trusted, now=NOW, override="pilot, watched by hand")
    entry = promote.trail(home.store, "toy")[-1]
    assert entry["override"] == "pilot, watched by hand"
    assert "at least 1.01" in entry["against"][0]


def test_a_verdict_on_other_bytes_promotes_nothing(home: Workspace) -> None:
    """A bundle that a trusted key signed, but whose graph is not the one that was judged."""
    _, opened = versions.open_version(home.store, "toy", "1", home.trusted)
    files = dict(opened.files) | {"score.onnx": opened.files["score.onnx"] + b"\0"}
    assert _refused(home, files, opened.manifest) == "its verdict is about other bytes of score.onnx"


def test_a_version_that_was_never_judged_is_not_promoted(home: Workspace) -> None:
    _, opened = versions.open_version(home.store, "toy", "1", home.trusted)
    files = {name: data for name, data in opened.files.items() if name != "verdict.json"}
    assert _refused(home, files, opened.manifest) == "it was never judged"


def test_a_verdict_that_no_gate_speaks_for_is_no_passing_one(home: Workspace) -> None:
    _, opened = versions.open_version(home.store, "toy", "1", home.trusted)
    verdict = opened.json("verdict.json") | {"gates": [], "passed": False}
    files = dict(opened.files) | {"verdict.json": json.dumps(verdict).encode()}
    assert "no gate was asked for" in _refused(home, files, opened.manifest)


def _refused(home: Workspace, files: dict[str, bytes], manifest: bundle.Manifest) -> str:
    """Sign these files with the workspace's own key and try to promote them."""
    anew = bundle.assemble(files, detector="toy", heads=manifest.heads, lineage=manifest.lineage)
    key = signing.private_key(home.signing_key)
    digest, signed = hashlib.sha256(bundle.payload_of(anew)).hexdigest(), bundle.signed(files, anew, key)
    number, _ = versions.add(home.store, "toy", digest, signed, trusted=home.trusted)
    with pytest.raises(PromotionRefused, match=f"version {number} of 'toy'") as caught:
        promote.promote(home.store, "toy", str(number), trusted=home.trusted, now=NOW)
    return caught.value.why


def test_what_is_edited_during_a_run_is_not_what_is_signed(toy_home: Workspace) -> None:
    features = toy_home.own / "toy" / "features.py"
    judged = features.read_bytes()

    def edit(event: pipeline.Event) -> None:
        if (event.stage, event.state) == ("judge", "made"):
            features.write_bytes(judged + b"# edited, never judged\n")

    run("toy", within=toy_home, watch=edit)
    assert toy_home.scorer("toy").bundle.files["features.py"] == judged


def test_a_verdict_of_other_graphs_is_not_signed(toy_home: Workspace) -> None:
    """Whoever may write to the store points the judgement of new graphs at an older, passing one."""
    store = toy_home.store
    first = run("toy", within=toy_home).artifacts["judge"]
    other = Workspace(toy_home.root, type(toy_home.settings)(seed=1))
    second = run("toy", stages=pipeline.chosen(last="judge"), within=other).artifacts["judge"]
    store.put(f"toy/judge/by-key/{second.manifest['key']}.json", {"artifact": first.digest})
    with pytest.raises(ArtifactDamaged, match="not what was written"):
        run("toy", within=other)


def test_promotions_at_once_come_one_after_the_other(home: Workspace) -> None:
    second_version(home)

    def promoted(number: int) -> int:
        return promote.promote(home.store, "toy", str(number), trusted=home.trusted, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(promoted, [1, 2] * 10))
    trail = [entry["version"] for entry in promote.trail(home.store, "toy")]
    assert versions.champion(home.store, "toy") == trail[-1]
    assert all(one != other for one, other in pairwise(trail))


def test_rollbacks_go_back_through_all_champions(home: Workspace) -> None:
    second_version(home)
    for number in ("2", "1", "2"):
        promote.promote(home.store, "toy", number, trusted=home.trusted, now=NOW)
    back = [promote.rollback(home.store, "toy", trusted=home.trusted, now=NOW, reason="") for _ in range(3)]
    assert back == [1, 2, 1]


def test_a_users_detector_scores_from_its_bundle_alone(home: Workspace) -> None:
    shutil.rmtree(home.own)
    assert home.scorer("toy").score({"text": ["hello"]}).label.tolist() == ["word"]


def test_synthetic_rows_never_serve_not_even_by_override(tmp_path: Path) -> None:
    home = make_home(tmp_path, origin="synthetic")
    with pytest.raises(PromotionRefused, match="not promoted") as caught:
        run("toy", within=home)
    assert "synthetic" in caught.value.why
    with pytest.raises(PromotionRefused, match="not promoted"):
        promote.promote(home.store, "toy", "1", trusted=home.trusted, now=NOW, override="please")


def test_an_unknown_version_is_answered_with_the_known_ones(home: Workspace) -> None:
    with pytest.raises(UnknownVersion, match="no version '7'") as caught:
        home.scorer("toy", "7")
    assert "known: 1" in caught.value.why
