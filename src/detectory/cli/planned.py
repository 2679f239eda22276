"""The plan of a new detector, for people."""

from __future__ import annotations

import textwrap
from collections import Counter

from detectory.scaffold.budget import Proposal
from detectory.scaffold.plan import Plan
from detectory.scaffold.wording import wording_of

_WIDTH, _INDENT = 110, 12
_USES = {"number": ("number", "numbers"), "category": ("category", "categories"), "text": ("text", "texts")}


def text_of(plan: Plan) -> str:
    """What was inferred, and why: a paragraph a subject."""
    of_task = wording_of(plan)
    rows = f"{plan.table.rows:,} of {plan.table.path}, {plan.distinct:,} of them distinct"
    paragraphs = [
        ("rows", rows),
        ("label", of_task.rows),
        ("fields", _fields(plan)),
        *(("left out", f"'{name}': {reason.why} ({reason.code})") for name, reason in plan.dropped.items()),
        ("split", plan.protocol.why),
        *(("budget", _budget(one)) for one in [plan.budget] if one),
        ("gates", of_task.gates),
        *(("note", note) for note in plan.notes),
    ]
    return "\n".join(_paragraph(*one) for one in paragraphs)


def _paragraph(subject: str, text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"{subject:{_INDENT}}",
        subsequent_indent=" " * _INDENT,
        break_on_hyphens=False,
    )


def _fields(plan: Plan) -> str:
    counted = Counter(field.use for field in plan.fields)
    kinds = " and ".join(f"{count} {_USES[use][count > 1]}" for use, count in counted.items())
    return f"{kinds}: {', '.join(field.name for field in plan.fields)}"


def _budget(budget: Proposal) -> str:
    return f"a false positive rate of {budget.rate:g}, which about {budget.rows:,} rows can certify"
