"""A plan in words: for ``detector.toml``, and for the card.

Goes in: a `Plan`. Comes out: a text for every ``$word`` of a template.
"""

from __future__ import annotations

from detectory.scaffold.fields import Planned
from detectory.scaffold.leaks import Reason
from detectory.scaffold.plan import Plan
from detectory.scaffold.split import PARTS
from detectory.scaffold.template.parse import REASONS
from detectory.scaffold.wording import Wording, listed, quoted, wording_of

_MOST_SLICES = 3
_FORWARD = 'order = "batch"\nstratify = false\n'


def words(plan: Plan, template: str) -> dict[str, str]:
    """The words of one template."""
    describe = _of_toml if template == "detector.toml" else _of_card
    return describe(plan, wording_of(plan))


def _of_toml(plan: Plan, of_task: Wording) -> dict[str, str]:
    return {
        "name": quoted(plan.name),
        "title": quoted(of_task.title),
        "question": quoted(of_task.question),
        "task": quoted(plan.labels.task),
        "unique_by": listed(_unique_by(plan)),
        "conflicts": 'conflicts = "keep"\n' if plan.keeps_conflicts else "",
        "fields": "\n".join(map(_field, plan.fields)),
        "why": _sentence(plan.protocol.why),
        "parts": ", ".join(f"{part} = {share:.2f}" for part, share in PARTS.items()),
        "order": _FORWARD if plan.protocol.kind == "forward" else "",
        "truth": of_task.truth,
        "slices": _slices(plan),
    }


def _unique_by(plan: Plan) -> list[str]:
    """The fields; rows that are alike in them may well have different numbers."""
    return [*(field.name for field in plan.fields), *([] if plan.alerts else ["label"])]


def _field(field: Planned) -> str:
    optional = ", optional = true" if field.optional else ""
    example = quoted(field.example) if isinstance(field.example, str) else repr(field.example)
    words = f"type = {quoted(field.type)}, description = {quoted(field.description)}, example = {example}"
    return f"{quoted(field.name)} = {{ {words}{optional} }}"


def _slices(plan: Plan) -> str:
    names = [field.name for field in plan.used("category")][:_MOST_SLICES]
    lines = [f"{quoted(name)} = {{ column = {quoted(name)}, top = 10 }}" for name in names]
    if plan.labels.families and "family" not in names:
        lines.insert(0, 'family = { column = "label" }')
    return "\n".join(["[slices]", *lines, "", ""]) if lines else ""


def _of_card(plan: Plan, of_task: Wording) -> dict[str, str]:
    return {
        "name": plan.name,
        "title": of_task.title,
        "question": of_task.question,
        "rows": f"{plan.table.rows:,}",
        "file": plan.table.path.name,
        "sha256": plan.table.sha256,
        "truth": of_task.rows,
        "limits": "".join(f"- {_sentence(note)}\n" for note in _limits(plan)),
        "fields": "\n".join(map(_row, plan.fields)),
        "reasons": "\n".join(f"| `{code}` | {why} |" for code, why in REASONS.items()),
        "dropped": "\n".join(_left_out(name, reason) for name, reason in plan.dropped.items()) or "Nothing.",
        "split": _sentence(plan.protocol.why),
        "conflicts": _conflicts(plan),
        "judged": of_task.judged,
    }


def _limits(plan: Plan) -> list[str]:
    lone = "the rows have no time and belong to nothing: tomorrow's may differ more than the test's"
    return [*([lone] if plan.protocol.kind == "rows" else []), *plan.notes]


def _row(field: Planned) -> str:
    return f"| `{field.name}` | {field.description.replace('|', '/')} | {'yes' if field.optional else 'no'} |"


def _left_out(name: str, reason: Reason) -> str:
    return f"- `{name}` ({reason.code}): {reason.why}."


def _conflicts(plan: Plan) -> str:
    if not plan.conflicts:
        return ""
    kept = "are kept as two" if plan.keeps_conflicts else "are quarantined"
    return f"; {plan.conflicts:,} rows whose fields stand with both sides of the label {kept}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
