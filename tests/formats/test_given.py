"""Tables that are learned from: packed or not, with a header or not, and whole."""

import gzip
from pathlib import Path

import pytest

from detectory.errors import MissingColumn, UnreadableFile
from detectory.formats import given

CSV = b"proto,bytes\ntcp,1\n\nudp,2\n"


def columns(
    path: Path, *, door: dict[str, bool] | None = None, names: list[str] | None = None
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for chunk in given.rows(path, door or {}, names=names):
        for name, column in chunk.columns.items():
            found.setdefault(name, []).extend(column)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_bytes(CSV)
    return path


def test_a_table_is_read_and_blank_lines_are_passed_over(file: Path) -> None:
    assert columns(file) == {"proto": ["tcp", "udp"], "bytes": ["1", "2"]}


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.txt", "rows"])
def test_what_it_holds_decides_and_not_how_it_is_called(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(CSV) if name.endswith(".gz") else CSV)
    assert columns(path) == {"proto": ["tcp", "udp"], "bytes": ["1", "2"]}


def test_objects_may_lack_what_is_optional(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": 1, "b": 2}\n{"a": 3}\n'))
    assert columns(path, door={"a": True, "b": False}) == {"a": [1, 3], "b": [2, None]}


def test_a_file_without_a_header_has_the_names_that_are_given_and_positions(file: Path) -> None:
    found = columns(file, names=["kind"])
    assert found == {"kind": ["proto", "tcp", "udp"], "c2": ["bytes", "1", "2"]}


def test_more_names_than_columns_are_refused(file: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read") as raised:
        columns(file, names=["a", "b", "c"])
    assert "2 columns, and there are 3 names" in raised.value.why


def test_a_line_that_holds_no_row_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "torn.csv"
    path.write_text("a,b\n1,2\n1,2,3\n")
    with pytest.raises(UnreadableFile, match=r"torn\.csv:3"):
        columns(path)


def test_a_column_that_must_be_there_is_missed(file: Path) -> None:
    with pytest.raises(MissingColumn, match="no column 'protocol'"):
        columns(file, door={"protocol": True})


def test_a_broken_gzip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(CSV * 1_000)[:60])
    with pytest.raises(UnreadableFile, match="cannot be read") as raised:
        columns(path)
    assert "its gzip is broken" in raised.value.why
