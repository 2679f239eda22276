"""The public originals of the real lists: pinned as the mirror's, fetched, and read like them."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from detectory import detectors
from detectory.detector import Origin, Sources, open_folder
from detectory.detectors.dga.lists import family_of
from detectory.detectors.dga.source import extract, originals
from tests.answering import answering

# in the form of the lists; the machine-made names are ours
FILES = {
    "dga/baderj/qakbot_example_domains.txt": "bqkrtxgkmriwsiwcngtivpx.info\nqqyvjxwwpbbfcuxwu.com\n",
    "dga/benign/opendns-top-domains.txt": "google.com\nfacebook.com\n",
    "dga/chrmor/dga_domains_sample.csv": "dga,emotet,aemimehobaryfyyx.eu\nlegit,alexa,wikipedia.org\n",
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is its own."""


class Recorded:
    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = {}

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        shown = zip(columns["domain"], columns["label"], columns["population"], strict=True)
        self.rows.setdefault(source, []).extend(shown)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server of ``FILES`` on this machine."""
    for name, text in FILES.items():
        path = tmp_path / "www" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    handler = partial(Quiet, directory=str(tmp_path / "www"))
    with answering(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as url:
        yield url


def pinned(address: str) -> str:
    """An ``originals.toml`` of ``FILES``."""
    pins = [
        f'[[originals]]\nfile = "{name}"\nurl = "{address}/{name}"\nbytes = {len(text)}\n'
        f'sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"\n'
        for name, text in FILES.items()
    ]
    return "\n".join(pins)


def test_originals_are_fetched_once_and_read_like_the_mirrors_lists(address: str, tmp_path: Path) -> None:
    folder = shutil.copytree(detectors.load("dga").folder, tmp_path / "dga")
    (folder / "originals.toml").write_text(pinned(address))
    source = open_folder(folder).part("source")
    sources = Sources(None, (), seed=0, downloads=tmp_path / "downloads")
    recorded = Recorded()
    source.extract(recorded, sources=sources)
    assert recorded.rows["dga/baderj/qakbot_example_domains.txt"] == [
        ("bqkrtxgkmriwsiwcngtivpx.info", "qakbot", "baderj"),
        ("qqyvjxwwpbbfcuxwu.com", "qakbot", "baderj"),
    ]
    assert recorded.rows["dga/benign/opendns-top-domains.txt"] == [
        ("google.com", "benign", "opendns"),
        ("facebook.com", "benign", "opendns"),
    ]
    assert recorded.rows["dga/chrmor/dga_domains_sample.csv"] == [
        ("wikipedia.org", "benign", "chrmor"),
        ("aemimehobaryfyyx.eu", "emotet", "chrmor"),
    ]
    shutil.rmtree(tmp_path / "www")  # what was fetched is kept
    source.extract(recorded, sources=sources)


def test_only_given_asks_no_network(tmp_path: Path) -> None:
    recorded = Recorded()
    extract(recorded, sources=Sources(None, (), seed=0, only_given=True, downloads=tmp_path))
    assert recorded.rows == {}
    assert list(tmp_path.iterdir()) == []


def test_every_pin_names_a_commit_and_a_list_that_its_name_tells() -> None:
    for pin in originals():
        assert pin.url.startswith("https://raw.githubusercontent.com/")
        assert len(pin.url.split("/")[5]) == 40, "a branch may move, a commit may not"
        assert family_of(Path(pin.file).name)
    assert len({pin.sha256 for pin in originals()}) == len({pin.file for pin in originals()}) == 84


def test_the_originals_are_those_of_the_mirrors_lists(mirror: Path) -> None:
    listed = {entry["path"] for entry in json.loads((mirror / "index.json").read_text())["files"]}
    assert {f"{pin.file}.gz" for pin in originals()} == {path for path in listed if path.startswith("dga/")}
    upstream = json.loads((mirror / "upstream.json").read_text())["files"]
    known = {(entry["url"], entry["sha256"], entry["bytes"]) for entry in upstream}
    assert {(pin.url, pin.sha256, pin.bytes) for pin in originals()} <= known


def test_a_list_that_the_mirror_holds_whole_has_the_pinned_digest(mirror: Path) -> None:
    held = [(pin, gzip.decompress((mirror / f"{pin.file}.gz").read_bytes())) for pin in originals()]
    whole = [(pin, body) for pin, body in held if len(body) == pin.bytes]
    assert len(whole) == 25
    assert all(hashlib.sha256(body).hexdigest() == pin.sha256 for pin, body in whole)
