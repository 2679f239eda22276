"""The report of a judgement: one HTML page, the same as Markdown, and everything as JSON.

In: `Facts`. Out: three files as bytes. The page is self-contained: it opens from a file, asks
the network for nothing, runs no script, and follows the reader's light or dark. There is no clock in
it, so the same facts give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal, NamedTuple

from detectory.judge import markdown
from detectory.judge.cells import Cell, Section, Table, text
from detectory.judge.gates import GateResult
from detectory.judge.page import rendered
from detectory.judge.reported import Facts
from detectory.judge.titles import shown, title_of

SCHEMA_VERSION = 1


class Headline(NamedTuple):
    """Whether the version may ship, and why, for a reader with five seconds."""

    outcome: Literal["pass", "fail", "open"]
    line: str
    why: str


def render(facts: Facts) -> dict[str, bytes]:
    """The report as files by name: ``report.html``, ``report.md`` and ``report.json``."""
    parts = facts.sections()
    return {
        "report.html": _page(facts, parts).encode(),
        "report.md": _markdown(facts, parts).encode(),
        "report.json": (json.dumps(as_json(facts), indent=1, allow_nan=False) + "\n").encode(),
    }


def headline(facts: Facts) -> Headline:
    """The verdict in a line: every failing gate is named in it."""
    failed = [result for result in facts.gates if not result.passed]
    if not facts.gates:
        return Headline(
            "open", "Judged without a gate", "detector.toml declares none, so nothing was asked for."
        )
    if not failed:
        why = [_all(facts.gates), *facts.summary()]
        return Headline("pass", "May ship", " · ".join(why))
    line = f"{len(failed)} of {len(facts.gates)} gates {'fails' if len(failed) == 1 else 'fail'}"
    return Headline("fail", f"Must not ship: {line}", "; ".join(map(_in_words, failed)))


def as_json(facts: Facts) -> dict[str, Any]:
    """Everything that the report knows, for programs."""
    head: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "detector": facts.detector}
    if facts.version:
        head["version"] = facts.version
    return head | {
        "passed": bool(facts.gates) and all(result.passed for result in facts.gates),
        "headline": headline(facts)._asdict(),
        "gates": [result.to_dict() for result in facts.gates],
        **facts.judged(),
        "data": asdict(facts.data),
        "candidates": [row.to_dict() for row in facts.candidates],
        "searches": list(facts.searches),
        "origins": dict(facts.origins),
        "lineage": dict(facts.lineage),
        "environment": dict(facts.environment),
        "notes": list(facts.notes),
    }


def _in_words(result: GateResult) -> str:
    """The gate's sentence with the metric called as on the page."""
    return result.sentence().replace(result.gate.metric, title_of(result.gate.metric), 1)


def _all(gates: Sequence[GateResult]) -> str:
    return "The one gate holds" if len(gates) == 1 else f"All {len(gates)} gates hold"


def gate_table(gates: Sequence[GateResult]) -> Table:
    """What was asked for and what was measured; what fails comes first."""
    ordered = sorted(gates, key=lambda result: result.passed)
    return Table(("gate", "metric", "asked for", "measured", ""), [_gate_row(result) for result in ordered])


def _gate_row(result: GateResult) -> list[Cell]:
    """One gate: result, name, bar, value; a bar within the interval is said to be close."""
    bar = result.gate.at_most if result.gate.at_least is None else result.gate.at_least
    mark = bar if bar is not None and 0 <= bar <= 1 else None
    tone: Literal["good", "bad"] = "good" if result.passed else "bad"
    why = "other test rows might decide otherwise" if result.close else result.why
    return [
        text("✓ holds" if result.passed else "✗ fails", tone=tone),
        text(title_of(result.gate.metric), remark=result.gate.metric),
        text(result.gate.words()),
        shown(result.gate.metric, result.value, mark=mark, tone=tone),
        text(why),
    ]


def _page(facts: Facts, parts: Sequence[Section]) -> str:
    return rendered(
        "report.html.jinja",
        package=__package__ or "",
        facts=facts,
        headline=headline(facts),
        gates=gate_table(facts.gates),
        tiles=facts.tiles(),
        sections=parts,
    )


def _markdown(facts: Facts, parts: Sequence[Section]) -> str:
    """The same as Markdown, with the gates as its first section."""
    verdict = headline(facts)
    gates = Section("gates", "Gates", "", [gate_table(facts.gates)] if facts.gates else [])
    return markdown.page(
        title=facts.title,
        question=facts.question,
        outcome=verdict.outcome,
        lines=(verdict.line, verdict.why, *facts.notes),
        parts=[part for part in (gates, *parts) if part.blocks],
    )
