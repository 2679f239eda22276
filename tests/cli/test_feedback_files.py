"""Labels in files: safe in a spreadsheet, read back as they were, imported once."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from detectory.library import Workspace
from tests.cli.conftest import Ask
from tests.cli.labelling import give, labels_of

FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\",\"y\")", "=IMPORTXML(A1)", "=", "==", "+1",
    "+cmd|x", "++", "-1", "-2+3", "--", "-", "@SUM(1)", "@", "@@", "\t=1", "\tx", "\t", "\r=1", "\rx", "'=1",
    "''=1", "'+1", "'@x", "'\tx", "'plain", "'", "=1,2\r\n=3", 'a"=1',
]  # fmt: skip


def test_a_review_is_filled_in_and_imported(at_copy: Ask, ids: list[str], tmp_path: Path) -> None:
    file = tmp_path / "ask.csv"
    assert (
        at_copy("feedback", "review", "toy", "--of", "alerts", "--of", "quiet", "--output", str(file)).code
        == 0
    )
    with file.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 5
    rows[0]["label"], rows[1]["label"] = "word", "nonsense"
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    tally = at_copy("feedback", "import", str(file), "--json").json
    assert (tally["read"], tally["new"], tally["blank"], tally["refused"]) == (5, 1, 3, {"unknown_label": 1})
    assert tally["examples"][0]["line"] == 3
    assert (
        "prediction_id" in at_copy("feedback", "review", "toy").out
        or "nothing" in at_copy("feedback", "review", "toy").out
    )


def test_what_is_refused_of_a_file_is_counted_by_reason_and_the_rest_is_stored(
    at_copy: Ask, ids: list[str], toy_copy: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "labels.jsonl"
    lines = [
        json.dumps({"prediction_id": ids[0], "label": "word"}),
        json.dumps({"prediction_id": ids[0], "label": "alpha"}),  # of the same import: which is meant?
        json.dumps({"prediction_id": "nobody", "label": "word"}),
        json.dumps({"prediction_id": ids[1], "label": "wrod"}),
        json.dumps({"prediction_id": ids[1], "label": None}),
        json.dumps({"prediction_id": 7, "label": "word"}),
        json.dumps([1]),
        "{",
        "",
        json.dumps({"prediction_id": ids[2], "label": "word", "more": [1], "note": None}),
    ]
    file.write_text("\n".join(lines))

    tally = at_copy("feedback", "import", str(file), "--json").json
    assert tally["refused"] == {"conflict": 1, "unknown_prediction": 1, "unknown_label": 1, "malformed": 3}
    assert (
        tally["read"] == 9 == tally["new"] + tally["known"] + tally["blank"] + sum(tally["refused"].values())
    )
    assert [one["line"] for one in tally["examples"]] == [2, 3, 4, 6, 7]


def test_the_same_file_again_is_the_same_import_and_is_taken_back_as_one(
    at_copy: Ask, ids: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text("".join(json.dumps({"prediction_id": one, "label": "word"}) + "\n" for one in ids))

    first, again = (at_copy("feedback", "import", str(file), "--json").json for _ in range(2))
    assert (first["new"], again["new"], again["known"]) == (5, 0, 5)
    assert at_copy("feedback", "import", str(file), "--batch", "b2", "--json").json["new"] == 5
    words = ("feedback", "retract", "--batch", first["batch"], "--reason", "r", "--yes", "--json")
    assert at_copy(*words).json["taken_back"] == 5
    assert sum(label["stands"] for label in labels_of(at_copy)) == 5


def test_late_labels_of_sagemaker_are_read_and_written(at_copy: Ask, ids: list[str], tmp_path: Path) -> None:
    file = tmp_path / "late.jsonl"

    def late(event: str, data: str) -> str:
        truth, event_of = {"data": data, "encoding": "CSV"}, {"eventId": event}
        return json.dumps({"groundTruthData": truth, "eventMetadata": event_of, "eventVersion": "0"})

    file.write_text("\n".join([late(ids[0], "1"), late(ids[1], "0"), late(ids[2], "alpha")]))
    assert at_copy("feedback", "import", str(file), "--json").json["new"] == 3

    labels = {label["prediction_id"]: label["label"] for label in labels_of(at_copy)}
    assert labels == {ids[0]: "serial", ids[1]: "word", ids[2]: "alpha"}
    written = at_copy("feedback", "export", "toy", "--format", "groundtruth").out.splitlines()
    assert json.loads(written[2]) == json.loads(late(ids[2], "alpha"))


def test_an_export_holds_the_row_what_was_said_and_what_it_was(
    at_copy: Ask, ids: list[str], toy_copy: Workspace
) -> None:
    give(toy_copy, ids[0], "word", note="our own", who="ann")
    (row,) = at_copy("feedback", "export", "toy").lines

    told = {name: row[name] for name in ("text", "prediction_id", "said", "alert", "label", "note", "who")}
    assert told == {
        "text": "n0", "prediction_id": ids[0], "said": "serial", "alert": True, "label": "word",
        "note": "our own", "who": "ann",
    }  # fmt: skip
    assert at_copy("feedback", "purge", "--key", "k1", "--yes").code == 0
    (row,) = at_copy("feedback", "export", "toy").lines
    assert (row["label"], row["said"], "text" in row) == ("word", None, False)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_an_export_is_a_formula_and_it_is_read_back_as_it_was(
    at_copy: Ask, ids: list[str], toy_copy: Workspace, tmp_path: Path, text: str
) -> None:
    give(toy_copy, ids[0], "word", note=text)
    file = tmp_path / "labels.csv"
    assert at_copy("feedback", "export", "toy", "--output", str(file)).code == 0
    with file.open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]

    assert at_copy("feedback", "import", str(file), "--batch", "back", "--json").json["new"] == 1
    assert labels_of(at_copy)[0]["note"] == text


def test_a_file_without_the_columns_that_are_needed_says_which(at_copy: Ask, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("id,label\n1,good\n")
    said = at_copy("feedback", "import", str(file))
    assert (said.code, "no column 'prediction_id'" in said.err) == (4, True)
