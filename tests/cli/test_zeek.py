"""A Zeek log is a file like any other, for every command that reads one."""

from pathlib import Path

from tests.cli.conftest import Ask

HEADER = b"#separator \\x09\n#unset_field\t-\n#fields\ttext\ttruth\n"
LOG = HEADER + b"a1b2c3\talpha\nhello\tword\n-\tword\n#close\tnow\n"


def test_a_log_is_scored_row_by_row_and_its_header_is_no_row(at_toy: Ask) -> None:
    said = at_toy("score", "toy", stdin=LOG)
    assert [row["text"] for row in said.lines] == ["a1b2c3", "hello", None]
    assert [row.get("error") for row in said.lines][:2] == [None, None]
    assert "error" in said.lines[2]


def test_a_log_with_the_suffix_of_another_format_can_be_named(at_toy: Ask, tmp_path: Path) -> None:
    path = tmp_path / "conn.txt"
    path.write_bytes(LOG)
    said = at_toy("score", "toy", str(path), "--input-format", "zeek")
    assert len(said.lines) == 3


def test_a_log_with_labels_is_judged(at_toy: Ask, tmp_path: Path) -> None:
    path = tmp_path / "conn.log"
    path.write_bytes(LOG)
    document = at_toy("evaluate", "toy", str(path), "--label", "truth", "--json").json
    assert document["read"] == 3
    assert document["metrics"]["roc_auc"]["value"] == 1
