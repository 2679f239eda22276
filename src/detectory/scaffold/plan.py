"""The plan of a new detector: everything that was inferred from a table, and why, before a file is written.

Goes in: a table and what a person said of it. Comes out: a `Plan`, which is shown, and then written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from detectory.doors import RESERVED
from detectory.errors import NothingToLearn
from detectory.scaffold import budget, labels as labelling, leaks, split
from detectory.scaffold.entities import Entities
from detectory.scaffold.fields import Planned, planned
from detectory.scaffold.labels import Labels
from detectory.scaffold.leaks import Reason
from detectory.scaffold.profile import Facts, profile
from detectory.scaffold.reading import Table, column_of

_UNUSABLE = ("empty", "nested")
_KEEP_CONFLICTS = 0.01  # of the rows: beyond it, contradictions are how the world is and not mistakes


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person said: names or positions of columns, and classes of the label."""

    label: str
    negative: str | None = None
    positive: str | None = None
    time: str | None = None
    group: str | None = None
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A detector to be written.

    ``best_alone`` is the field that tells most by itself, and how much. ``distinct`` counts entities,
    ``conflicts`` rows that the labels contradict.
    """

    name: str
    table: Table
    label: str
    labels: Labels
    fields: tuple[Planned, ...]
    dropped: Mapping[str, Reason]
    protocol: split.Protocol
    budget: budget.Proposal | None
    best_alone: tuple[str, float]
    distinct: int
    conflicts: int
    notes: tuple[str, ...]

    @property
    def keeps_conflicts(self) -> bool:
        """Whether rows that the labels contradict stay, as two."""
        return self.conflicts > _KEEP_CONFLICTS * self.table.kept

    @property
    def alerts(self) -> bool:
        """Whether the detector alerts; otherwise it predicts a number."""
        return self.labels.task == "binary"

    @property
    def truth(self) -> str:
        """What the label's column is called in bronze."""
        return "label" if self.alerts or self.label in RESERVED else self.label

    @property
    def tested(self) -> int:
        """How many entities of the rarer side of the label the test will have."""
        return min(self.protocol.expected["test"].values()) * self.table.stride

    def used(self, use: str) -> list[Planned]:
        """The fields of one use."""
        return [field for field in self.fields if field.use == use]

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {
            "detector": self.name,
            "file": str(self.table.path),
            "sha256": self.table.sha256,
            "rows": self.table.rows,
            "task": self.labels.task,
            "label": self.label,
            "negative": self.labels.negative or None,
            "classes": self.labels.counts,
            "fields": [asdict(field) for field in self.fields],
            "dropped": [{"column": name, **asdict(reason)} for name, reason in self.dropped.items()],
            "split": {"kind": self.protocol.kind, "column": self.protocol.column, "why": self.protocol.why},
            "budget": None if self.budget is None else asdict(self.budget),
            "best_alone": {"field": self.best_alone[0], "quality": self.best_alone[1]},
            "distinct": self.distinct,
            "conflicts": self.conflicts,
            "notes": list(self.notes),
        }


def infer(name: str, table: Table, wishes: Wishes) -> Plan:
    """The plan for a table.

    Raises `UnknownColumn`, `NegativeUnknown`, and `NothingToLearn` when no field is left, a side of the
    label is too small, or nothing can be certified.
    """
    where, label = str(table.path), column_of(table, wishes.label)
    labels = labelling.read(
        table.columns[label], name=label, where=where, negative=wishes.negative, positive=wishes.positive
    )
    by_name = {one.name: one for one in _profiled(table, labels)}
    setting = leaks.Setting(labels, by_name.pop(label), len(table.columns), has_names=table.names is None)
    dropped = _dropped(by_name, setting, table, wishes)
    kept = [one for one in by_name.values() if one.name not in dropped]
    if not kept:
        raise NothingToLearn(where, why=f"of {len(by_name)} columns none is left: {_counted(dropped)}")
    entities = Entities.of(kept, labels)
    once = {name: one.of(entities.first) for name, one in by_name.items()}
    protocol = _protocol(once, dropped, labels.of(entities.first), table, wishes)
    return Plan(
        name=name,
        table=table,
        label=label,
        labels=labels,
        fields=tuple(map(planned, kept)),
        dropped=dropped,
        protocol=protocol,
        budget=_budget(protocol, table, labels),
        best_alone=_best_alone([once[one.name] for one in kept], labels.of(entities.first)),
        distinct=entities.distinct * table.stride,
        conflicts=entities.conflicts,
        notes=(*protocol.notes, *_notes(kept, labels, table)),
    )


def _protocol(
    facts: Mapping[str, Facts], dropped: Mapping[str, Reason], labels: Labels, table: Table, wishes: Wishes
) -> split.Protocol:
    """How the entities are split."""
    time, group = _column(table, wishes.time), _column(table, wishes.group)
    return split.propose(facts, dropped, labels, time=time, group=group)


def _profiled(table: Table, labels: Labels) -> list[Facts]:
    """The facts of every column, of the labelled rows."""
    rows = np.flatnonzero(labels.kept).tolist()
    return [
        profile(name, column if labels.kept.all() else [column[row] for row in rows], position=position)
        for position, (name, column) in enumerate(table.columns.items(), start=1)
    ]


def _column(table: Table, wanted: str | None) -> str | None:
    return None if wanted is None else column_of(table, wanted)


def _dropped(
    facts: Mapping[str, Facts], setting: leaks.Setting, table: Table, wishes: Wishes
) -> dict[str, Reason]:
    """Columns that are no fields, with the reason; some cannot be kept."""
    keep = {column_of(table, name) for name in wishes.keep}
    said = {column_of(table, name): Reason("told", "you said so") for name in wishes.drop}
    for name in filter(None, (_column(table, wishes.time), _column(table, wishes.group))):
        said.setdefault(name, Reason("told", "the rows are split by it"))
    found: dict[str, Reason] = {}
    for name, one in facts.items():
        reason = said.get(name) or leaks.reason_against(one, setting)
        if reason and (name not in keep or reason.code in _UNUSABLE):
            found[name] = reason
        elif name in RESERVED:
            found[name] = Reason(
                "reserved", "silver has a column of that name for itself; rename it to use it"
            )
    return found


def _counted(dropped: Mapping[str, Reason]) -> str:
    counted = Counter(reason.code for reason in dropped.values())
    return ", ".join(f"{code} ({count})" for code, count in counted.items())


def _budget(protocol: split.Protocol, table: Table, labels: Labels) -> budget.Proposal | None:
    """The budget of alerts; a number that is predicted has none."""
    if labels.task == "regression":
        return None
    rows = protocol.expected["calibration"][labels.negative] * table.stride
    return budget.propose(rows, where=str(table.path))


def _best_alone(facts: Sequence[Facts], labels: Labels) -> tuple[str, float]:
    """The field that tells most by itself."""
    found = {one.name: leaks.alone(one, labels) for one in facts}
    best = max(found, key=lambda name: found[name])
    return best, round(found[best], 4)


def _notes(facts: Sequence[Facts], labels: Labels, table: Table) -> list[str]:
    notes = [
        f"{one.wrong:.2%} of the rows hold no number in '{one.name}' and will be rejected"
        for one in facts
        if one.wrong
    ]
    notes += [f"the label '{one}' is taken for '{other}'" for one, other in labels.spellings.items()]
    if labels.unlabelled:
        notes.append(f"{labels.unlabelled:,} rows have no label: a run quarantines them")
    if table.stride > 1:
        notes.append(f"1 row in {table.stride} was looked at; a run reads all of them")
    return notes
