"""The log kernel equals its plain-Python twin on whatever comes in, and takes no longer for it."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from detectory.blocks.hdfs import LAST, STATEMENTS, statements
from detectory.kernels import columns, listed, logs, statements as kernel
from tests.kernels import twin_logs as twin
from tests.kernels.hostile import examples

TABLE = list(STATEMENTS.items())
WORDS = sorted({piece for text in STATEMENTS.values() for piece in text.split("%s") if piece})

stamps = st.one_of(
    st.just(b""),
    st.from_regex(twin.SHORT, fullmatch=True),
    st.from_regex(twin.ISO, fullmatch=True),
    st.sampled_from([b"081109 203518 ", b"089999 203518 ", b"0811092203518 ", b"2015-10-18 18:01:47,978 "]),
)
pieces = st.one_of(
    st.sampled_from(WORDS).map(str.encode),
    st.sampled_from([b"blk_1", b" blk_-9223372036854775808", b"blk_9223372036854775808", b"blk_-", b"blk_"]),
    st.sampled_from([b"143 INFO dfs.DataNode: ", b": ", b"/10.0.0.1:50010", b" ", b"_", b"b", b"\n"]),
    st.binary(max_size=8),
)
lines = st.builds(lambda stamp, parts: stamp + b"".join(parts), stamps, st.lists(pieces, max_size=8))


def packed(rows: list[bytes]) -> columns.Packed:
    data = np.frombuffer(b"".join(rows), dtype=np.uint8)
    offsets = np.cumsum([0, *map(len, rows)])
    return columns.Packed(data, offsets, np.zeros(len(rows), dtype=np.uint8))


def facts(rows: list[bytes]) -> list[tuple[int, int | None, list[int]]]:
    found = logs.read(packed(rows), statements(), b"blk_")
    times = [None if time == logs.NO_TIME else time for time in found.time.tolist()]
    keys: list[list[int]] = [[] for _ in rows]
    for line, key in zip(found.line.tolist(), found.key.tolist(), strict=True):
        keys[line].append(key)
    return list(zip(found.event.tolist(), times, keys, strict=True))


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(lines, max_size=12))
@example([b"081109 203518 1 INFO x: BLOCK* ask /a to delete blk_1 blk_2 blk_2 blk_1"])
@example([b"", b"000000 000000 ", b"0000-01-01 00:00:00,000 "])
def test_lines_equal_their_twin(rows: list[bytes]) -> None:
    assert facts(rows) == [twin.read(row, TABLE, b"blk_") for row in rows]


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(["a", "ab", "b", "%s", "%s"]), min_size=1, max_size=5)
        .map("".join)
        .filter(lambda text: text.replace("%s", "")),
        max_size=8,
    ),
    st.text("abc", max_size=20),
)
def test_any_table_is_matched_as_its_twin_matches_it(texts: list[str], message: str) -> None:
    table = list(enumerate(texts, start=1))
    assert kernel.Statements(table).match(message.encode()) == twin.match(message.encode(), table)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(
        st.one_of(st.text("E0123456789 ,[]'\"x\t", max_size=30), st.text(max_size=5), st.just("5")),
        max_size=9,
    )
)
def test_numbers_equal_their_twin(texts: list[str]) -> None:
    column = [text for text in texts if text.isprintable() or text.isascii()]
    offsets, ids, wrong = listed.numbers(columns.pack(column), most=LAST)
    expected = [twin.numbers(text, most=LAST) for text in column]
    assert wrong.tolist() == [one is None for one in expected]
    assert np.split(ids, offsets[1:-1]) == [] or [
        part.tolist() for part in np.split(ids, offsets[1:-1])[: len(column)]
    ] == [one or [] for one in expected]


@given(st.lists(st.binary(max_size=5), max_size=9).map(b"\n".join))
def test_a_text_is_split_into_its_lines(text: bytes) -> None:
    found = logs.split(text)
    rows = [text[start:end] for start, end in zip(found.offsets[:-1], found.offsets[1:], strict=True)]
    assert b"".join(rows) == text
    assert all(row.count(b"\n") == row.endswith(b"\n") for row in rows)
    assert all(row.endswith(b"\n") for row in rows[:-1])


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ([(1, "%s")], "has no words"),
        ([(0, "word")], "a number below 1"),
        ([(number, "word") for number in range(1, 66)], "65 statements, and 64 are the most"),
    ],
)
def test_a_table_that_cannot_be_compiled_is_refused(table: list[tuple[int, str]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        kernel.Statements(table)


def test_a_key_begins_with_something() -> None:
    with pytest.raises(ValueError, match="a key begins with something"):
        logs.read(packed([b"x"]), statements(), b"")


def test_a_line_that_nearly_fits_everywhere_takes_no_longer_than_its_length() -> None:
    hostile = [b" Served block " * 70_000, b":" * 1_000_000, b"blk_1 blk_2 " * 80_000, b"_" * 1_000_000]
    started = time.process_time()
    facts(hostile)
    assert time.process_time() - started < 5


def test_lines_of_a_real_log_equal_their_twin(mirror: Path) -> None:
    rows = gzip.decompress((mirror / "hdfs/HDFS_20000.log.gz").read_bytes()).splitlines(keepends=True)[::10]
    found = facts(rows)
    assert found == [twin.read(row, TABLE, b"blk_") for row in rows]
    assert all(event and time and keys for event, time, keys in found)
