"""Records as runs leave them, and changes of them."""

from __future__ import annotations

import msgspec
import pytest

from detectory.journal import Environment, Git, Metric, Process, Record, Series, StageRun, Tried

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def record() -> Record:
    """A run of ``dga`` that ended well."""
    return Record(
        id="20261121-153101-dga-1f3a",
        verb="run",
        detector="dga",
        state="done",
        began="2026-11-21T15:31:01.000+00:00",
        seconds=12.5,
        settings={"threads": 1, "store": ".detectory"},
        environment=Environment("0.1", "CPython 3.11", "Linux", "a processor", 2, {"numpy": "2.4"}),
        process=Process("host", "boot", 1, "1"),
        git=Git("1234abcd", dirty=False),
        stages={"gold": StageRun("made", "a" * 64, 1.0, {"file features.py": "abc", "code kernels": "def"})},
        sources={"lists": "none", "rows": {HOSTILE: 5}},
        data={"read": 10, "rejected": {"too_long": 1}},
        tried=[
            Tried(
                name="tree",
                head="score",
                kind="trees",
                params={"max_depth": 3},
                metric="recall",
                quality=Metric(0.9),
                chosen=True,
            )
        ],
        metrics={"roc_auc": Metric(0.9, 0.88, 0.92), "brier": Metric(0.1, 0.09, 0.11), "ece": Metric(None)},
        series=[Series("score.tree.loss", 900, [1, 2, 3], [0.7, None, 0.5])],
        version=1,
    )


@pytest.fixture
def other(record: Record) -> Record:
    """The same, deeper, better and from other code."""
    gold = StageRun("made", "b" * 64, 1.0, {"file features.py": "xyz", "code kernels": "def"})
    tried = msgspec.structs.replace(record.tried[0], params={"max_depth": 5})
    return msgspec.structs.replace(
        record,
        id="20261121-153102-dga-2f3a",
        tried=[tried],
        stages={"gold": gold},
        git=Git("5678abcd", dirty=True),
        metrics=record.metrics | {"roc_auc": Metric(0.95, 0.93, 0.97), "brier": Metric(0.11, 0.1, 0.12)},
        series=[Series("score.tree.loss", 2, [1, 2], [0.6, 0.4])],
    )
