"""A log as a stream: each block is judged when it is complete, and again when it speaks up later."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from detectory.cli.main import answered
from detectory.cli.scoring import answered_rows
from detectory.cli.session import Session
from detectory.cli.streams import Stream
from detectory.doors import Window
from detectory.formats.chunk import CHUNK_ROWS, Chunk
from detectory.judge.recertify import evidence
from detectory.library import Workspace
from detectory.runtime import AlertScorer, Record, Scorer
from tests.detectors.hdfs.made import blocks, line_of, lines

Ask = Callable[..., tuple[list[dict[str, Any]], str]]


@pytest.fixture(scope="module")
def home(made: Callable[[str], Workspace]) -> Workspace:
    return made("hdfs")


@pytest.fixture(scope="module")
def scorer(home: Workspace) -> Scorer:
    return home.scorer("hdfs", "1")


@pytest.fixture
def ask(home: Workspace, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Ask:
    """Score a log: its records, and what was said."""

    def asked(log: list[str], *options: str) -> tuple[list[dict[str, Any]], str]:
        (tmp_path / "app.log").write_text("".join(f"{line}\n" for line in log), encoding="utf-8")
        arguments = ["-C", str(home.root), "score", "hdfs@1", str(tmp_path / "app.log"), *options]
        assert answered(arguments, Session(environment={})) == 0
        out, err = capsysbinary.readouterr()
        return [json.loads(line) for line in out.splitlines()] if not options else [
            {"out": out}
        ], err.decode()

    return asked


def log(count: int, *, seed: int) -> list[str]:
    return list(lines(list(blocks(count, seed=seed))))


def answers(scorer: Scorer, log: list[str], *, cut: int, window: Window) -> Iterator[Record]:
    door = scorer.spec.doors["lines"]
    stream = Stream(scorer, door, window)
    for start in range(0, len(log), cut):
        part = log[start : start + cut]
        yield from stream.records(
            Chunk({"log_line": part}, ("log_line",), range(start + 1, start + 1 + len(part)))
        )
    yield from stream.end()


def test_asked_why_each_block_says_which_of_its_events_drove_its_score(ask: Ask) -> None:
    records, _ = ask(log(20, seed=1), "--explain", "--format", "jsonl")
    told = [json.loads(line) for line in records[0]["out"].splitlines()]
    assert all(record["reasons"] is not None for record in told if "block" in record)
    assert any(reason["unit"] for record in told for reason in record["reasons"] or [])


def test_every_block_is_judged_once_as_if_all_its_lines_came_together(ask: Ask, scorer: Scorer) -> None:
    written = log(60, seed=1)
    records, said = ask(written)
    whole = scorer.score({"log_line": written})
    expected = dict(zip(whole.parsed.rows["block"], whole.score.round(6).tolist(), strict=True))
    assert {record["block"]: record["score"] for record in records} == expected
    assert {record["revision"] for record in records} == {0}
    assert "60 scored" in said
    assert "0 late, 0 new lines" in said


@pytest.mark.parametrize("cut", [1, 7, 8192])
def test_where_the_input_was_cut_changes_nothing(scorer: Scorer, cut: int) -> None:
    written = [*log(30, seed=2), line_of(2, "blk_1 blk_2", 9_000), line_of(3, "blk_2", 20_000)]
    window = Window(idle_s=600, max_open=8)
    found = list(answers(scorer, written, cut=cut, window=window))
    assert found == list(answers(scorer, written, cut=100, window=window))
    assert max(record["revision"] for record in found) > 0


def test_a_late_line_gives_a_revised_verdict_and_is_counted(ask: Ask) -> None:
    events = [(5, 0), (22, 1), (9, 2), (26, 3)]
    written = [line_of(event, "blk_7", second) for event, second in events]
    written += [line_of(2, "blk_8", 30_000), line_of(7, "blk_7", 30_001)]
    records, said = ask(written)
    assert [(record["block"], record["revision"]) for record in records] == [
        ("blk_7", 0),
        ("blk_8", 0),
        ("blk_7", 1),
    ]
    assert records[2]["score"] > records[0]["score"]
    assert "1 late" in said


def test_lines_of_no_known_statement_and_of_no_block_are_counted(ask: Ask) -> None:
    written = [
        line_of(5, "blk_7"),
        "310506 070000 35 INFO dfs.DataNode: Polishing blk_7",
        "at java.lang.Thread",
    ]
    records, said = ask(written)
    assert records[0]["error"] == "no_block"
    assert (records[0]["line"], records[0]["log_line"]) == (3, "at java.lang.Thread")
    assert (records[1]["block"], records[1]["new_lines"]) == ("blk_7", 1)
    assert "1 new lines" in said


def test_a_line_that_names_two_blocks_belongs_to_both(ask: Ask) -> None:
    records, _ = ask(["310506 070000 35 INFO dfs.FSNamesystem: BLOCK* ask /a to delete blk_1 blk_2 blk_1"])
    assert [record["block"] for record in records] == ["blk_1", "blk_2"]


def test_written_as_csv_the_header_names_every_column(ask: Ask) -> None:
    [whole], _ = ask([line_of(5, "blk_7"), "nothing"], "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(whole["out"].decode(), newline="")))
    assert list(rows[0]) == [
        *("log_line", "block", "new_lines", "score", "alert", "label", "version", "revision"),
        *("error", "line", "raw"),
    ]
    assert (rows[0]["error"], rows[1]["block"], rows[1]["revision"]) == ("no_block", "blk_7", "0")


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([{"sequence": "5 22", "new_lines": 9}, {"sequence": "?", "new_lines": 9}], {"input_new_lines": 9}),
        ([{"log_line": "y", "block": "b", "revision": 3}], {"input_block": "b", "input_revision": 3}),
    ],
)
def test_no_column_of_the_input_is_written_over(
    scorer: Scorer, rows: list[dict[str, Any]], kept: dict[str, Any]
) -> None:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    [door] = [door for door in scorer.spec.doors.values() if set(door.required) <= set(columns)]
    chunk = Chunk(columns, tuple(door.fields), range(1, len(rows) + 1))
    answering = answered_rows(scorer, chunk)
    found = [*answering.records(chunk), *answering.end()]
    assert len(found) == len(rows)
    assert all(record == {**record, **kept} for record in found)


def test_no_block_is_cut_where_a_log_certifies_a_threshold(scorer: Scorer, tmp_path: Path) -> None:
    written = [*log(700, seed=3), "Good morning"]
    (tmp_path / "normal.log").write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
    assert isinstance(scorer, AlertScorer)
    found = evidence(scorer, str(tmp_path / "normal.log"), trained=None)
    whole = scorer.score({"log_line": written})
    assert len(written) > CHUNK_ROWS
    assert found.scores == dict(zip(whole.parsed.rows["key"], whole.log_odds.tolist(), strict=True))
    assert (found.read, found.duplicates, found.rejected) == (701, 0, {"no_block": 1})
