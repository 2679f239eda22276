"""Recertify: another threshold for the same model, from benign rows of a user's own.

In: a version, a file of benign rows, a budget. Out: `Evidence`, the scores that certify the threshold,
and the files of the bundle that follow from it: threshold, golden rows, verdict, report. Never: a byte
of a graph, of ``parse.py`` or ``features.py``; a metric that was measured at another threshold.

Whatever depends on the threshold is measured anew on the very test rows of the version. Where the store
does not have them, such a metric is undefined, and a gate on it does not hold.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from detectory.artifacts import Artifact, Store, Writing, sha256_of
from detectory.bundle import Opened
from detectory.choice import Choice
from detectory.detector import Detector, Sources
from detectory.errors import NothingScored
from detectory.formats.chunk import Chunk
from detectory.formats.gather import gathered
from detectory.formats.read import opened as opened_file, read
from detectory.formats.source import Source
from detectory.job import Job
from detectory.judge import alerts, draft, gates, report
from detectory.judge.alert_report import ReportFacts
from detectory.judge.compression import CandidateRow
from detectory.judge.confusion import Confusion
from detectory.judge.curves import Curves
from detectory.judge.evaluate import Verdict
from detectory.judge.reported import DataCounts
from detectory.judge.sections import AT_BUDGET
from detectory.judge.threshold import Budget, Threshold, choose
from detectory.judge.verdict import LeftOut, Metrics
from detectory.metrics import UNDEFINED, Array, Interval
from detectory.runtime import AlertScorer, golden_of
from detectory.schema import keys_of
from detectory.spec import Binary

#: metrics that another threshold changes
AT_THRESHOLD = frozenset({*AT_BUDGET, "label_accuracy"})
TESTED_ON = ("bronze", "silver", "gold", "split", "fit", "compress")


@dataclass(slots=True)
class Evidence:
    """Benign rows of a file as the version scores them, each entity once.

    Where many rows become one entity, entities are counted, and the rows that became none.
    ``known`` counts entities that the version was trained on: they score lower than new ones would,
    so they certify nothing and are left out.
    """

    file: str
    sha256: str
    read: int = 0
    duplicates: int = 0
    known: int | None = None
    rejected: Counter[str] = field(default_factory=Counter)
    first_rejected: int = 0
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def log_odds(self) -> Array:
        """float32[N]: the score of every entity that counts."""
        return np.fromiter(self.scores.values(), dtype=np.float32, count=len(self.scores))

    def to_dict(self) -> dict[str, Any]:
        """The counts, for the lineage and ``--json``: rows + known + duplicates + rejected = read."""
        rejected = dict(sorted(self.rejected.items()))
        facts = {"file": self.file, "sha256": self.sha256, "read": self.read, "rows": len(self.scores)}
        return facts | {"duplicates": self.duplicates, "known": self.known, "rejected": rejected}


def evidence(scorer: AlertScorer, file: str, *, trained: frozenset[str] | None) -> Evidence:
    """Score a file of benign rows. ``trained`` are the entities to leave out, None if unknown.

    Raises `NothingScored` when no row parses, and what `formats.read` raises.
    """
    with opened_file(file) as source:
        found = Evidence(Path(source.name).name, _sha256_of(source))
        known: set[str] = set()
        for chunk in gathered(read(source, scorer.spec.asked), scorer.spec.is_gathered):
            _add(found, chunk, scorer, trained=trained or frozenset(), known=known)
    found.known = None if trained is None else len(known)
    found.duplicates = found.read - found.rejected.total() - len(known) - len(found.scores)
    if found.rejected.total() == found.read:
        raise NothingScored(file, rows=found.read, reasons=found.rejected, line=found.first_rejected)
    return found


def certified(
    found: Evidence, spec: Binary, *, false_alerts: float | None, benign_events: float | None
) -> Threshold:
    """The threshold that keeps the budget of ``detector.toml``, or the one given, on these rows.

    Raises `CannotCertify` when they are too few.
    """
    given = {"false_alerts_a_day": false_alerts, "benign_events_a_day": benign_events}
    words = msgspec.structs.asdict(spec.budget)
    budget = Budget(**(words | {name: value for name, value in given.items() if value is not None}))
    return choose(found.log_odds, budget=budget)


def inputs(opened: Opened, store: Store, detector: Detector) -> dict[str, Artifact] | None:
    """What the version was judged on; None where the store or the detector's folder is another."""
    stages: Mapping[str, str] = opened.manifest.lineage["stages"]
    if any((detector.folder / name).read_bytes() != opened.files[name] for name in draft.TRAVELS):
        return None
    if any(stages[name] not in store.listing(f"{detector.name}/{name}") for name in TESTED_ON):
        return None
    return {name: store.get(f"{detector.name}/{name}", stages[name]) for name in TESTED_ON}


def rejudged(
    detector: Detector,
    spec: Binary,
    made: Mapping[str, Artifact],
    threshold: Threshold,
    *,
    note: str,
    seed: int,
) -> dict[str, bytes]:
    """The files that follow from a threshold, measured anew on the version's own test rows."""
    with tempfile.TemporaryDirectory() as folder:
        out = Writing(Path(folder))
        sources = Sources(mirror=None, given=(), seed=seed)
        job = Job(
            detector, made, out, sources, sample=1.0, seed=seed, threads=1, choice=Choice(),
            work=out.folder,
        )  # fmt: skip
        alerts.judged(job, spec, threshold, notes=[note])
        return _files(out.folder)


def carried(scorer: AlertScorer, threshold: Threshold, *, note: str) -> dict[str, bytes]:
    """The same files without the test rows: what depends on the threshold is undefined."""
    facts = _facts(scorer, threshold, notes=[note, "The test rows are not here: metrics at it are unknown."])
    rows = scorer.bundle.json("golden.json")["rows"]
    moved = _at(scorer, threshold)
    heads = (head.file for head in scorer.bundle.manifest.heads.values())
    judged = {name: moved.bundle.files[name] for name in (*heads, *draft.TRAVELS, "threshold.json")}
    with tempfile.TemporaryDirectory() as folder:
        out = Writing(Path(folder))
        for name, data in report.render(facts).items():
            out.write(name, data)
        out.write_json("verdict.json", draft.verdict_of(facts.verdict.metrics, facts.gates, judged))
        out.write("threshold.json", judged["threshold.json"])
        out.write_json("golden.json", golden_of(rows, moved.score(rows), moved.features(rows)))
        return _files(out.folder)


def verdict(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    """The verdict among these files: gates and metrics."""
    found: Mapping[str, Any] = json.loads(files["verdict.json"])
    return found


def _sha256_of(source: Source) -> str:
    if not source.stream.seekable():
        raise source.unreadable("it is read twice, and a pipe cannot be", fix="write the rows to a file")
    digest = sha256_of(source.stream)
    source.stream.seek(0)
    return digest


def _add(
    found: Evidence, chunk: Chunk, scorer: AlertScorer, *, trained: frozenset[str], known: set[str]
) -> None:
    found.read += len(chunk.refused)
    found.rejected.update(item.reason for item in chunk.refused)
    if chunk.refused and not found.first_rejected:
        found.first_rejected = chunk.refused[0].line
    if not chunk.lines:
        return
    scores = scorer.score(chunk.asked())
    found.read += len(scores.log_odds) + len(scores.rejected)
    found.rejected.update(item.reason for item in scores.rejected)
    if scores.rejected and not found.first_rejected:
        found.first_rejected = chunk.lines[scores.rejected[0].row]
    keys = keys_of(scores.parsed.rows, scorer.spec.key)
    known.update(trained.intersection(keys))
    found.scores.update(
        (key, value) for key, value in zip(keys, scores.log_odds.tolist(), strict=True) if key not in trained
    )


def _at(scorer: AlertScorer, threshold: Threshold) -> AlertScorer:
    """The same bundle with another threshold, not yet signed."""
    files = {**scorer.bundle.files, "threshold.json": msgspec.json.encode(threshold.to_dict())}
    return AlertScorer(replace(scorer.bundle, files=files), spec=scorer.spec, version=scorer.version)


def _facts(scorer: AlertScorer, threshold: Threshold, *, notes: list[str]) -> ReportFacts:
    """The old report's facts, less what was measured at the old threshold."""
    old, spec = scorer.bundle.json("report.json"), scorer.spec
    verdict = _carried_verdict(old["verdict"])
    return ReportFacts(
        detector=spec.name,
        title=spec.title,
        question=spec.question,
        verdict=verdict,
        gates=gates.check(gates.read(spec.gates, detector=spec.name), verdict.metrics),
        threshold=threshold,
        data=DataCounts(**old["data"]),
        candidates=[CandidateRow.from_dict(row) for row in old["candidates"]],
        searches=old["searches"],
        origins=old["origins"],
        lineage=old["lineage"],
        environment=old["environment"],
        notes=[*old["notes"], *notes],
    )


def _carried_verdict(old: Mapping[str, Any]) -> Verdict:
    metrics = _intervals(old["metrics"])
    return Verdict(
        metrics={name: UNDEFINED if name in AT_THRESHOLD else metrics[name] for name in metrics},
        slices=(),
        families=(),
        populations=(),
        confusion=Confusion((), (), np.zeros((0, 0), dtype=np.int64)),
        curves=Curves((), (), (), (), (), ()),
        counts={name: count for name, count in old["counts"].items() if "alerts" not in name},
        baselines={name: _intervals(found) for name, found in old["baselines"].items()},
        ablations={name: _intervals(found) for name, found in old["ablations"].items()},
        left_out={name: LeftOut.from_dict(found) for name, found in old["left_out"].items()},
    )


def _intervals(metrics: Mapping[str, Mapping[str, float | None]]) -> Metrics:
    return {name: Interval.from_dict(metric) for name, metric in metrics.items()}


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
