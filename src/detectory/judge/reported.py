"""What every report shows, whatever the task: its facts, and the sections that all have.

In: counts, candidates, checks and lineage. Out: sections that HTML and Markdown render alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detectory.judge.cells import Cell, Figure, Section, Table, count, measured, text
from detectory.judge.compression import CandidateRow
from detectory.judge.gates import GateResult
from detectory.judge.titles import shown, title_of
from detectory.judge.verdict import CheckResult, LeftOut, Metrics


@dataclass(frozen=True, slots=True)
class DataCounts:
    """What became of the rows that were read: good + duplicates + rejected = read."""

    read: int
    good: int
    duplicates: int
    rejected: Mapping[str, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == self.good + self.duplicates + sum(self.rejected.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(ABC):
    """What a report shows; every task adds its own. No clock: the same facts give the same bytes."""

    detector: str
    title: str
    question: str
    gates: Sequence[GateResult]
    data: DataCounts
    candidates: Sequence[CandidateRow] = ()
    searches: Sequence[Mapping[str, Any]] = ()
    origins: Mapping[str, int] = field(default_factory=dict)
    lineage: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    version: str = ""

    @abstractmethod
    def summary(self) -> list[str]:
        """The headline in words, where every gate holds."""

    @abstractmethod
    def tiles(self) -> list[tuple[str, Cell]]:
        """The few numbers that say whether people can live with it."""

    @abstractmethod
    def sections(self) -> list[Section]:
        """Every section that has something to say, in reading order."""

    @abstractmethod
    def judged(self) -> dict[str, Any]:
        """The judgement as JSON."""


def telling(found: Iterable[Section]) -> list[Section]:
    """The sections that have something to say."""
    return [section for section in found if any(not _empty(block) for block in section.blocks)]


def left_out_section(found: Mapping[str, LeftOut], names: Sequence[str]) -> Section:
    """How a model ranks rows of a kind that it never learned from, beside the version that did."""
    rows = [
        [text(name), text(whose), count(one.rows), *(measured(metrics.get(metric)) for metric in names)]
        for name, one in found.items()
        for whose, metrics in (("never learned from them", one.without), ("this version", one.version))
    ]
    head = ("left out", "model", "test rows", *map(title_of, names))
    lead = "The chosen kind of model, fitted once more without the rows named, on test rows of that kind. "
    lead += "Where these are of one class only, all test rows of the other class stand beside them."
    return Section("left-out", "Without what it never saw", lead, (Table(head, rows),))


def behaviour_section(checks: Sequence[CheckResult]) -> Section:
    rows = [
        [
            _outcome(check),
            text(check.name, remark=check.kind),
            measured(check.held),
            text(check.note),
        ]
        for check in sorted(checks, key=lambda check: (check.passed, check.name))
    ]
    lead = "What must not change the answer, what must push it one way, and what an attacker would try. "
    lead += "An evasion is measured, not required: its share is of rows that still alert."
    return Section("behaviour", "Behaviour", lead, (Table(("result", "check", "share held", "note"), rows),))


def _outcome(check: CheckResult) -> Cell:
    """Whether a check held; an evasion can neither hold nor fail, for nobody holds against all."""
    if check.kind == "evasion":
        return text("measured", tone="quiet")
    return text("✓ held", tone="good") if check.passed else text("✗ failed", tone="bad")


def data_section(data: DataCounts, *, counts: Mapping[str, int]) -> Section:
    rejected = [[text(f"rejected: {reason}"), count(n)] for reason, n in sorted(data.rejected.items())]
    rows = [[text("read"), count(data.read)], [text("good"), count(data.good)]]
    rows += [[text("duplicates"), count(data.duplicates)], *rejected]
    sums = (
        "Good, duplicates and rejected add up to read." if data.balanced else "These do not add up to read!"
    )
    test = [[text(name.replace("_", " ")), count(n)] for name, n in counts.items()]
    return Section(
        "data",
        "Data",
        "What became of every row that was read, and what the test is made of.",
        (
            Table(("rows", "count"), rows, title="Read", note=sums, width="half"),
            Table(("rows", "count"), test, title="Of the test", width="half"),
        ),
    )


def lineage_section(facts: Facts) -> Section:
    origins = [[text(origin), count(rows)] for origin, rows in facts.origins.items()]
    blocks = (
        Table(("origin", "rows"), origins, title="Origin of rows", width="half"),
        pairs("Made from", facts.lineage),
        pairs("Environment", facts.environment),
    )
    lead = "Where this came from. Generated rows are made by published algorithms, synthetic ones for tests."
    return Section("lineage", "Lineage and environment", lead, blocks)


def metric_table(title: str, names: Iterable[str], metrics: Metrics) -> Table:
    """Some of the metrics, as a table."""
    rows = [[text(title_of(name)), shown(name, metrics[name])] for name in names if name in metrics]
    return Table(("metric", "value"), rows, title=title, width="half")


def pairs(title: str, facts: Mapping[str, Any]) -> Table:
    """Facts by name, as a table."""
    rows = [[text(key), text(value)] for key, value in facts.items()]
    return Table(("fact", "value"), rows, title=title, width="half")


def _empty(block: Table | Figure) -> bool:
    return isinstance(block, Table) and not block.rows
