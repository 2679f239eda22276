"""What the source of dga reads: all of it, as found, benign rows first."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detectory.detector import Origin, Sources
from detectory.detectors.dga import families
from detectory.detectors.dga.generic import ALGORITHMS, KINDS, NAMES_AN_ALGORITHM
from detectory.detectors.dga.lists import family_of, labelled, lines
from detectory.detectors.dga.source import NAMES_A_FAMILY, extract, groups, preloaded
from detectory.errors import DetectoryError, MissingColumn, UnreadableFile

COLUMNS = ["domain", "label", "population", "batch", "line"]


class Recorded:
    """Keeps what ``extract`` adds."""

    def __init__(self) -> None:
        self.added: list[tuple[str, Origin, dict[str, list[Any]]]] = []

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        assert list(columns) == COLUMNS
        assert len({len(column) for column in columns.values()}) == 1
        self.added.append((source, origin, columns))

    def column(self, name: str) -> list[Any]:
        return [value for _, _, columns in self.added for value in columns[name]]

    def rows_of(self, source: str) -> list[tuple[Any, ...]]:
        found = [columns for name, _, columns in self.added if name == source]
        return [row for columns in found for row in zip(*columns.values(), strict=True)]


def extracted(*given: Path, mirror: Path | None = None, only_given: bool = True) -> Recorded:
    recorded = Recorded()
    extract(recorded, sources=Sources(mirror=mirror, given=given, seed=0, only_given=only_given))
    return recorded


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


File = Callable[[str, bytes], Path]


def test_the_hsts_table_holds_all_hosts_of_the_preload_list() -> None:
    hosts = [row.domain for row in preloaded()]
    assert len(hosts) == len(set(hosts)) == 161_019  # hstspreload 2025.1.1
    assert {"paypal.com", "accounts.google.com", "github.com", "www.dropbox.com", "wikipedia.org"} <= set(
        hosts
    )


def test_without_a_mirror_hosts_all_generated_names_are_read() -> None:
    recorded = extracted(only_given=False)
    origins = Counter({origin: 0 for origin in ("real", "generated")})
    for _, origin, columns in recorded.added:
        origins[origin] += len(columns["domain"])
    generic = origins["generated"] - NAMES_A_FAMILY * len(families.names())
    assert origins["real"] == 161_019
    assert 0.95 < generic / (len(KINDS) * ALGORITHMS * NAMES_AN_ALGORITHM) < 1
    assert recorded.rows_of("generated/ramnit")[0] == (
        "knpqxlxcwtlvgrdyhd.com", "ramnit", "generated", "79159c10", 1
    )  # fmt: skip


def test_only_given_reads_nothing_but_the_given_files(file: File) -> None:
    recorded = extracted(file("qakbot.txt", b"bqkrtxgkmriwsiwcngtivpx.info\n"))
    assert recorded.added == [
        (
            "given/qakbot.txt",
            "real",
            {
                "domain": ["bqkrtxgkmriwsiwcngtivpx.info"],
                "label": ["qakbot"],
                "population": ["given"],
                "batch": [""],
                "line": [1],
            },
        )
    ]


def test_the_first_the_last_and_blank_lines_are_rows(file: File) -> None:
    recorded = extracted(file("Ramnit.txt", b"2020-01-01\n\n a.com\r\nb.com"))
    assert recorded.column("domain") == ["2020-01-01", "", " a.com", "b.com"]
    assert recorded.column("line") == [1, 2, 3, 4]


def test_benign_rows_come_before_machine_made_ones(file: File) -> None:
    mixed = file("mixed.csv", b"dga,emotet,x.eu\nlegit,alexa,example.com\n")
    recorded = extracted(file("a.txt", b"q.in\n"), mixed, file("benign.txt.gz", b"b.org\n"))
    assert recorded.column("domain") == ["example.com", "b.org", "q.in", "x.eu"]
    assert recorded.column("label") == ["benign", "benign", "a", "emotet"]
    assert recorded.column("line") == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        (b"dga,emotet,a.eu\nlegit,alexa,b.com\n", ["emotet", "benign"]),
        (b"domain,label\na.eu,emotet\nb.com,benign\n", ["emotet", "benign"]),
        (b"\xef\xbb\xbfLabel,Domain,Family\r\n1,a.eu,emotet\r\n0,b.com,\r\n", ["emotet", "benign"]),
        (b'domain,label\n\n"a.eu",DGA\n', ["dga"]),
    ],
)
def test_comma_separated_files_are_read_with_and_without_a_header(
    file: File, content: bytes, labels: list[str]
) -> None:
    rows = list(labelled(file("rows.csv", content)))
    assert [row.label for row in rows] == labels
    assert [row.domain for row in rows] == ["a.eu", "b.com"][: len(rows)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "it is empty"),
        ("empty.csv", b"", "it is empty"),
        ("utf16.txt", "a.com\n".encode("utf-16"), r"NUL byte.*\n.*utf16.txt:1"),
        ("nul.txt", b"a.com\nb\0.com\n", r"NUL byte.*\n.*nul.txt:2"),
        ("long.txt", b"a.com\n" + b"x" * 10_000_000, r"longer than 1048576 bytes\n.*long.txt:2"),
        ("latin.txt", "ä.de\nö.de\n".encode("latin-1"), r"2 of its 2 lines are not UTF-8\n.*latin.txt:1"),
        ("short.csv", b"dga,emotet,a.eu\na.com\n", r"1 fields where 3 are expected.*\n.*short.csv:2"),
        ("blank.csv", b"\n\n", r"0 fields where 3 are expected"),
        ("nolabel.csv", b"dga,emotet,a.eu\n,emotet,b.eu\n", r"its label is empty\n.*nolabel.csv:2"),
        ("unsure.csv", b"maybe,emotet,a.eu\n", r"'maybe' is neither benign nor dga.*\n.*unsure.csv:1"),
        ("name.csv", b"dga,../../x,a.eu\n", r"'../../x' is not the name of a family\n.*name.csv:1"),
        ("labels.csv", b"domain,label\na.eu,not a name\n", r"'not a name' is not the name of a family"),
        ("my list.txt", b"a.eu\n", "named after its family, and 'my list' is not"),
        ("names.parquet", b"PAR1", r"its ending is '.parquet'"),
        ("names.jsonl.gz", b"{}", r"its ending is '.jsonl'"),
        ("names", b"a.eu", "its name has no ending"),
        ("quote.csv", b'dga,emotet,"a.eu\ndga,emotet,b.eu\n', "unexpected end of data"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_where_and_how_to_mend(
    file: File, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(UnreadableFile, match=message) as caught:
        extracted(file(name, content))
    assert caught.value.fix
    assert caught.value.exit_code == 4


def test_a_file_cut_short_in_its_gzip_is_refused(file: File, tmp_path: Path) -> None:
    cut = tmp_path / "cut.txt.gz"
    cut.write_bytes(file("whole.txt.gz", b"a.com\n" * 1000).read_bytes()[:-9])
    with pytest.raises(UnreadableFile, match="ended before"):
        list(lines(cut))


def test_a_header_without_a_label_names_the_missing_column(file: File) -> None:
    with pytest.raises(MissingColumn, match="no column 'label'"):
        list(labelled(file("rows.csv", b"domain,class\na.com,x\n")))


def test_one_broken_line_among_good_ones_is_kept_for_parse_to_reject(file: File) -> None:
    path = file("ramnit.txt", b"a.com\n" * 20 + b"\xffb.com\n")
    assert extracted(path).column("domain")[-1] == "\\xffb.com"


def test_a_missing_file_is_an_answer_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(DetectoryError, match="cannot be read"):
        extracted(tmp_path / "none.txt")


def test_groups_are_batches_of_generated_rows_and_registrable_domains_of_listed_ones() -> None:
    rows = {
        "name": ["www.a", "a", "x", "b.c"],
        "suffix": ["co.uk", "co.uk", "in", "ddns.net"],
        "label": ["benign", "benign", "ramnit", "tinba"],
        "batch": ["", "", "79159c10", ""],
    }
    assert groups(rows) == ["a.co.uk", "a.co.uk", "ramnit/79159c10", "c.ddns.net"]


def test_every_file_of_the_mirror_is_read_whole(mirror: Path) -> None:
    recorded = extracted(mirror=mirror, only_given=False)
    read: Counter[str] = Counter()
    for source, _, columns in recorded.added:
        read[source] += len(columns["domain"])
    listed = json.loads((mirror / "index.json").read_text())["files"]
    rows = {entry["path"]: entry["rows"] for entry in listed if entry["path"].startswith("dga/")}
    assert {path: read[path] for path in rows} == rows


def test_umudga_is_read_as_it_is_published(tmp_path: Path) -> None:
    for family, name in (("kraken_v1", "qwkzx.dynserv.com"), ("legit", "example.org")):
        folder = tmp_path / family / "list"
        folder.mkdir(parents=True)
        (folder / "1000.txt").write_text(f"{name}\n")
    recorded = extracted(tmp_path / "kraken_v1/list/1000.txt", tmp_path / "legit/list/1000.txt")
    assert [source for source, _, _ in recorded.added] == [
        "given/legit/list/1000.txt",
        "given/kraken_v1/list/1000.txt",
    ]
    assert recorded.column("label") == ["benign", "kraken"]


def test_the_majestic_million_is_read_as_it_is_published(file: File) -> None:
    header = "GlobalRank,TldRank,Domain,TLD,RefSubNets,RefIPs,IDN_Domain,IDN_TLD"
    path = file("majestic_million.csv", f"{header}\n1,1,example.com,com,5,9,example.com,com\n2\n".encode())
    recorded = extracted(path)
    assert recorded.rows_of("given/majestic_million.csv") == [
        ("example.com", "benign", "majestic", "", 2),
        ("", "benign", "majestic", "", 3),
    ]


def test_what_is_said_to_be_made_up_is_synthetic(file: File) -> None:
    recorded = Recorded()
    given = (file("qakbot.txt", b"abc.com\n"),)
    extract(recorded, sources=Sources(None, given, 0, only_given=True, origin="synthetic"))
    assert [origin for _, origin, _ in recorded.added] == ["synthetic"]


def test_every_file_of_the_mirror_is_given_the_family_that_its_index_notes(mirror: Path) -> None:
    listed = json.loads((mirror / "index.json").read_text())["files"]
    noted = {entry["path"]: entry["note"] for entry in listed if entry["note"].startswith("family ")}
    assert len(noted) > 70
    assert {path: f"family {family_of(Path(path).name)}" for path in noted} == noted


def test_the_mirrors_benign_lists_are_populations_of_their_own(mirror: Path) -> None:
    recorded = extracted(mirror=mirror, only_given=False)
    counted = Counter(zip(recorded.column("population"), recorded.column("label"), strict=True))
    assert counted["alexa", "benign"] == 84_674
    assert counted["opendns", "benign"] == 8_247
    assert counted["hsts", "benign"] == 161_019
    last_benign = len(recorded.column("label")) - 1 - recorded.column("label")[::-1].index("benign")
    assert set(recorded.column("label")[: last_benign + 1]) == {"benign"}
