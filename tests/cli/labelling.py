"""What tests of labels do over and over: give one, list them, fill a file in."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path
from typing import Any

from detectory.ledger.feedback import Feedback, Label
from detectory.library import Workspace
from tests.cli.conftest import Ask


def give(home: Workspace, prediction_id: str, label: str, **more: Any) -> int:
    assert home.ledger
    with closing(home.ledger) as database:
        return Feedback(database).record(Label(prediction_id, label, **more)).seq


def labels_of(ask: Ask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("feedback", "list", "--json").json["labels"]
    return found


def filled_in(file: Path, label: str) -> None:
    """Write a label into every line, as a person would."""
    with file.open(newline="") as stream:
        rows = [row | {"label": label} for row in csv.DictReader(stream)]
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
