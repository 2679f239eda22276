"""What the source of transit reads: every published form whole, what was filled in told apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from detectory.detector import Origin, Sources
from detectory.detectors.transit.source import extract, groups
from detectory.errors import UnreadableFile
from tests.detectors.transit import made, workbook

FIELDS = ["network", "time", "route", "stop", "delay_min"]


class Recorded:
    """Keeps what ``extract`` adds and states."""

    def __init__(self, sources: Sources) -> None:
        self.rows: list[dict[str, Any]] = []
        self.origins: set[Origin] = set()
        self.stated = extract(self, sources=sources)

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        self.origins.add(origin)
        for values in zip(*columns.values(), strict=True):
            self.rows.append({"source": source, **dict(zip(columns, values, strict=True))})

    def of(self, population: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["population"] == population]


def extracted(*given: Path) -> Recorded:
    return Recorded(Sources(mirror=None, given=given, seed=0, only_given=True, origin="synthetic"))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return extracted(*made.make(tmp_path_factory.mktemp("made"), seed=0))


def test_every_published_form_is_read(everything: Recorded) -> None:
    assert set(Counter(row["population"] for row in everything.rows)) == {
        "auckland", "mbta_subway", "ttc_bus", "mbta_segments", "mbta_bus"
    }  # fmt: skip
    assert everything.origins == {"synthetic"}


def test_renamed_columns_are_counted_by_row(everything: Recorded) -> None:
    assert everything.stated["renamed"] == {
        "ttc_bus: Bound is Direction": 12,
        "ttc_bus: Delay is Min Delay": 12,
        "ttc_bus: Gap is Min Gap": 12,
        "ttc_bus: Line is Route": 12,
        "ttc_bus: Report Date is Date": 12,
    }
    assert everything.stated["unknown_columns"] == {}


def test_incidents_say_when_and_where_whatever_their_columns_are_called(everything: Recorded) -> None:
    sheets = Counter(row["batch"] for row in everything.of("ttc_bus"))
    assert sheets == {"Jan 2020": 12, "July 21": 12, "": 12}
    assert {row["time"] for row in everything.of("ttc_bus")} >= {"2020-01-02T08:15"}
    assert {(row["route"], row["stop"]) for row in everything.of("ttc_bus")} == {("29", "MADE UP AT NOWHERE")}


def test_a_figure_of_another_measure_says_so(everything: Recorded) -> None:
    measures = Counter((row["population"], row["measure"]) for row in everything.rows)
    assert measures["ttc_bus", "incident"] == 36
    assert measures["mbta_segments", "travel_time"] == 8
    assert measures["mbta_bus", "flag"] == 20
    assert measures["mbta_subway", "imputed"] == 30
    assert measures["mbta_subway", "one_day"] == 30
    assert {measure for population, measure in measures if population == "auckland"} == {"delay"}


def test_rows_know_what_the_feed_said_before(everything: Recorded) -> None:
    rows = everything.of("auckland")
    known = [float(row["last_delay_min"]) for row in rows if row["last_delay_min"] is not None]
    assert len(known) > 0.9 * len(rows)
    assert max(map(abs, known)) <= 60
    assert rows[0]["network_delay_min"] is None


def test_ones_own_history_is_taken_as_it_is_given(tmp_path: Path) -> None:
    rows = [["metro", f"2026-01-0{day}T08:00", "1", "2", day, 9] for day in (1, 2)]
    path = made.table(tmp_path / "own.csv", [*FIELDS, "last_delay_min"], rows)
    assert [row["last_delay_min"] for row in extracted(path).rows] == ["9", "9"]


def test_a_feed_in_a_file_a_day_is_one_feed(tmp_path: Path) -> None:
    days = [
        made.table(tmp_path / f"{day}.csv", FIELDS, [["metro", f"2026-01-0{day}T08:00", "1", "2", day]])
        for day in (1, 2)
    ]
    assert [row["last_delay_min"] for row in extracted(*days).rows] == [None, "1.0"]
    assert {row["measure"] for row in extracted(*days).rows} == {""}
    assert {row["measure"] for row in extracted(days[0]).rows} == {"one_day"}


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = made.table(
        tmp_path / "own.csv", FIELDS, [["metro", f"2026-01-0{day}T08:00", "1", "2", day] for day in (1, 2)]
    )
    assert [row["line"] for row in extracted(path).rows] == [2, 3]


def test_a_table_without_rows_adds_none(tmp_path: Path) -> None:
    assert extracted(made.table(tmp_path / "own.csv", FIELDS, [])).rows == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("delays.txt", b"x", "its ending is '.txt'"),
        ("delays.xlsx", b"no workbook", "cannot be read"),
        ("delays.csv", b"", "cannot be read"),
        ("delays.csv.gz", b"no gzip", "of no form that is known"),
        ("delays.json", b'{"a": 1}', "no list of MBTA's 15-minute records"),
        ("delays.json", b"[", "no list of MBTA's 15-minute records"),
        ("delays.csv", b"a,b\n1,2\n", "of no form that is known"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_how_to_mend(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=message) as caught:
        extracted(path)
    assert caught.value.fix


def test_a_sheet_with_a_column_without_a_name_is_read(tmp_path: Path) -> None:
    rows = [
        [*made.PRESENT, ""],
        ["2020-01-02", "29", "08:15", "Thursday", "X", "Y", 1.0, 2.0, "N", 3.0, "note"],
    ]
    recorded = extracted(workbook.write(tmp_path / "ttc.xlsx", {"Dec 21": rows}))
    assert recorded.stated["unknown_columns"] == {"given/ttc.xlsx Dec 21": ["column 11"]}


def test_groups_are_routes_of_a_day() -> None:
    assert groups({"network": ["a", "a"], "day": ["2017-02-08"] * 2, "route": ["1", "2"]}) == [
        "a/2017-02-08/1",
        "a/2017-02-08/2",
    ]


def test_every_table_of_the_mirror_is_read_whole(mirror: Path) -> None:
    recorded = Recorded(Sources(mirror=mirror, given=(), seed=0))
    counted = Counter((row["population"], row["measure"]) for row in recorded.rows)
    assert counted == {
        ("auckland", "delay"): 204_224,
        ("mbta_bus", "flag"): 36_036,
        ("mbta_segments", "travel_time"): 38_938,  # of 39,229 pairs, 291 saw no train
        ("mbta_subway", "imputed"): 5_654,
        ("mbta_subway", "one_day"): 4_541,
        ("ttc_bus", "incident"): 36_151 + 42_269 + 18_020,
    }
    assert recorded.stated["renamed"]["ttc_bus: Delay is Min Delay"] == 24_860
    assert recorded.stated["renamed"]["ttc_bus: Bound is Direction"] == 2_303
    assert recorded.stated["unknown_columns"] == {
        "transit/ttc_bus/ttc-bus-delay-data-2021.xlsx Dec 21": ["column 11"]
    }
