"""What holds in every place that artifacts are kept in, a folder or a bucket."""

from collections.abc import Callable

import pytest

from detectory.artifacts import Artifact, Store
from detectory.errors import ArtifactDamaged, RunBusy

Anywhere = Callable[[str], Store]


@pytest.fixture
def store(anywhere: Anywhere) -> Store:
    return anywhere("here")


@pytest.fixture
def elsewhere(anywhere: Anywhere) -> Store:
    """The same place, from a machine that has fetched nothing yet."""
    return anywhere("elsewhere")


def write(store: Store, key: str = "k1", text: str = "some rows") -> Artifact:
    with store.writing("dga/silver", key=key, parents={"bronze": "b"}, made={"at": "noon"}) as out:
        out.write("rows.txt", text.encode())
        out.write("deep/more.txt", b"more")
        out.facts["rows"] = 1
    found = store.find("dga/silver", key=key)
    assert found
    return found


def test_an_artifact_is_read_by_whoever_comes(store: Store, elsewhere: Store) -> None:
    made = write(store)
    found = elsewhere.find("dga/silver", key="k1")
    assert found
    assert (found.digest, found.facts) == (made.digest, {"rows": 1})
    assert found.names() == ["deep/more.txt", "rows.txt"]
    assert found.read("deep/more.txt") == b"more"
    assert found.path("rows.txt").read_bytes() == b"some rows"


def test_what_nobody_wrote_is_not_found(store: Store) -> None:
    assert store.find("dga/silver", key="k1") is None
    assert store.document("dga/champion.json") is None
    assert store.listing("dga/versions") == []


def test_a_failure_while_writing_leaves_nothing_behind(store: Store) -> None:
    def fail() -> None:
        with store.writing("dga/silver", key="k", parents={}, made={}) as out:
            out.write("rows.txt", b"half")
            raise ValueError("the power went")

    with pytest.raises(ValueError, match="the power went"):
        fail()
    assert store.find("dga/silver", key="k") is None
    assert store.listing("dga/silver") == []
    assert not list(store.root.rglob(".tmp-*"))


def test_the_same_content_is_the_same_artifact_whoever_makes_it(store: Store, elsewhere: Store) -> None:
    first, second = write(store), write(elsewhere)
    assert first.digest == second.digest
    assert store.listing("dga/silver") == sorted([first.digest, "by-key"])


def test_a_document_can_be_created_once_only(store: Store, elsewhere: Store) -> None:
    assert store.create("dga/audit/000001.json", {"action": "promote"})
    assert not elsewhere.create("dga/audit/000001.json", {"action": "forge"})
    assert elsewhere.document("dga/audit/000001.json") == {"action": "promote"}


def test_a_document_is_jotted_down_over_the_one_before_it_and_removed(store: Store, elsewhere: Store) -> None:
    store.jot("journal/run.json", {"state": "running"})
    store.jot("journal/run.json", {"state": "done"})
    assert elsewhere.document("journal/run.json") == {"state": "done"}
    elsewhere.remove("journal/run.json")
    elsewhere.remove("journal/run.json")
    assert store.listing("journal") == []


def test_a_pointer_is_swapped_only_as_it_was_read(store: Store, elsewhere: Store) -> None:
    nothing = store.swappable("dga/champion.json")
    assert store.swap(nothing, {"version": 1})
    assert not elsewhere.swap(nothing, {"version": 7})
    first = elsewhere.swappable("dga/champion.json")
    assert elsewhere.swap(first, {"version": 2})
    assert not store.swap(first, {"version": 3})
    found = store.document("dga/champion.json")
    assert found
    assert (found["version"], len(found["changes"])) == (2, 2)


def test_a_pointer_that_went_and_came_back_is_not_as_it_was_read(store: Store) -> None:
    store.swap(store.swappable("dga/champion.json"), {"version": 1})
    first = store.swappable("dga/champion.json")
    store.swap(first, {"version": 2})
    store.swap(store.swappable("dga/champion.json"), {"version": 1})
    assert not store.swap(first, {"version": 3})


def test_a_folder_is_published_once_and_whole(store: Store, elsewhere: Store) -> None:
    assert store.publish_folder("dga/versions/1", {"a.json": b"1", "b/c.json": b"2"})
    assert not elsewhere.publish_folder("dga/versions/1", {"a.json": b"3"})
    assert elsewhere.publish_folder("dga/versions/10", {"a.json": b"4"})
    assert store.listing("dga/versions") == ["1", "10"]
    folder = elsewhere.folder("dga/versions/1")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {"a.json", "b/c.json"}
    assert (folder / "b/c.json").read_bytes() == b"2"


def test_two_runs_on_one_machine_do_not_meet(store: Store) -> None:
    with store.locked("dga"), pytest.raises(RunBusy, match=r"another run of 'dga'"), store.locked("dga"):
        raise AssertionError("both runs were let in")


def test_a_place_that_works_is_found_to_work_and_left_as_it_was(store: Store) -> None:
    store.check()
    assert store.exists()
    assert store.listing("") == []


def test_an_artifact_that_lacks_its_manifest_is_told(store: Store) -> None:
    with pytest.raises(ArtifactDamaged, match="not what was written") as caught:
        store.get("dga/silver", "0" * 64)
    assert caught.value.why == "expected a file, found nothing"
