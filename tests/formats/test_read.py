"""Reading files of rows: good rows plus refused ones are the rows read, whatever the bytes are."""

import os
from pathlib import Path

import polars as pl
import pytest

from detectory.errors import MissingColumn, NoSuchFile, UnreadableFile
from detectory.formats.chunk import CHUNK_ROWS
from detectory.formats.read import opened, read
from detectory.formats.source import Form, Source, sniffed
from tests.formats.reading import DOORS, PAIR, chunks, fates, source


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize(
    ("form", "rows"),
    [
        ("lines", [b"a.com", b"b.com"]),
        ("csv", [b"domain,x", b"a.com,1", b"b.com,2"]),
        ("jsonl", [b'{"domain":"a.com"}', b'{"domain":"b.com"}']),
    ],
)
def test_marks_and_line_ends_change_nothing(
    end: bytes, mark: bytes, last: bool, form: Form, rows: list[bytes]
) -> None:
    data = mark + end.join(rows) + (end if last else b"")
    assert [value for _, value in fates(data, form)] == ["a.com", "b.com"]
    assert fates(data) == fates(data, form)


MENDED = {
    "blank": ("lines", b"a.com\n\nb.com", {1: "a.com", 2: "blank_line", 3: "b.com"}),
    "not UTF-8": ("lines", b"a\xff\nb.com", {1: "not_utf8", 2: "b.com"}),
    "NUL": ("lines", b"a\x00b\nb.com", {1: "a\x00b", 2: "b.com"}),
    "beyond ASCII": ("lines", "bücher.de\n".encode(), {1: "bücher.de"}),
    "csv, blank": ("csv", b"domain\na.com\n\nb.com", {2: "a.com", 3: "blank_line", 4: "b.com"}),
    "csv, too few": ("csv", b"domain,x\na.com\nc.com,3", {2: "column_count", 3: "c.com"}),
    "csv, too many": ("csv", b"domain,x\nb.com,1,2\nc.com,3", {2: "column_count", 3: "c.com"}),
    "csv, open quote": ("csv", b'domain,x\n"a.com,1\nb.com,2\n', {2: "bad_csv", 3: "b.com"}),
    "csv, quotes": ("csv", b'domain,x\n"a.com",1\nb.com,2', {2: "a.com", 3: "b.com"}),
    "csv, two lines": ("csv", b'domain,x\nb.com,"two\nlines"\nc.com,3', {2: "b.com", 4: "c.com"}),
    "csv, not UTF-8": ("csv", b"domain,x\na.com,\xff\nb.com,2", {2: "not_utf8", 3: "b.com"}),
    "csv, semicolons": ("csv", b"x;domain\n1;a.com\n", {2: "a.com"}),
    "csv, tabs": ("csv", b"x\tdomain\n1\ta.com\n", {2: "a.com"}),
    "broken": ("jsonl", b'{"domain":"a.com"}\n{broken', {1: "a.com", 2: "bad_json"}),
    "no object": (
        "jsonl",
        b'[1]\n"x"\n{"domain":"a.com"}',
        {1: "not_an_object", 2: "not_an_object", 3: "a.com"},
    ),
    "NaN": ("jsonl", b'{"domain":NaN}\n{"domain":"a.com"}', {1: "bad_json", 2: "a.com"}),
    "1e400": ("jsonl", b'{"domain":1e400}\n{"domain":"a.com"}', {1: "bad_json", 2: "a.com"}),
    "half a surrogate": ("jsonl", b'{"domain":"\\ud800"}\n{"domain":"a.com"}', {1: "bad_json", 2: "a.com"}),
    "json, not UTF-8": (
        "jsonl",
        b'{"domain":"\xff"}\n\n{"domain":null}',
        {1: "not_utf8", 2: "blank_line", 3: None},
    ),
    "no field": ("jsonl", b'{"domain":"a.com"}\n{"x":1}', {1: "a.com", 2: "missing_field"}),
    "deep": ("jsonl", b'{"domain":' + b"[" * 100_000 + b'\n{"domain":"a.com"}', {1: "bad_json", 2: "a.com"}),
}


@pytest.mark.parametrize("what", MENDED)
def test_a_row_that_cannot_be_read_is_refused_in_its_place(what: str) -> None:
    form, data, expected = MENDED[what]
    assert dict(fates(data, form)) == expected


@pytest.mark.parametrize("form", ["lines", "csv", "jsonl"])
def test_a_line_over_one_mebibyte_is_cut_off_and_counted(form: Form) -> None:
    rows = {"lines": b"%s", "csv": b"%s,1", "jsonl": b'{"domain":"%s"}'}[form]
    header = b"domain,x\n" if form == "csv" else b""
    data = header + b"\n".join(rows % name for name in (b"a.com", b"x" * 10_000_000, b"b.com"))
    assert [value for _, value in fates(data, form)] == ["a.com", "line_too_long", "b.com"]


def test_a_quote_that_is_never_closed_costs_one_row() -> None:
    rows = [f"d{number}.com,1" for number in range(30_000)]
    rows[100] = '"' + rows[100]
    found = fates("\n".join(["domain,x", *rows]).encode())
    assert len(found) == 30_000
    assert [value for _, value in found if value == "bad_csv"] == ["bad_csv"]


def test_chunks_are_bounded_by_rows_and_by_bytes() -> None:
    assert max(len(chunk) for chunk in chunks(b"a.com\n" * 20_000)) == CHUNK_ROWS
    assert max(len(chunk) for chunk in chunks((b"x" * 1_000_000 + b"\n") * 40)) <= 17


@pytest.mark.parametrize(
    ("form", "header", "row"),
    [
        ("lines", b"", b"%s\n"),
        ("csv", b"domain\n", b"%s\n"),
        ("jsonl", b"", b'{"domain":"%s"}\n'),
    ],
)
def test_whole_lines_of_a_pipe_are_given_before_the_next_one_is_whole(
    form: Form, header: bytes, row: bytes
) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as stream, open(writing, "wb", buffering=0) as pipe:
        first, second, last = (row % name for name in (b"a.com", b"b.com", b"c.com"))
        pipe.write(header + first + second[:3])
        found = read(Source("standard input", stream), DOORS, form=form)
        given = [next(found).columns["domain"]]
        pipe.write(second[3:] + last.rstrip())
        given.append(next(found).columns["domain"])
        pipe.close()
        given += [chunk.columns["domain"] for chunk in found]
    assert given == [["a.com"], ["b.com"], ["c.com"]]


def test_columns_that_nobody_asked_for_pass_through() -> None:
    [chunk] = chunks(b'{"domain":"a.com","x":1}\n{"domain":"b.com","y":[2]}\n')
    assert chunk.columns == {"domain": ["a.com", "b.com"], "x": [1, None], "y": [None, [2]]}
    assert chunk.asked() == {"domain": ["a.com", "b.com"]}


def test_the_first_door_whose_fields_are_there_is_taken() -> None:
    [chunk] = chunks(b"name,size\na,1\n", "csv", [*DOORS, *PAIR])
    assert chunk.fields == ("name", "size")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"\x1f\x8b\x08\x00", "it is compressed"),
        ("a.com\n".encode("utf-16"), "it is UTF-16"),
        (b"\x00\x01\x00\x00" * 100, "it is binary"),
        (b'[{"domain":"a.com"}]', "one JSON array"),
        (b"domain,x\n", "it holds no row"),
        (b"domain,domain\na,b\n", "two columns have the same name"),
        (b"domain,\na,b\n", "two columns have the same name, or one has none"),
    ],
)
def test_what_no_row_can_be_read_of_is_refused_whole(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        list(chunks(data))
    assert why in refused.value.why
    assert refused.value.fix


def test_a_missing_column_is_answered_with_the_nearest() -> None:
    with pytest.raises(MissingColumn, match="domain") as missing:
        list(chunks(b"domian,x\na.com,1\n"))
    assert "did you mean 'domian'?" in missing.value.why


def test_lines_do_not_do_for_a_row_of_two_fields() -> None:
    with pytest.raises(UnreadableFile, match="cannot be read") as refused:
        list(chunks(b"a\n", "lines", PAIR))
    assert "a row needs name, size" in refused.value.why


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"a.com\nb.com\n", "lines"),
        (b"domain\na.com\n", "csv"),
        (b'"domain"\r\na.com\n', "csv"),
        (b"x,domain\n1,a.com\n", "csv"),
        (b'\n {"domain": "a.com"}\n', "jsonl"),
        (b"PAR1....", "parquet"),
    ],
)
def test_the_first_bytes_tell_the_format(data: bytes, form: Form) -> None:
    assert sniffed(source(data), DOORS) == form


def test_parquet_is_read_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "names.parquet"
    names = [f"d{number}.com" for number in range(20_000)]
    pl.DataFrame({"domain": names, "x": range(20_000)}).write_parquet(path, row_group_size=3_000)
    with opened(str(path)) as file:
        found = list(read(file, DOORS))
    assert [name for chunk in found for name in chunk.columns["domain"]] == names
    assert [line for chunk in found for line in chunk.lines] == list(range(1, 20_001))


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "names.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    with opened(str(path)) as file, pytest.raises(UnreadableFile) as refused:
        list(read(file, DOORS))
    assert "no whole Parquet file" in refused.value.why


def test_parquet_from_a_pipe_is_refused() -> None:
    with pytest.raises(UnreadableFile) as refused:
        list(chunks(b"PAR1...."))
    assert refused.value.fix == "name the file"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile, match="nowhere"), opened(str(tmp_path / "nowhere")):
        pytest.fail("it was opened")


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refused, opened(str(tmp_path)):
        pytest.fail("it was opened")
    assert "directory" in refused.value.why
