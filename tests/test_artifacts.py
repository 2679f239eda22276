"""The store: whole artifacts or none, every byte checked."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from detectory.artifacts import Artifact, Store
from detectory.errors import ArtifactDamaged, RunBusy, StoreUnwritable


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def write(store: Store, key: str = "k1", **files: str) -> Artifact:
    with store.writing("dga/silver", key=key, parents={"bronze": "b"}, made={"at": "noon"}) as out:
        for name, text in files.items():
            out.write(f"{name}.txt", text.encode())
        out.facts["rows"] = len(files)
    found = store.find("dga/silver", key=key)
    assert found
    return found


def test_an_artifact_is_found_again_by_what_it_was_made_from(store: Store) -> None:
    made = write(store, rows="a")
    assert made.read("rows.txt") == b"a"
    assert made.facts == {"rows": 1}
    assert store.find("dga/silver", key="other") is None


def test_the_same_content_is_the_same_artifact_whenever_it_was_made(store: Store) -> None:
    first = write(store, rows="a")
    with store.writing("dga/silver", key="k1", parents={"bronze": "b"}, made={"at": "midnight"}) as out:
        out.write("rows.txt", b"a")
        out.facts["rows"] = 1
        out.measured["seconds"] = 3.5
    again = store.find("dga/silver", key="k1")
    assert again
    assert again.digest == first.digest


def test_every_flipped_bit_of_an_artifact_is_caught(store: Store) -> None:
    made = write(store, rows="some rows of text", more="other rows")
    rng = random.Random(7)
    pointer = store.root / "dga/silver/by-key/k1.json"
    for path in [*made.folder.iterdir(), pointer]:
        whole = path.read_bytes()
        for _ in range(20):
            at, bit = rng.randrange(len(whole)), 1 << rng.randrange(8)
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            assert not reads_as_before(store, whole, path), f"{path.name}: byte {at}, bit {bit}"
        path.write_bytes(whole)


def reads_as_before(store: Store, whole: bytes, path: Path) -> bool:
    """Whether the damaged file is accepted; one whose JSON means the same is not damaged."""
    if path.suffix == ".json" and _same_json(whole, path.read_bytes()):
        return False
    try:
        found = store.find("dga/silver", key="k1")
        assert found
        for name in found.names():
            found.read(name)
            found.path(name)
    except ArtifactDamaged:
        return False
    return True


def _same_json(one: bytes, other: bytes) -> bool:
    """Equal but for what the digest leaves out: blanks, clocks, measurements."""
    try:
        values = [json.loads(data) for data in (one, other)]
    except ValueError:
        return False
    kept = [{k: v for k, v in value.items() if k not in ("made", "measured")} for value in values]
    return kept[0] == kept[1]


def test_a_truncated_file_is_caught(store: Store) -> None:
    made = write(store, rows="some rows of text")
    os.truncate(made.folder / "rows.txt", 4)
    with pytest.raises(ArtifactDamaged, match="not what was written"):
        made.read("rows.txt")


def test_a_document_can_be_created_once_only(store: Store) -> None:
    assert store.create("dga/audit/000001.json", {"action": "promote"})
    assert not store.create("dga/audit/000001.json", {"action": "forge"})
    assert store.document("dga/audit/000001.json") == {"action": "promote"}


def test_a_folder_is_published_once_only(store: Store) -> None:
    assert store.publish_folder("dga/versions/1", {"a.json": b"1"})
    assert not store.publish_folder("dga/versions/1", {"a.json": b"2"})
    assert (store.root / "dga/versions/1/a.json").read_bytes() == b"1"


def test_two_runs_of_one_detector_do_not_meet(store: Store) -> None:
    with store.locked("dga"), pytest.raises(RunBusy, match=r"another run of 'dga'"), store.locked("dga"):
        raise AssertionError("both runs were let in")


def test_a_dead_run_leaves_scratch_that_the_next_one_sweeps(store: Store) -> None:
    left = store.root / "dga/silver/.tmp-dead"
    left.mkdir(parents=True)
    (left / "rows.txt").write_text("half")
    with store.locked("dga"):
        store.sweep("dga/silver")
        assert not left.exists()


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnwritable, match="cannot be used"):
        Store(tmp_path / "file").put("dga/champion.json", {})


WRITER = """
import sys
from pathlib import Path
from detectory.artifacts import Store
store = Store(Path(sys.argv[1]))
for number in range(1000):
    with store.writing("dga/silver", key="k", parents={}, made={"at": str(number)}) as out:
        out.write("rows.txt", b"x" * 200_000)
        out.facts["number"] = number
    print(number, flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_a_whole_artifact_or_none(store: Store) -> None:
    rng = random.Random(3)
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(store.root)], stdout=subprocess.PIPE)
        time.sleep(0.15 + rng.random() * 0.2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = store.find("dga/silver", key="k")
        assert found is None or found.read("rows.txt") == b"x" * 200_000
