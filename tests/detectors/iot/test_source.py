"""What the source of iot reads: the published forms, as found, and no address of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from detectory import detectors
from detectory.detector import Origin, Sources, open_folder
from detectory.detectors.iot.source import FIELDS, extract, groups, originals
from detectory.errors import DetectoryError, MissingColumn, NothingToRead, UnreadableFile
from detectory.library import run
from tests.detectors.iot.made import make
from tests.toy.make import make_home

LOG = b"#separator \\x09\n#unset_field\t-\n#fields\tts\tid.orig_h\tid.resp_p\tproto\n"
LABELLED = (
    b"#separator \\x09\n#unset_field\t-\n#fields\tid.resp_p\tproto\ttunnel_parents   label   detailed-label\n"
    b"23\ttcp\t(empty)   Malicious   C&C\n53\tudp\t-   Benign   -\n"
)
CSV = b"id.resp_p,proto,label,detailed-label\n6667,tcp,Malicious,C&C\n"


class Recorded:
    """Keeps what ``extract`` adds."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.origins: set[Origin] = set()

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        self.rows.setdefault(source, []).extend(rows)
        self.origins.add(origin)

    def column(self, name: str) -> list[Any]:
        return [row[name] for rows in self.rows.values() for row in rows]


def extracted(*given: Path, mirror: Path | None = None) -> Recorded:
    recorded = Recorded()
    extract(recorded, sources=Sources(mirror=mirror, given=given, seed=0, only_given=mirror is None))
    return recorded


def test_every_published_form_gives_the_same_columns(tmp_path: Path) -> None:
    files = make(tmp_path, seed=1)
    recorded = extracted(*files)
    assert list(recorded.rows) == [f"given/{path.name}" for path in files]
    kept = [*FIELDS, "label", "population", "batch", "line"]
    assert all(list(row) == kept for rows in recorded.rows.values() for row in rows)
    assert {type(value) for name in FIELDS for value in recorded.column(name)} == {str, type(None)}


def test_rows_know_their_line_and_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "conn.log.labeled"
    path.write_bytes(LABELLED)
    recorded = extracted(path)
    assert recorded.column("line") == [4, 5]
    assert recorded.column("label") == ["C&C", "benign"]
    assert recorded.column("population") == ["given"] * 2


def test_benign_may_be_written_in_lower_case_and_a_kind_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(
        "id.resp_p,proto,label,detailed-label\n1,tcp,benign,-\n2,tcp,Malicious,-\n3,tcp,MALICIOUS,DDoS\n"
    )
    assert extracted(path).column("label") == ["benign", "malicious", "DDoS"]


def test_a_log_of_clean_devices_needs_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "benign_camera.log.gz"
    path.write_bytes(gzip.compress(LOG + b"1.5\t192.0.2.1\t53\tudp\n"))
    recorded = extracted(path)
    assert recorded.column("label") == ["benign"]
    assert recorded.column("population") == ["clean"]


def test_what_is_said_to_be_made_up_is_synthetic(tmp_path: Path) -> None:
    path = tmp_path / "conn.log.labeled"
    path.write_bytes(LABELLED)
    recorded = Recorded()
    extract(recorded, sources=Sources(None, (path,), 0, only_given=True, origin="synthetic"))
    assert recorded.origins == {"synthetic"}


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("conn.log", LOG + b"1.5\t192.0.2.1\t53\tudp\n", MissingColumn, "no column 'label'"),
        ("flows.csv", b"port,label\n23,Benign\n", MissingColumn, "no column 'id.resp_p'"),
        (
            "flows.csv",
            b"id.resp_p,proto,label\n23,tcp,maybe\n",
            UnreadableFile,
            "'maybe' is neither.*\n.*csv:2",
        ),
        ("flows.csv", b"id.resp_p,proto,label\n23,tcp\n", UnreadableFile, "more or fewer columns.*\n.*csv:2"),
        ("flows.csv.gz", gzip.compress(CSV, mtime=0)[:-9], UnreadableFile, "ended before"),
        ("flows.csv", b"", UnreadableFile, "it is empty"),
    ],
)
def test_a_file_that_cannot_be_learned_from_says_why(
    tmp_path: Path, name: str, content: bytes, error: type[DetectoryError], message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=message):
        extracted(path)


def test_a_missing_file_is_an_answer_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        extracted(tmp_path / "conn.log.labeled")


def test_without_mirror_network_and_files_a_run_says_how_to_get_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DETECTORY_MIRROR", raising=False)
    home = make_home(tmp_path, origin="generated")
    with pytest.raises(NothingToRead, match="mirror"):
        run("iot", within=home)


def test_flows_that_are_alike_in_all_that_features_read_are_one_group() -> None:
    rows: dict[str, list[Any]] = {name: ["1", "1", "1"] for name in FIELDS}
    first, second, third = groups(rows | {"ts": [1.5, 2.5, 3.5], "history": ["S", "S", "Sr"]})
    assert first == second != third


def test_flows_are_told_apart_by_what_groups_them() -> None:
    assert detectors.load("iot").spec.unique_by == list(FIELDS[1:])


def test_the_originals_are_whole_files_of_the_two_repositories() -> None:
    folders = Counter(pin.file.split("/")[1] for pin in originals())
    assert folders == {"iot23_benign_zeek": 8, "iot23_lpeifeng": 14}
    assert all("/raw.githubusercontent.com/" in pin.url for pin in originals())


def test_originals_that_were_fetched_are_read_like_the_mirrors_files(tmp_path: Path) -> None:
    files = {"iot/iot23_benign_zeek/b1.log": LOG + b"1.5\t192.0.2.1\t53\tudp\n", "iot/iot23_x/a.csv": CSV}
    folder = shutil.copytree(detectors.load("iot").folder, tmp_path / "iot")
    (folder / "originals.toml").write_text("\n".join(pinned(*one) for one in files.items()))
    kept = tmp_path / "downloads"
    kept.mkdir()
    for body in files.values():
        (kept / hashlib.sha256(body).hexdigest()).write_bytes(body)
    recorded = Recorded()
    open_folder(folder).part("source").extract(recorded, sources=Sources(None, (), seed=0, downloads=kept))
    assert recorded.column("population") == ["clean", "infected"]
    assert recorded.column("label") == ["benign", "C&C"]


def pinned(name: str, body: bytes) -> str:
    """A table of an ``originals.toml``."""
    digest = hashlib.sha256(body).hexdigest()
    url = "https://example.com/a"
    return f'[[originals]]\nfile = "{name}"\nurl = "{url}"\nbytes = {len(body)}\nsha256 = "{digest}"\n'


def test_the_originals_are_those_that_the_mirror_names(mirror: Path) -> None:
    upstream = json.loads((mirror / "upstream.json").read_text())["files"]
    known = {(entry["url"], entry["sha256"], entry["bytes"]) for entry in upstream}
    assert {(pin.url, pin.sha256, pin.bytes) for pin in originals()} <= known


def test_the_mirror_is_read_whole(mirror: Path) -> None:
    recorded = extracted(mirror=mirror)
    assert Counter(recorded.column("population")) == {"infected": 41_819, "clean": 1_570}
    assert Counter(recorded.column("label"))["benign"] == 22_541 + 1_570
