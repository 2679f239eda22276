"""A version in words: what it was made of, what was asked of it, what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from detectory.bundle import Opened
from detectory.cli.session import Session
from detectory.cli.table import table
from detectory.registry.transfer import Moved

DECIDES = ("threshold", "intervals")


def document_of(number: int, opened: Opened, *, is_champion: bool, run: str | None) -> dict[str, Any]:
    """Everything that a version says of itself, and the run that made it."""
    manifest, verdict = opened.manifest, opened.json("verdict.json")
    return {
        "detector": manifest.detector,
        "version": number,
        "champion": is_champion,
        "digest": opened.digest,
        "run": run,
        "passed": all(gate["passed"] for gate in verdict["gates"]),
        "gates": verdict["gates"],
        **{name: opened.json(f"{name}.json") for name in DECIDES if f"{name}.json" in opened.files},
        "heads": {name: len(head.classes) for name, head in manifest.heads.items()},
        "files": {name: file.size for name, file in manifest.files.items()},
        "lineage": manifest.lineage,
    }


def text_of(document: Mapping[str, Any]) -> str:
    """The same for people."""
    lineage, gates = document["lineage"], document["gates"]
    size = sum(document["files"].values())
    lines = [
        (
            "version",
            f"{document['detector']}@{document['version']}{' (champion)' if document['champion'] else ''}",
        ),
        ("digest", document["digest"]),
        ("made by", lineage["made_by"]),
        *(("run", run) for run in [document["run"]] if run),
        ("origins", ", ".join(f"{name} {count:,}" for name, count in lineage["origins"].items())),
        *(("note", note) for note in lineage["notes"]),
        ("gates", "all hold" if document["passed"] else "not all hold"),
        *(("", f"{'ok' if gate['passed'] else 'FAILED'}: {gate['sentence']}") for gate in gates),
        *_decides(document),
        ("files", f"{len(document['files'])}, {size / 2**20:.1f} MiB"),
    ]
    return "\n".join(f"{name:12}{text}" for name, text in lines)


def _decides(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands between a head and an answer."""
    if "threshold" in document:
        yield "threshold", f"{document['threshold']['log_odds']:.6g} log-odds"
    if "intervals" in document:
        found = document["intervals"]
        yield "intervals", f"{found['coverage']:.0%} promised, margin {found['margin']:.6g}"


def text_of_trail(trail: Sequence[Mapping[str, Any]]) -> str:
    """The audit trail for people: the reason is what a person gave, of an override or a rollback."""
    shown = [{**entry, "reason": _reason(entry)} for entry in trail]
    return table(shown, ("at", "by", "action", "version", "reason")) if shown else "nothing was promoted yet"


def _reason(entry: Mapping[str, Any]) -> str | None:
    void = f"instead of entry {entry['instead_of']}, which came to nothing" if "instead_of" in entry else None
    return entry.get("override") or entry.get("reason") or void


def show_moved(session: Session, detector: str, moved: Moved, *, where: str) -> None:
    """Print where a version is now."""
    document = {"detector": detector, "version": moved.number, "digest": moved.digest, "is_new": moved.is_new}
    text = f"{detector}@{moved.number} is in {where}" + ("" if moved.is_new else " already")
    session.answer(document | {"where": where}, text)
