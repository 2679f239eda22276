"""The page is one file that asks nobody for anything, marks what differs, and has the numbers of charts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import msgspec
import pytest

from detectory.errors import UsageError
from detectory.journal import Record, Series
from detectory.runs.page import MOST, page
from tests import needs
from tests.runs.conftest import HOSTILE


@pytest.fixture
def shown(record: Record, other: Record) -> str:
    return page([record, other])


def test_it_is_one_small_file_without_script_or_any_reference_outside(shown: str) -> None:
    assert "<script" not in shown
    assert not re.search(r"https?://|@import|url\((?!#)|\bsrc=\"", shown)
    assert len(shown.encode()) < 2 * 2**20


def test_what_differs_is_marked_and_named_in_the_first_lines(shown: str) -> None:
    assert "They differ in: parameters, artifacts, code, commit." in shown
    assert re.search(r'score.tree.max_depth</span> <small>differs</small>.*?class="warn"', shown)
    assert "file features.py" in shown
    assert "code kernels" not in shown  # it is the same in both


def test_a_metric_that_lies_apart_is_coloured_by_whether_more_is_better(shown: str) -> None:
    assert re.search(
        r'<td class="good n"><span class="v">0.950</span> <small>0.930 – 0.970 · \+0.05, apart', shown
    )
    assert "0.100 – 0.120 · +0.01</small>" in shown


def test_curves_have_a_text_alternative_and_their_numbers_in_a_table(shown: str) -> None:
    assert 'aria-label="score.tree.loss by step, a line a run."' in shown
    assert "A: 900 steps, 3 kept; B: 2 steps, 2 kept" in shown
    numbers = shown.split("<summary>The numbers</summary>")[1].split("</details>")[0]
    assert re.findall(r'class="v">([^<]*)<', numbers) == ["1", "0.7", "0.6", "2", "–", "0.4", "3", "0.5", "–"]


def test_what_comes_from_a_record_is_escaped(record: Record, other: Record) -> None:
    rows = {"lists": "none", "rows": {HOSTILE: 6}}
    hostile = msgspec.structs.replace(
        other, id=HOSTILE, sources=rows, series=[Series(HOSTILE, 1, [1], [0.5])]
    )
    assert HOSTILE not in page([record, hostile])


def test_one_run_alone_has_a_page_and_too_many_have_none(record: Record) -> None:
    assert "Nothing to compare it with was named." in page([record])
    with pytest.raises(UsageError, match="more than a page shows"):
        page([record] * (MOST + 1))


def test_a_browser_shows_it(shown: str, tmp_path: Path) -> None:
    (tmp_path / "runs.html").write_text(shown)
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--user-data-dir={tmp_path}/user"]
    command = [needs.debian_package("chromium"), *flags, f"file://{tmp_path}/runs.html"]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0
    assert found.stdout.count("<section") == shown.count("<section") > 5
