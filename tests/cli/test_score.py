"""``score``: every row read gives a row, in its order, whatever the file holds."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask

SERIAL, WORD = "a1b2c3", "hello"


def test_every_row_holds_its_fields_and_the_answer(at_toy: Ask) -> None:
    said = at_toy("score", "toy", stdin=f"{SERIAL}\n{WORD}".encode())
    assert said.code == 0
    assert [list(row) for row in said.lines] == [["text", "score", "alert", "label", "version"]] * 2
    assert [row["alert"] for row in said.lines] == [True, False]
    assert said.lines[1] == {**said.lines[1], "text": WORD, "label": "word", "version": "1"}


def test_rejected_rows_stay_in_their_place_and_say_why(at_toy: Ask) -> None:
    said = at_toy("score", "toy", stdin=b"hello\n\nbad word\n\xff\xfe\nzed\n")
    assert [row.get("error") for row in said.lines] == [None, "blank_line", "bad_character", "not_utf8", None]
    assert [row.get("line") for row in said.lines] == [None, 2, 3, 4, None]
    assert "2 scored, 0 alerts, 3 rejected" in said.err
    assert "the first in line 2" in said.err


def test_when_every_row_is_rejected_it_exits_4_and_counts_the_reasons(at_toy: Ask) -> None:
    said = at_toy("score", "toy", stdin=b"\n\nbad word\n")
    assert said.code == 4
    assert len(said.lines) == 3
    assert "bad_character (1), blank_line (2)" in said.err


def test_an_empty_file_exits_4_and_says_so(at_toy: Ask, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    said = at_toy("score", "toy", str(tmp_path / "empty.csv"))
    assert said.code == 4
    assert "it is empty" in said.err


def test_a_file_that_is_not_there_exits_2(at_toy: Ask) -> None:
    said = at_toy("score", "toy", "nowhere.txt")
    assert (said.code, "E2002" in said.err) == (2, True)


def test_a_missing_column_is_answered_with_the_nearest(at_toy: Ask) -> None:
    said = at_toy("score", "toy", stdin=b"txet,other\nhello,1\n")
    assert said.code == 4
    assert "did you mean 'txet'?" in said.err


def test_other_columns_pass_through_and_none_is_written_over(at_toy: Ask) -> None:
    said = at_toy("score", "toy", stdin=b"label,text,note\nmine,hello,x\n")
    assert said.lines[0] == {**said.lines[0], "input_label": "mine", "note": "x", "label": "word"}


def test_a_row_keeps_the_keys_that_it_had_and_gets_no_others(at_toy: Ask) -> None:
    rows = (
        b'{"text":"hello","id":1}\n{"text":"zed"}\n{"id":3,"label":"mine"}\n{"text":"bad word","id":null}\n'
    )
    good, bare, lacking, rejected = at_toy("score", "toy", "--input-format", "jsonl", stdin=rows).lines
    assert (good["id"], "id" in bare) == (1, False)
    assert (lacking["id"], lacking["input_label"], "text" in lacking) == (3, "mine", False)
    assert (lacking["error"], lacking["line"]) == ("missing_field", 3)
    assert (rejected["error"], rejected["id"]) == ("bad_character", None)


@pytest.mark.parametrize(
    ("form", "given", "raw"),
    [
        ("jsonl", b'{"text": "a"}\n{"text": nope\n', '{"text": nope'),
        ("jsonl", b'{"text": "a"}\n["text"]\n', '["text"]'),
        ("csv", b"text,note\na,b\na,b,c\n", "a,b,c"),
        ("csv", b'text,note\na,b\n"a,' + b"b" * 500 + b"\n", '"a,' + "b" * 197),
    ],
)
def test_a_line_that_is_no_row_keeps_the_beginning_of_its_text(
    at_toy: Ask, form: str, given: bytes, raw: str
) -> None:
    said = at_toy("score", "toy", "--input-format", form, stdin=given)
    assert (said.lines[-1]["raw"], said.lines[-1]["text"]) == (raw, None)
    assert "raw" not in said.lines[0]


def test_csv_out_is_safe_to_open_in_a_spreadsheet(at_toy: Ask) -> None:
    said = at_toy("score", "toy", "--format", "csv", stdin=b"text,note\nhello,=1+1\n,-x\n")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["note"] for row in rows] == ["'=1+1", "'-x"]
    assert [row["error"] for row in rows] == ["", "empty"]


def test_json_is_one_document_with_rows_and_counts(at_toy: Ask) -> None:
    document = at_toy("score", "toy", "--json", stdin=b"hello\nbad word\n").json
    assert document["schema_version"] == 1
    assert len(document["rows"]) == 2
    assert document["scored"] == 1
    assert document["rejected"] == {"bad_character": 1}


def test_json_stays_one_document_when_every_row_is_rejected(at_toy: Ask) -> None:
    said = at_toy("score", "toy", "--json", stdin=b"bad word\n")
    assert said.code == 4
    assert said.json["scored"] == 0


def test_an_output_file_appears_whole_and_is_not_written_over_unasked(at_toy: Ask, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    assert at_toy("score", "toy", "--output", str(target), stdin=b"hello\n").out == ""
    before = target.read_bytes().decode()
    assert before.startswith("text,score,alert,label,version,error,line,raw\r\n")
    said = at_toy("score", "toy", "--output", str(target), stdin=b"other\n")
    assert (said.code, target.read_bytes().decode()) == (2, before)
    assert at_toy("--yes", "score", "toy", "--output", str(target), stdin=b"other\n").code == 0
    assert "other" in target.read_text()


def test_an_output_that_cannot_be_written_exits_8_and_names_it(at_toy: Ask, tmp_path: Path) -> None:
    target = tmp_path / "none/out.jsonl"
    said = at_toy("score", "toy", "--output", str(target), stdin=b"hello\n")
    assert (said.code, f"cannot write {target}" in said.err) == (8, True)


def test_an_ending_that_names_no_written_format_is_refused(at_toy: Ask, tmp_path: Path) -> None:
    target = str(tmp_path / "out.xlsx")
    said = at_toy("score", "toy", "--output", target, stdin=b"hello\n")
    assert (said.code, "name --format" in said.err, list(tmp_path.iterdir())) == (2, True, [])
    assert at_toy("score", "toy", "--output", target, "--format", "csv", stdin=b"hello\n").code == 0


def test_a_chunk_boundary_loses_no_row(at_toy: Ask) -> None:
    names = [f"word{number}" if number % 1000 else "" for number in range(20_000)]
    said = at_toy("score", "toy", stdin="\n".join(names).encode())
    assert [row["text"] or "" for row in said.lines] == names


def test_a_ten_megabyte_line_is_one_rejected_row(at_toy: Ask) -> None:
    said = at_toy("score", "toy", stdin=b"hello\n" + b"x" * 10_000_000 + b"\nzed\n")
    assert [row.get("error") for row in said.lines] == [None, "line_too_long", None]


def test_a_row_of_a_pipe_is_answered_before_the_next_one_comes(toy_made: Workspace) -> None:
    program = (
        "from detectory.cli.main import answered\n"
        "from detectory.cli.session import Session\n"
        f"answered(['-C', {str(toy_made.root)!r}, '-q', 'score', 'toy', '-'], Session())\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for word in (b"hello", b"zed"):
            process.stdin.write(word + b"\n")
            assert b'"text":"' + word in process.stdout.readline()
        process.stdin.close()


@pytest.mark.soak
def test_memory_does_not_grow_with_the_file(toy_made: Workspace, tmp_path: Path) -> None:
    def peak_kib(rows: int) -> int:
        names = tmp_path / f"{rows}.txt"
        names.write_text("".join(f"word{number}\n" for number in range(rows)))
        program = (
            "import resource, sys\n"
            "from detectory.cli.main import answered\n"
            "from detectory.cli.session import Session\n"
            f"answered(['-C', {str(toy_made.root)!r}, '-q', 'score', 'toy', {str(names)!r}], Session())\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        return int(done.stderr)

    assert peak_kib(200_000) < peak_kib(20_000) + 20_000


def test_a_column_that_comes_too_late_for_the_csv_header_is_told_not_dropped(at_toy: Ask) -> None:
    rows = [b'{"text":"hello"}\n'] * 9_000 + [b'{"text":"world","note":"late"}\n']
    said = at_toy("score", "toy", "--input-format", "jsonl", "--format", "csv", stdin=b"".join(rows))
    assert said.code == 4
    assert "error[E4013]: the column note is not in the header" in said.err


def test_asked_why_every_row_says_which_features_drove_its_score(at_toy: Ask) -> None:
    said = at_toy("score", "toy", "--explain", stdin=f"{SERIAL}\n{WORD}\nbad word\n\n".encode())
    serial, word, rejected, blank = said.lines
    assert (serial["reasons"][0]["name"], serial["reasons"][0]["value"]) == ("digits", 3)
    assert serial["reasons"][0]["says"].startswith("digits: 3; raises the score by ")
    assert word["reasons"][0]["says"].startswith("digits: 0; lowers the score by ")
    assert (rejected["reasons"], "reasons" in blank) == (None, False)


def test_reasons_are_a_column_of_csv_and_none_of_the_input_is_written_over(
    at_toy: Ask, tmp_path: Path
) -> None:
    out = tmp_path / "scores.csv"
    rows = f"text,reasons\n{SERIAL},mine\n".encode()
    assert at_toy("score", "toy", "--explain", "--output", str(out), stdin=rows).code == 0
    (row,) = csv.DictReader(io.StringIO(out.read_text()))
    assert row["input_reasons"] == "mine"
    assert json.loads(row["reasons"])[0]["name"] == "digits"


@pytest.mark.parametrize(("written", "uid"), [("ocsf", ("finding_info", "uid")), ("ecs", ("event", "id"))])
def test_findings_are_the_alerts_alone_and_all_rows_are_counted(
    at_toy: Ask, written: str, uid: tuple[str, str]
) -> None:
    rows = f"{SERIAL}\n{WORD}\nbad word\n".encode()
    said = at_toy("score", "toy", "--explain", "--format", written, stdin=rows)
    (finding,) = said.lines
    assert len(finding[uid[0]][uid[1]]) == 32
    assert "digits: 3; raises the score by" in finding["message"]
    assert said.err.startswith("2 scored, 1 alert, 1 rejected")
    again = at_toy("score", "toy", "--format", written, "--json", stdin=rows)
    document = json.loads(again.out)
    assert (document["alerts"], document["rows"][0][uid[0]][uid[1]]) == (1, finding[uid[0]][uid[1]])


def test_findings_go_to_a_file_whatever_its_ending(at_toy: Ask, tmp_path: Path) -> None:
    out = tmp_path / "alerts.log"
    assert at_toy("score", "toy", "--format", "ecs", "--output", str(out), stdin=SERIAL.encode()).code == 0
    assert json.loads(out.read_text())["event"]["kind"] == "alert"
