"""Columns that must not be features, and why."""

from typing import Any

import numpy as np
import pytest

from detectory.scaffold import labels
from detectory.scaffold.leaks import Reason, Setting, known_by, reason_against
from detectory.scaffold.profile import profile

ROWS = 1_000
UNNAMED = 43  # columns of a table without a header
RNG = np.random.default_rng(11)
ATTACK = RNG.random(ROWS) < 0.4
LABELS = np.where(ATTACK, "attack", "normal").tolist()


def against(
    name: str, column: list[Any], *, position: int = 1, columns: int = 9, label: int = 9
) -> Reason | None:
    found = labels.read(LABELS, name="outcome", where="made.csv")
    setting = Setting(
        found, profile("outcome", LABELS, position=label), columns, has_names=columns != UNNAMED
    )
    return reason_against(profile(name, column, position=position), setting)


def code(name: str, column: list[Any]) -> str | None:
    reason = against(name, column)
    return reason and reason.code


NOISE = RNG.normal(size=ROWS).round(3).tolist()


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        ("noise", NOISE, None),
        ("amount", (NOISE + 2 * ATTACK).tolist(), None),
        ("sensor", ["north"] * ROWS, "constant"),
        ("nothing", [""] * ROWS, "empty"),
        ("tags", [["a", "b"]] * ROWS, "nested"),
        ("when", [f"2026-03-{1 + row % 28:02}" for row in range(ROWS)], "time"),
        ("peer", [f"10.0.0.{row % 200}" for row in range(ROWS)], "address"),
        ("Src_IP", [row % 90 for row in range(ROWS)], "address"),
        ("orig_ip_bytes", [row % 90 for row in range(ROWS)], None),
        ("id.resp_p", [row % 90 for row in range(ROWS)], None),
        ("has ip", [row % 2 for row in range(ROWS)], None),
        ("row", list(range(ROWS)), "identifier"),
        ("name", [f"flow-{row:05}" for row in range(ROWS)], "identifier"),
        ("digest", [f"{row * 7919:016x}" for row in range(ROWS)], "identifier"),
        ("user_id", [row % 300 for row in range(ROWS)], "identifier"),
        ("protocol_id", [row % 3 for row in range(ROWS)], None),
        ("paid", [row % 300 for row in range(ROWS)], None),
        ("note", [f"message {row} from {row % 7}" for row in range(ROWS)], None),
        ("sub_category", np.where(ATTACK & (RNG.random(ROWS) < 0.8), "dos", "none").tolist(), "named_so"),
        ("category", RNG.choice(["car", "bus"], ROWS).tolist(), None),
        ("kind", np.where(ATTACK, "flood", "normal").tolist(), "knows_the_label"),
        ("mixed", RNG.choice(["normal", "attack"], ROWS).tolist(), "holds_labels"),
        ("score", (ATTACK * 10.0 + RNG.random(ROWS)).tolist(), "knows_the_label"),
        ("u_shaped", np.where(ATTACK, 0.5, RNG.choice([0.1, 0.9], ROWS)).tolist(), "knows_the_label"),
    ],
)  # fmt: skip
def test_a_leak_is_found_by_what_gives_it_away(name: str, column: list[Any], expected: str | None) -> None:
    assert code(name, column) == expected


def test_the_reason_holds_the_evidence() -> None:
    reason = against("score", (ATTACK * 10.0).tolist())
    assert reason is not None
    assert "AUC of 1.000" in reason.why


def test_a_column_behind_the_label_is_an_annotation_where_many_stand_before_it() -> None:
    behind = against("c43", NOISE, position=43, columns=UNNAMED, label=42)
    assert behind is not None
    assert behind.code == "behind_the_label"


@pytest.mark.parametrize(
    ("position", "columns", "label"), [(2, 43, 1), (41, 43, 42), (43, 43, 30), (43, 44, 42)]
)
def test_a_column_elsewhere_or_with_a_name_is_no_annotation(position: int, columns: int, label: int) -> None:
    assert against("c", NOISE, position=position, columns=columns, label=label) is None


def test_a_value_of_its_own_for_every_row_tells_nothing() -> None:
    found = labels.read(LABELS, name="outcome", where="made.csv")
    words = profile("words", [f"word {row}" for row in range(ROWS)], position=1)
    assert known_by(words, found) < 0.55
