"""Rows come from the published files as they are, each form told by its name or header."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from detectory.detector import Origin, Sources
from detectory.detectors.hdfs.forms import form_of, rows
from detectory.detectors.hdfs.source import extract, groups, originals
from detectory.errors import NothingToRead, UnreadableFile
from detectory.library import run, workspace
from tests.detectors.hdfs.made import blocks, labels, log, matrix, traces


class Collected:
    """Where rows and labels go in these tests."""

    def __init__(self) -> None:
        self.added: list[tuple[str, Origin, dict[str, list[Any]]]] = []
        self.told: list[dict[str, list[Any]]] = []

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        self.added.append((source, origin, columns))

    def labels(self, columns: dict[str, list[Any]], *, source: str) -> None:
        self.told.append(columns)


def extracted(*given: Path) -> Collected:
    into = Collected()
    extract(into, sources=Sources(None, given, seed=0, only_given=True, origin="synthetic"))
    return into


def test_traces_bring_sequence_latency_and_label(tmp_path: Path) -> None:
    found = list(blocks(20, seed=5))
    [(source, origin, columns)] = extracted(traces(tmp_path / "Event_traces.csv", found)).added
    assert (source, origin) == ("given/Event_traces.csv", "synthetic")
    assert columns["block"] == [one.name for one in found]
    assert columns["label"] == ["fail" if one.fails else "normal" for one in found]
    assert re.findall(r"\d+", columns["sequence"][0]) == [str(event) for event in found[0].events]
    assert columns["line"] == list(range(2, 22))


def test_a_matrix_brings_counts(tmp_path: Path) -> None:
    [(_, _, columns)] = extracted(matrix(tmp_path / "counts.csv", list(blocks(3, seed=6)))).added
    assert columns["E5"] == ["3", "3", "3"]
    assert columns["latency_s"] == [None] * 3


def test_a_log_brings_lines_and_another_file_their_labels(tmp_path: Path) -> None:
    found = list(blocks(3, seed=7))
    into = extracted(log(tmp_path / "HDFS.log", found), labels(tmp_path / "anomaly_label.csv", found))
    [(_, _, columns)] = into.added
    assert len(columns["log_line"]) == sum(len(one.events) for one in found)
    assert set(columns["label"]) == {""}
    assert into.told[0]["block"] == [one.name for one in found]


@pytest.mark.parametrize(
    ("name", "text", "label"),
    [
        ("hdfs_test_abnormal.csv", "blk_1,5 22 5\nblk_2,5\n", "fail"),
        ("hdfs_normal_train.txt", "5 22 5 \n5\n", "normal"),
    ],
)
def test_sequences_without_a_header_are_labelled_by_their_name(
    tmp_path: Path, name: str, text: str, label: str
) -> None:
    (tmp_path / name).write_text(text)
    [(_, _, columns)] = extracted(tmp_path / name).added
    assert [one.strip() for one in columns["sequence"]] == ["5 22 5", "5"]
    assert columns["label"] == [label] * 2


def test_any_file_may_be_compressed(tmp_path: Path) -> None:
    (tmp_path / "a_normal.txt.gz").write_bytes(gzip.compress(b"5 22\n"))
    assert extracted(tmp_path / "a_normal.txt.gz").added[0][2]["sequence"] == ["5 22"]


def test_a_table_of_ones_own_names_its_columns(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("sequence,label\n5 22,normal\n5 7,1\n")
    [(_, _, columns)] = extracted(tmp_path / "mine.csv").added
    assert (columns["label"], columns["block"]) == (["normal", "fail"], [None, None])


def test_what_is_none_of_these_is_refused_with_what_would_do(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("google.com\n")
    with pytest.raises(UnreadableFile, match="cannot be read") as caught:
        form_of(tmp_path / "names.txt")
    assert "anomaly_label.csv" in caught.value.fix


def test_a_label_that_is_not_known_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("sequence,label\n5 22,normal\n5 7,maybe\n")
    with pytest.raises(UnreadableFile, match="cannot be read") as caught:
        list(rows(tmp_path / "mine.csv", "traces"))
    assert caught.value.where.endswith("mine.csv:3")


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a_normal.txt.gz").write_bytes(b"no gzip")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        extracted(tmp_path / "a_normal.txt.gz")


def test_without_mirror_network_and_files_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead, match="gave no row") as caught:
        run("hdfs", stages=["bronze"], within=workspace(tmp_path, ["mirror="]))
    assert "set a mirror" in caught.value.fix


def test_one_sequence_is_one_group() -> None:
    assert groups({"sequence": ["5 22", "5", "5 22"]}) == ["5 22", "5", "5 22"]


def test_every_original_is_pinned_to_a_commit_and_says_its_label() -> None:
    for pin in originals():
        assert re.search(r"/[0-9a-f]{40}/", pin.url)
        assert "normal" in pin.file
