"""Where a detector may read from: the mirror, the network, or neither; and what is said of it afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from detectory.detector import REAL_LISTS, Lists, Sources
from detectory.downloads import Pin
from detectory.errors import ArtifactDamaged
from detectory.library import Workspace, run, workspace
from detectory.settings import Settings
from tests.toy.make import make_home

HERE = Path("somewhere")


@pytest.mark.parametrize(
    ("mirror", "downloads", "only_given", "lists"),
    [
        (None, None, False, "none"),
        (HERE, None, False, "mirror"),
        (None, HERE, False, "network"),
        (HERE, HERE, False, "mirror"),
        (HERE, HERE, True, "none"),
    ],
)
def test_real_lists_come_from_the_mirror_or_else_the_network_or_from_nowhere(
    mirror: Path | None, downloads: Path | None, only_given: bool, lists: Lists
) -> None:
    sources = Sources(mirror, (), seed=0, only_given=only_given, downloads=downloads)
    assert sources.lists == lists


def test_the_network_is_off_until_it_is_set(tmp_path: Path) -> None:
    assert workspace(tmp_path).sources().downloads is None
    allowed = workspace(tmp_path, ["network=true"])
    assert allowed.sources().downloads == allowed.store.root / "downloads"


def test_without_a_network_nothing_is_fetched() -> None:
    pin = Pin(file="a.txt", url="https://example.com/a.txt", sha256="0" * 64, bytes=1)
    assert Sources(None, (), seed=0).fetched(pin) is None


def test_a_kept_original_is_read_without_asking_and_refused_when_a_bit_has_flipped(tmp_path: Path) -> None:
    body = b"bqkrtxgkmriwsiwcngtivpx.info\n"
    digest = hashlib.sha256(body).hexdigest()
    pin = Pin(file="qakbot.txt", url="https://example.invalid/qakbot.txt", sha256=digest, bytes=len(body))
    sources = Sources(None, (), seed=0, downloads=tmp_path)
    (tmp_path / digest).write_bytes(body)
    assert sources.fetched(pin) == tmp_path / digest
    (tmp_path / digest).write_bytes(b"c" + body[1:])
    with pytest.raises(ArtifactDamaged, match=digest) as caught:
        sources.fetched(pin)
    assert "remove the file" in caught.value.fix


@pytest.mark.parametrize(("network", "lists"), [(False, "none"), (True, "network")])
def test_the_lineage_and_the_report_say_where_real_lists_came_from(
    tmp_path: Path, network: bool, lists: Lists
) -> None:
    home = _with(make_home(tmp_path, origin="generated"), network=network)
    report = run("toy", within=home).artifacts["judge"].read("report.md").decode()
    assert REAL_LISTS[lists] in home.scorer("toy").bundle.manifest.lineage["notes"]
    assert REAL_LISTS[lists][1:] in report


def test_allowing_the_network_makes_bronze_again(toy_home: Workspace) -> None:
    toy_home = _with(toy_home, network=False)
    first = run("toy", stages=["bronze"], within=toy_home).artifacts["bronze"]
    second = run("toy", stages=["bronze"], within=_with(toy_home, network=True)).artifacts["bronze"]
    assert (first.facts["lists"], second.facts["lists"]) == ("none", "network")


def test_a_changed_pin_makes_bronze_again_and_a_changed_gate_does_not(toy_home: Workspace) -> None:
    def bronze() -> str:
        seen: dict[str, str] = {}
        run(
            "toy", stages=["bronze"], within=toy_home,
            watch=lambda event: seen.__setitem__(event.stage, event.state),
        )  # fmt: skip
        return seen["bronze"]

    folder = toy_home.own / "toy"
    assert bronze() == "made"
    (folder / "detector.toml").write_text((folder / "detector.toml").read_text() + "\n# a gate\n")
    assert bronze() == "kept"
    (folder / "originals.toml").write_text("# a pin\n")
    assert bronze() == "made"


def _with(home: Workspace, *, network: bool) -> Workspace:
    return Workspace(home.root, Settings(network=network))
