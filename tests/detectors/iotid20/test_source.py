"""What the source of iotid20 reads: both published forms, as found."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detectory.blocks.cicflowmeter import FIELDS
from detectory.detector import Origin, Sources
from detectory.detectors.iotid20.source import extract, groups, originals
from detectory.errors import MissingColumn, UnreadableFile
from tests.detectors.iotid20 import made

HEADER = "Flow_ID,Timestamp,Flow_Duration,Label"


class Recorded:
    """Keeps what ``extract`` adds."""

    def __init__(self) -> None:
        self.added: list[tuple[str, Origin, dict[str, list[Any]]]] = []

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        assert len({len(column) for column in columns.values()}) == 1
        self.added.append((source, origin, columns))

    def column(self, name: str) -> list[Any]:
        return [value for _, _, columns in self.added for value in columns[name]]


def extracted(*given: Path, origin: Origin = "real") -> Recorded:
    recorded = Recorded()
    extract(recorded, sources=Sources(None, given, seed=0, only_given=True, origin=origin))
    return recorded


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "flows.csv") -> Path:
        path, content = tmp_path / name, "\n".join([*lines, ""]).encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


File = Callable[..., Path]


def test_the_whole_set_is_two_compressed_files_whose_names_have_spaces(tmp_path: Path) -> None:
    recorded = extracted(*made.make(tmp_path, seed=1), origin="synthetic")
    sources = Counter({source: 0 for source, _, _ in recorded.added})
    for source, origin, columns in recorded.added:
        assert origin == "synthetic"
        sources[source] += len(columns["line"])
    assert sources == {
        "given/IoT network intrusion train.csv.gz": 1_900,
        "given/IoT network intrusion test.csv.gz": 500,
    }
    assert set(recorded.column("label")) == {"normal", "mirai-udp flooding", "scan port os"}
    assert "inf" in recorded.column("Flow_Byts/s")  # as found


def test_the_sample_has_a_third_of_the_columns_and_numbers_for_labels(tmp_path: Path) -> None:
    recorded = extracted(made.make_sample(tmp_path, seed=1))
    assert set(recorded.column("label")) == {"normal", "anomaly"}
    columns = recorded.added[0][2]
    assert len(set(columns) & set(FIELDS)) == 25


def test_who_and_when_go_into_the_group_and_nowhere_else(file: File) -> None:
    recorded = extracted(file(HEADER, "a-b-1-2-6,25/07/2019 03:25:53 AM,12,Normal"))
    ((_, _, columns),) = recorded.added
    assert columns == {
        "Flow_Duration": ["12"],
        "label": ["normal"],
        "population": ["longest connection"],
        "batch": ["a-b-1-2-6 25/07/2019 03:25:53 AM"],
        "line": [2],
    }


def test_the_connection_with_the_most_normal_flows_is_a_population_of_its_own(file: File) -> None:
    rows = ["a,1,5,0", "b,1,5,0", "b,2,5,0", "c,1,5,1", "c,2,5,1", "c,3,5,1"]
    recorded = extracted(file(HEADER, *rows))
    assert recorded.column("population") == [
        "other connections", "longest connection", "longest connection", "attacks", "attacks", "attacks",
    ]  # fmt: skip


def test_a_connection_stays_whole_and_a_long_one_is_cut_into_runs_of_seconds() -> None:
    connections = ["long"] * 40 + [f"short{at}" for at in range(60)]
    seconds = [str(at // 2) for at in range(40)] + ["9"] * 60
    rows = {
        "batch": [f"{one} {at}" for one, at in zip(connections, seconds, strict=True)],
        "label": ["normal"] * 100,
        "source": ["a.csv"] * 100,
        "line": list(range(100)),
    }
    found = groups(rows)
    assert found[:40] == ["long/0"] * 20 + ["long/1"] * 20  # codes are in the order of numbers, not of text
    assert found[40:] == connections[40:]


def test_a_row_that_names_no_connection_is_a_group_of_its_own() -> None:
    rows = {"batch": [" ", " "], "label": ["normal"] * 2, "source": ["a.csv"] * 2, "line": [2, 3]}
    assert groups(rows) == ["a.csv:2", "a.csv:3"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([HEADER, "a,1,5,Maybe"], r"its label 'Maybe' is neither Normal nor Anomaly\n.*flows.csv:2"),
        ([HEADER, "a,1,5,0", "a,1"], r"more or fewer columns than the header\n.*flows.csv:3"),
        ([HEADER, 'a,"1,5,0'], r"quotes do not match"),
    ],
)
def test_a_file_that_holds_no_labelled_flows_is_refused_with_where(
    file: File, lines: list[str], message: str
) -> None:
    with pytest.raises(UnreadableFile, match=message):
        extracted(file(*lines))


@pytest.mark.parametrize("column", ["Flow_ID", "Label"])
def test_a_column_that_is_needed_to_learn_is_named(file: File, column: str) -> None:
    with pytest.raises(MissingColumn, match=f"no column '{column}'"):
        extracted(file(HEADER.replace(column, "Other"), "a,1,5,0"))


def test_a_file_cut_short_in_its_gzip_is_refused(tmp_path: Path) -> None:
    whole = made.make(tmp_path, seed=1)[0]
    whole.write_bytes(whole.read_bytes()[:-9])
    with pytest.raises(UnreadableFile, match="ended before"):
        extracted(whole)


def test_without_mirror_network_and_files_there_is_nothing() -> None:
    assert extracted().added == []


def test_the_pinned_original_is_the_sample_of_the_mirror() -> None:
    (pin,) = originals()
    assert pin.url.startswith("https://raw.githubusercontent.com/Western-OC2-Lab/")
    assert pin.file == "iot/iotid20_sample_1pct.csv"
