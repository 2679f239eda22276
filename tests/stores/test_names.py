"""What whoever writes to a bucket can put in it, and what it cannot make of this machine."""

import json
from pathlib import Path

import pytest

from detectory.artifacts import Access, Store
from detectory.errors import ArtifactDamaged, BadSetting
from detectory.stores.place import parsed
from tests.stores.peers import Peer


@pytest.mark.parametrize(
    "url",
    ["s3://", "s3:///models", "s3://a", "http://models/a", "s3://models/../others", "s3://models/a//b", "s3://M/a"],
)  # fmt: skip
def test_what_names_no_bucket_is_told(url: str) -> None:
    with pytest.raises(BadSetting, match="'store' cannot be used"):
        parsed(url)


def test_a_slash_at_the_end_changes_nothing() -> None:
    assert parsed("gs://models/team/") == parsed("gs://models/team") == ("gs", "models", "team")


@pytest.mark.parametrize(
    "name", ["../../escaped", "/tmp/escaped", "a/../../escaped", "a//b", ".", "a\\b", "a\nb"]
)
def test_a_name_in_a_document_does_not_lead_out_of_the_cache(url: str, access: Access, name: str) -> None:
    store = Store(url, access)
    store.put("dga/versions/1", {"files": {name: "0" * 64}, "by": "a stranger"})
    with pytest.raises(ArtifactDamaged, match="not what was written") as caught:
        store.folder("dga/versions/1")
    assert "a name inside the store" in caught.value.why


def test_a_pointer_does_not_lead_out_of_the_cache(url: str, access: Access) -> None:
    store = Store(url, access)
    with store.writing("dga/silver", key="k", parents={}, made={}) as out:
        out.write("rows.txt", b"rows")
    store.put("dga/silver/by-key/k.json", {"artifact": "../../../../etc"})
    with pytest.raises(ArtifactDamaged, match="not what was written"):
        store.find("dga/silver", key="k")


def test_a_file_beside_a_version_is_not_taken_for_a_part_of_it(url: str, access: Access) -> None:
    store = Store(url, access)
    store.publish_folder("dga/versions/1", {"a.json": b"1"})
    [folder] = store.folder("dga/versions/1").parent.iterdir()
    Store(f"{url}/dga/versions/.files/{folder.name}", access).put("slipped-in.py", {})
    found = Store(url, access).folder("dga/versions/1", anew=True)
    assert [path.name for path in found.iterdir()] == ["a.json"]


def test_a_flipped_bit_is_refused_by_whoever_fetches_it(url: str, access: Access, tmp_path: Path) -> None:
    made = Store(url, access)
    with made.writing("dga/silver", key="k", parents={}, made={}) as out:
        out.write_json("rows.json", [1])
    [artifact] = [name for name in made.listing("dga/silver") if name != "by-key"]
    Store(f"{url}/dga/silver/{artifact}", access).put("rows.json", [2])  # whoever writes there
    stranger = Store(url, Access(access.endpoint, allow_http=True, cache=tmp_path / "other"))
    found = stranger.find("dga/silver", key="k")
    assert found
    with pytest.raises(ArtifactDamaged, match="not what was written") as caught:
        found.read("rows.json")
    assert caught.value.where == f"{url}/dga/silver/{artifact}/rows.json"
    assert not list((tmp_path / "other").rglob(".tmp-*"))


def test_what_was_damaged_on_this_machine_is_fetched_again(url: str, through: Access, peer: Peer) -> None:
    store = Store(url, through)
    with store.writing("dga/silver", key="k", parents={}, made={}) as out:
        out.write_json("rows.json", [1])
    found = store.find("dga/silver", key="k")
    assert found
    asked = len(peer.asked)
    kept = found.path("rows.json")
    assert len(peer.asked) == asked, "what was made here is not fetched"
    kept.write_bytes(b"damaged")
    assert json.loads(found.read("rows.json")) == [1]
    assert len(peer.asked) == asked + 1
