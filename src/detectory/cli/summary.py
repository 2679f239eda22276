"""The end of a run: rows by fate, headline metrics with intervals, gates, version, report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from detectory.artifacts import Artifact
from detectory.cli.session import Session
from detectory.registry import versions

if TYPE_CHECKING:
    from detectory.library import Outcome, Workspace
    from detectory.pipeline import Plan

#: of these, the metrics that a verdict has are shown
HEADLINES = (
    "recall_at_budget",
    "recall_seen_at_fpr_1e-3",
    "recall_unseen_at_fpr_1e-3",
    "fpr_at_budget",
    "roc_auc",
    "macro_f1",
    "mae",
    "mae_lift",
    "rmse",
    "median_ae",
    "smape",
    "r2",
    "coverage",
    "width",
)


def show_plan(session: Session, plan: Plan, *, then: str) -> None:
    """Print what would become of each stage; ``then`` is the command that does it."""
    from detectory import pipeline

    states = pipeline.preview(plan)
    text = "\n".join(f"{stage:10}{state}" for stage, state in states.items())
    session.answer({"detector": plan.detector.name, "stages": states}, text)
    session.next(f"{then}{' --force' if plan.force else ''}")


def show_outcome(
    session: Session, detector: str, outcome: Outcome, home: Workspace, *, same: str = ""
) -> None:
    """Print what a run made; ``same`` are the options that make the rest of it from the same."""
    document = {"detector": detector, **document_of(detector, outcome, home)}
    session.answer(document, text_of(document))
    if outcome.version is None:
        session.next(f"detectory run {detector}{same}")
    else:
        session.next(f"detectory report {detector}@{outcome.version} --open")


def document_of(detector: str, outcome: Outcome, home: Workspace) -> dict[str, Any]:
    """The outcome for ``--json``; parts that the run did not reach are not there."""
    made = outcome.artifacts
    found: dict[str, Any] = {"stages": {name: _stage(artifact) for name, artifact in made.items()}}
    if "silver" in made:
        found["rows"] = {key: made["silver"].facts[key] for key in ("read", "good", "duplicates", "rejected")}
    if "judge" in made:
        verdict = made["judge"].json("verdict.json")
        found["metrics"] = {
            name: verdict["metrics"][name] for name in HEADLINES if name in verdict["metrics"]
        }
        found["gates"] = verdict["gates"]
    if outcome.version is not None:
        folder = versions.folder_of(home.store, detector, outcome.version)
        found |= {"version": outcome.version, "is_new": outcome.is_new, "champion": outcome.champion}
        found["report"] = str(folder / "report.html")
    if outcome.refused:
        found["refused"] = outcome.refused.as_dict()
    return found


def text_of(document: Mapping[str, Any]) -> str:
    """The outcome for people."""
    lines = _rows(document) + _metrics(document) + _gates(document) + _version(document)
    return "\n".join(f"{name:28}{text}" for name, text in lines)


def _stage(artifact: Artifact) -> dict[str, Any]:
    return {"digest": artifact.digest, "seconds": artifact.measured.get("seconds")}


def _rows(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "rows" not in document:
        return []
    rows = document["rows"]
    refused = sum(rows["rejected"].values())
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in rows["rejected"].items())
    counted = f"{rows['read']:,} read = {rows['good']:,} good + {rows['duplicates']:,} duplicates"
    return [("rows", f"{counted} + {refused:,} rejected" + (f" ({reasons})" if reasons else ""))]


def _metrics(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, interval(metric)) for name, metric in document.get("metrics", {}).items()]


def interval(metric: Mapping[str, float | None]) -> str:
    """A metric with its interval.

    >>> interval({"value": 0.5, "low": 0.4, "high": 0.6})
    '0.5 [0.4, 0.6]'
    >>> interval({"value": None, "low": None, "high": None})
    'undefined'
    """
    if metric["value"] is None:
        return "undefined"
    ends = [f"{metric[end]:.4g}" if metric[end] is not None else "?" for end in ("low", "high")]
    return f"{metric['value']:.4g} [{', '.join(ends)}]"


def _gates(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    gates = document.get("gates", [])
    failed = [("", gate["sentence"]) for gate in gates if not gate["passed"]]
    return [("gates", f"{len(gates) - len(failed)} of {len(gates)} hold"), *failed] if gates else []


def _version(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "version" not in document:
        return []
    number, news = document["version"], "new" if document["is_new"] else "there already"
    return [
        ("version", f"{document['detector']}@{number} ({news})"),
        ("champion", f"{document['detector']}@{document['champion']}" if document["champion"] else "none"),
        ("report", document["report"]),
    ]
