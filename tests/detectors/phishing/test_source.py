"""The published forms of lists of URLs, read as found; made-up URLs in each."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from detectory.detector import Origin, Sources
from detectory.detectors.phishing.lists import rows_of
from detectory.detectors.phishing.source import extract, originals, population_of
from detectory.errors import MissingColumn, UnreadableFile


def rows(folder: Path, name: str, text: str) -> list[tuple[str, str, str, int]]:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return [tuple(row) for row in rows_of(path)]


def test_label_and_url_with_a_tab_between_them_and_a_header_or_none(tmp_path: Path) -> None:
    text = "phishing\thttp://a.example/\nlegitimate\thttp://b.example/x\ty\n"
    expected = [("http://a.example/", "phishing", "", 1), ("http://b.example/x\ty", "legitimate", "", 2)]
    assert rows(tmp_path, "train.txt", text) == expected
    shifted = [(url, label, day, line + 1) for url, label, day, line in expected]
    assert rows(tmp_path, "val.txt", f"label\turl\n{text}") == shifted


def test_a_json_list_is_of_the_class_that_its_file_is_named_after(tmp_path: Path) -> None:
    text = '["http://a.example/", "b.example"]'
    found = rows(tmp_path, "data_phishing_37175.json.gz", text)
    assert found == [("http://a.example/", "phishing", "", 1), ("b.example", "phishing", "", 2)]
    assert {row[1] for row in rows(tmp_path, "x_legitimate.json", text)} == {"legitimate"}


def test_a_table_of_labels_and_urls_in_either_order(tmp_path: Path) -> None:
    text = 'Labels,URLs\n1,https://a.example/\n0,"https://b.example/1,2"\n'
    assert [row[:2] for row in rows(tmp_path, "urls.csv", text)] == [
        ("https://a.example/", "phishing"),
        ("https://b.example/1,2", "legitimate"),
    ]
    assert rows(tmp_path, "other.csv", "url,type\na.example,benign\n") == [("a.example", "legitimate", "", 2)]


def test_a_benign_list_without_a_header_and_with_commas(tmp_path: Path) -> None:
    text = 'http://a.example/1,2\n"http://b.example/""x"""\n\n'
    assert [row[:2] for row in rows(tmp_path, "1.Benign_list_big_final.csv", text)] == [
        ("http://a.example/1,2", "legitimate"),
        ('http://b.example/"x"', "legitimate"),
    ]


def test_phishtank_is_all_phishing_and_says_on_which_day(tmp_path: Path) -> None:
    header = "phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target"
    line = '7,"http://a.example/?x=1,2",http://p.example,2020-05-09T22:01:43+00:00,yes,,yes,Other'
    found = rows(tmp_path, "2.online-valid.csv", f"{header}\n{line}\n")
    assert found == [("http://a.example/?x=1,2", "phishing", "2020-05-09", 2)]


def test_bytes_that_are_no_text_go_on_escaped_and_a_byte_order_mark_does_not(tmp_path: Path) -> None:
    path = tmp_path / "phishing.txt"
    path.write_bytes(b"\xef\xbb\xbfhttp://a.example/\xff\n")
    assert [row.url for row in rows_of(path)] == ["http://a.example/\\xff"]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("urls.txt", "http://a.example/\n", "does not say what its URLs are"),
        ("phishing.txt", "", "it is empty"),
        ("phishing.json", "[1, ", "Expecting value"),
        ("urls.csv", "url,label\na.example,maybe\n", "'maybe' names no class"),
        ("urls.csv", 'label,url\nphishing,"a.example\nphishing,b.example\n', "unexpected end of data"),
        ("train.txt", "phishing\ta.example\nmaybe\tb.example\n", "'maybe' names no class"),
        ("phishing.txt", "a\0b\n", "NUL byte"),
        ("phishing.txt.gz", "x", "Not a gzipped file"),
    ],
)
def test_what_is_no_list_of_urls_is_refused(tmp_path: Path, name: str, text: str, why: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UnreadableFile, match=why):
        list(rows_of(path))


def test_a_table_without_labels_is_refused_with_the_columns_it_has(tmp_path: Path) -> None:
    with pytest.raises(MissingColumn, match="label"):
        rows(tmp_path, "urls.csv", "url,score\na.example,1\n")


class Recorded:
    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        shown = zip(*(columns[name] for name in ("url", "label", "population", "batch")), strict=True)
        self.rows += [(*row, source, origin) for row in shown]


def test_the_files_of_a_user_are_what_he_says_of_them(tmp_path: Path) -> None:
    path = tmp_path / "phishing.txt"
    path.write_text("http://a.example/\n")
    into = Recorded()
    extract(into, sources=Sources(None, (path,), seed=0, only_given=True, origin="synthetic"))
    assert into.rows == [("http://a.example/", "phishing", "given", "", "given/phishing.txt", "synthetic")]


def test_originals_are_pinned_under_the_names_of_the_mirror() -> None:
    assert {population_of(pin.file) for pin in originals()} == {"ebbu2017", "iscx2016", "phishtank"}
    assert all(pin.file.startswith("phishing/") and "/raw" not in pin.file for pin in originals())
