"""Zeek logs: the header says what a row is, wherever it comes, and is no row itself."""

import io
import os
from pathlib import Path

import pytest

from detectory.errors import MissingColumn, UnreadableFile
from detectory.formats.chunk import Chunk
from detectory.formats.read import read
from detectory.formats.source import Form, Source, opened, sniffed

DOORS = [{"id.resp_p": True, "service": False}]
HEADER = (
    b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    b"#open\t2020-01-01-00-00-00\n#fields\tts\tid.resp_p\tservice\n#types\ttime\tport\tstring\n"
)
CLOSE = b"#close\t2020-01-01-01-00-00\n"
#: IoT-23 packs the labels that it adds into the last column, with blanks between
LABELLED = (
    b"#separator \\x09\n#unset_field\t-\n#fields\tid.resp_p\ttunnel_parents   label   detailed-label\n"
    b"23\t(empty)   Malicious   PartOfAHorizontalPortScan\n53\t-   Benign   -\n"
)


def chunks(data: bytes, form: Form | None = None) -> list[Chunk]:
    source = Source("conn.log", io.BufferedReader(io.BytesIO(data)))
    return list(read(source, DOORS, form=form))


def fates(data: bytes) -> list[tuple[int, object]]:
    """Every row read, by line: its port, or why there is none."""
    found: list[tuple[int, object]] = []
    for chunk in chunks(data):
        found += zip(chunk.lines, chunk.columns["id.resp_p"], strict=True)
        found += [(one.line, one.reason) for one in chunk.refused]
    return sorted(found, key=lambda one: one[0])


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_log_is_known_by_its_first_bytes_and_its_header_lines_are_no_rows(mark: bytes, end: bytes) -> None:
    data = mark + (HEADER + b"1.5\t23\t-\n2.5\t53\tdns\n" + CLOSE).replace(b"\n", end)
    [chunk] = chunks(data)
    assert chunk.columns == {"ts": ["1.5", "2.5"], "id.resp_p": ["23", "53"], "service": [None, "dns"]}
    assert chunk.lines == [9, 10]
    assert chunk.fields == ("id.resp_p", "service")


def test_a_log_that_begins_with_its_fields_is_known_too() -> None:
    source = Source("standard input", io.BufferedReader(io.BytesIO(b"#fields\tid.resp_p\n23\n")))
    assert sniffed(source, DOORS) == "zeek"


def test_the_header_says_how_unset_and_empty_are_spelled_and_what_parts_the_columns() -> None:
    header = b"#separator \\x7c\n#empty_field|nothing\n#unset_field|NULL\n#fields|id.resp_p|service\n"
    [chunk] = chunks(header + b"23|NULL\n53|nothing\n80|-\n")
    assert chunk.columns["service"] == [None, "", "-"]


def test_logs_that_were_joined_may_name_other_columns() -> None:
    other = b"#fields\tservice\tid.resp_p\n"
    first, second = chunks(HEADER + b"1.5\t23\t-\n" + CLOSE + other + b"dns\t53\n" + CLOSE)
    assert first.columns["id.resp_p"] == ["23"]
    assert second.columns == {"service": ["dns"], "id.resp_p": ["53"]}
    assert second.lines == [12]


def test_the_labels_of_iot_23_are_columns_of_their_own() -> None:
    [chunk] = chunks(LABELLED)
    assert chunk.columns["tunnel_parents"] == ["", None]
    assert chunk.columns["label"] == ["Malicious", "Benign"]
    assert chunk.columns["detailed-label"] == ["PartOfAHorizontalPortScan", None]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1.5\t23\n", "column_count"),
        (b"1.5\t23\t-\t-\n", "column_count"),
        (b"\n", "blank_line"),
        (b"1.5\t23\t\xff\n", "not_utf8"),
        (b"1.5\t23\t" + b"x" * 2_000_000 + b"\n", "line_too_long"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_in_its_place(row: bytes, reason: str) -> None:
    assert fates(HEADER + b"1.5\t22\t-\n" + row + b"1.5\t24\t-\n") == [(9, "22"), (10, reason), (11, "24")]


def test_rows_of_a_live_log_are_given_as_they_arrive() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as stream, open(writing, "wb", buffering=0) as pipe:
        pipe.write(HEADER + b"1.5\t23\t-\n2.5\t5")
        found = read(Source("standard input", stream), DOORS)
        given = [next(found).columns["id.resp_p"]]
        pipe.write(b"3\tdns\n" + CLOSE)
        given.append(next(found).columns["id.resp_p"])
        pipe.close()
        given += [chunk.columns["id.resp_p"] for chunk in found]
    assert given == [["23"], ["53"]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"#separator \\x09\n1.5\t23\t-\n", r"a row comes before the line #fields\n.*conn.log:2"),
        (b"#fields\tid.resp_p\tid.resp_p\n", "names a column twice"),
        (HEADER + CLOSE, "it holds no row"),
    ],
)
def test_a_log_that_cannot_be_read_says_why(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableFile, match=why):
        chunks(data)


def test_a_log_without_what_the_detector_asks_for_names_it() -> None:
    with pytest.raises(MissingColumn, match=r"no column 'id\.resp_p'"):
        chunks(b"#fields\tts\tquery\n1.5\texample.com\n")


def test_a_log_can_be_named_where_its_suffix_says_otherwise() -> None:
    source = Source("conn.txt", io.BufferedReader(io.BytesIO(HEADER + b"1.5\t23\t-\n")))
    [chunk] = read(source, DOORS, form="zeek")
    assert chunk.columns["id.resp_p"] == ["23"]


def test_the_ending_log_says_lines_only_where_the_first_bytes_say_nothing_else(tmp_path: Path) -> None:
    plain, zeek, objects = (tmp_path / f"{name}.log" for name in ("plain", "zeek", "objects"))
    plain.write_bytes(b"081109 INFO one, two; three\n")
    zeek.write_bytes(b"#separator \\x09\n#fields\tline\nx\n")
    objects.write_bytes(b'{"line": "x"}\n')
    for path, line in ((plain, "081109 INFO one, two; three"), (zeek, "x"), (objects, "x")):
        with opened(str(path)) as source:
            [chunk] = read(source, [{"line": True}])
        assert chunk.asked() == {"line": [line]}
