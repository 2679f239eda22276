"""Where the names come from: benign hosts, our runs of published and made-up algorithms, lists, the user's.

Rows go out as found, benign ones first, so that a name on both sides is seen. Nothing is parsed,
dropped or mended here. The real lists are the mirror's, or the public originals that ``originals.toml``
pins; without mirror and network they are left out.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from detectory.detector import Into, Origin, Sources
from detectory.detectors.dga import families, generic
from detectory.detectors.dga.lists import (
    BENIGN,
    Row,
    class_of,
    family_of,
    is_ranking,
    labelled,
    plain,
    ranked,
)
from detectory.downloads import Pin, read_pins
from detectory.errors import MissingExtra, UnreadableFile

NAMES_A_FAMILY = 5_000
ACCEPTED = (".txt", ".csv")
CHUNK_ROWS = 100_000  # rows held at once; a user's file may be far larger than memory
HSTS_IS_HOST = 0x80  # the flag of an entry that is a host, not a step towards one


@dataclass(frozen=True, slots=True)
class Listing:
    """A file of names: what it is called in the lineage, whose names they are, how it is read.

    ``label`` is the class of all its rows, None where each row says its own.
    """

    source: str
    population: str
    path: Path
    label: str | None
    origin: Origin = "real"

    def rows(self) -> Iterator[Row]:
        """The file's rows, one by one."""
        if self.label is None:
            return labelled(self.path)
        return ranked(self.path) if ".csv" in self.path.suffixes else plain(self.path, label=self.label)


def extract(into: Into, *, sources: Sources) -> None:
    """Add every row: ``domain``, ``label``, ``population``, ``batch`` and ``line`` (from 1).

    Raises `UnreadableFile` for a file that is no list of names, `MissingExtra` without hstspreload.
    """
    listings = [*_given(sources), *_real(sources)]
    if not sources.only_given:
        _add(into, preloaded(), population="hsts", source="hstspreload", origin="real")
    _add_listings(into, [one for one in listings if one.label in (None, BENIGN)], _is_benign)
    if not sources.only_given:
        _add_generated(into)
        _add_generic(into)
    _add_listings(into, [one for one in listings if one.label != BENIGN], _is_machine_made)


def groups(rows: dict[str, list[Any]]) -> list[str]:
    """What must stay on one side of a split: a family's seed or date, or a registrable domain.

    ``rows`` are silver's columns, among them ``name``, ``suffix``, ``label`` and ``batch``.

    >>> groups({"name": ["www.a", "x"], "suffix": ["com", "in"], "label": ["benign", "ramnit"],
    ...         "batch": ["", "79159c10"]})
    ['a.com', 'ramnit/79159c10']
    """
    columns = zip(rows["name"], rows["suffix"], rows["label"], rows["batch"], strict=True)
    return [
        f"{label}/{batch}" if batch else f"{name.rpartition('.')[2]}.{suffix}"
        for name, suffix, label, batch in columns
    ]


def preloaded() -> Iterator[Row]:
    """The hosts that browsers reach over TLS only: Chromium's HSTS preload list, all of it, benign.

    Read in one pass from the binary table of the package ``hstspreload``: entries of a flag byte, a
    length byte and so many bytes of name, for hosts and for the steps of its look-up tree.

    >>> next(preloaded())
    Row(domain='phd', label='benign', line=1)
    """
    table = _hsts_table().read_bytes()
    at = line = 0
    while at < len(table):
        end = at + 2 + table[at + 1]
        if table[at] & HSTS_IS_HOST:
            line += 1
            yield Row(table[at + 2 : end].decode("ascii"), BENIGN, line)
        at = end


def _hsts_table() -> Path:
    # find_spec, because importing the package would build its jump table; only its bytes are wanted.
    spec = importlib.util.find_spec("hstspreload")
    if spec is None or spec.origin is None:
        raise MissingExtra("hstspreload", extra="train", because="to read benign host names")
    return Path(spec.origin).with_name("hstspreload.bin")


def _add_generated(into: Into) -> None:
    for family in families.names():
        made = list(islice(generated(family), NAMES_A_FAMILY))
        columns: dict[str, list[Any]] = {
            "domain": [name for name, _ in made],
            "label": [family] * len(made),
            "population": ["generated"] * len(made),
            "batch": [batch for _, batch in made],
            "line": list(range(1, len(made) + 1)),
        }
        into.add(columns, source=f"generated/{family}", origin="generated")


def _add_generic(into: Into) -> None:
    """Names to practise on, one label a kind; the split lets nobody be judged by them."""
    suffixes = [row.domain.rpartition(".")[2] for row in preloaded()]
    for kind in generic.KINDS:
        made = list(generic.generic(kind, suffixes))
        columns: dict[str, list[Any]] = {
            "domain": [name for name, _ in made],
            "label": [f"{generic.POPULATION}-{kind}"] * len(made),
            "population": [generic.POPULATION] * len(made),
            "batch": [batch for _, batch in made],
            "line": list(range(1, len(made) + 1)),
        }
        into.add(columns, source=f"generated/{generic.POPULATION}-{kind}", origin="generated")


def generated(family: str) -> Iterator[tuple[str, str]]:
    """Distinct names of a family with their batch, about as many from each.

    >>> next(generated("ramnit"))
    ('knpqxlxcwtlvgrdyhd.com', '79159c10')
    """
    generator = families.load(family)
    a_batch = -(-NAMES_A_FAMILY // len(generator.BATCHES))
    seen: set[str] = set()
    for batch in generator.BATCHES:
        for name in generator.domains(batch, a_batch):
            if name not in seen:
                seen.add(name)
                yield name, batch


def _given(sources: Sources) -> list[Listing]:
    return [_given_listing(path, sources.origin) for path in sources.given]


def _given_listing(path: Path, origin: Origin) -> Listing:
    """A file of the user's by its ending. Raises `UnreadableFile` for one that says no kind of ours."""
    kind = Path(path.name.lower().removesuffix(".gz")).suffix
    if kind not in ACCEPTED:
        why = f"its ending is '{kind}'" if kind else "its name has no ending"
        fix = f"give {' or '.join(ACCEPTED)}, either with .gz too: FAMILY.txt, or label,family,domain as CSV"
        raise UnreadableFile(str(path), why=why, fix=fix)
    if kind == ".csv":
        label, population = (BENIGN, "majestic") if is_ranking(path) else (None, "given")
        return Listing(f"given/{path.name}", population, path, label, origin)
    folder = f"{path.parent.parent.name}/list/" if path.parent.name == "list" else ""
    return Listing(f"given/{folder}{path.name}", "given", path, class_of(path), origin)


def _real(sources: Sources) -> list[Listing]:
    """The real lists of the mirror, or the public originals, or none."""
    if sources.lists == "none":
        return []
    found = _mirrored(sources) if sources.lists == "mirror" else _originals(sources)
    return [_listing(name, path) for name, path in found.items() if path is not None]


def _mirrored(sources: Sources) -> dict[str, Path | None]:
    return {name: sources.mirrored(name) for name in sorted(sources.index()) if name.startswith("dga/")}


def _originals(sources: Sources) -> dict[str, Path | None]:
    return {pin.file: sources.fetched(pin) for pin in originals()}


def originals() -> tuple[Pin, ...]:
    """The public originals of the mirror's lists, whole, under the names they have there without ``.gz``.

    >>> originals()[0].file
    'dga/andrewaeva/conficker.txt'
    """
    return read_pins(Path(__file__).with_name("originals.toml").read_text(encoding="utf-8"))


def _listing(name: str, path: Path) -> Listing:
    """A real list by the folder it is in.

    >>> _listing("dga/benign/opendns-top-domains.txt.gz", Path("x")).population
    'opendns'
    """
    folder = Path(name).parent.name
    if folder == BENIGN:
        return Listing(name, Path(name).name.partition("-")[0], path, BENIGN)
    label = None if ".csv" in Path(name).suffixes else family_of(Path(name).name)
    return Listing(name, folder, path, label)


def _is_benign(row: Row) -> bool:
    return row.label == BENIGN


def _is_machine_made(row: Row) -> bool:
    return row.label != BENIGN


def _add_listings(into: Into, listings: Iterable[Listing], wanted: Callable[[Row], bool]) -> None:
    for one in listings:
        _add(
            into, filter(wanted, one.rows()), population=one.population, source=one.source, origin=one.origin
        )


def _add(into: Into, rows: Iterator[Row], *, population: str, source: str, origin: Origin) -> None:
    while chunk := list(islice(rows, CHUNK_ROWS)):
        columns: dict[str, list[Any]] = {
            "domain": [row.domain for row in chunk],
            "label": [row.label for row in chunk],
            "population": [population] * len(chunk),
            "batch": [""] * len(chunk),
            "line": [row.line for row in chunk],
        }
        into.add(columns, source=source, origin=origin)
