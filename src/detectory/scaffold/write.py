"""The files of a new detector: the templates beside this module, with a plan's constants in them.

Goes in: a `Plan`. Comes out: texts by file name. Nothing is written to disk here.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from detectory.scaffold import describe
from detectory.scaffold.fields import Planned
from detectory.scaffold.plan import Plan

TEMPLATE = Path(__file__).parent / "template"
_WORDS = ("detector.toml", "README.md")
_WIDTH = 110


def files(plan: Plan, *, folder: Path, root: Path) -> dict[str, str]:
    """Every file of the folder; inside ``root``, the workspace, the table is named by a relative path."""
    words = {name: Template(_read(name)).substitute(describe.words(plan, name)) for name in _WORDS}
    constants = _of_fields(plan) | {"source.py": _source(plan, folder, root)}
    code = {name: with_constants(_read(name), values) for name, values in constants.items()}
    return words | code | {"model.py": _model(plan)}


def _of_fields(plan: Plan) -> dict[str, dict[str, Any]]:
    """What the constants of the files are that read the fields."""
    numbers = _names(plan.used("number"))
    optional = _names([field for field in plan.fields if field.optional])
    by_kind = {
        "NUMBERS": numbers,
        "WORDS": _names([*plan.used("category"), *plan.used("text")]),
        "OPTIONAL": optional,
    }
    return {
        "parse.py": by_kind,
        "behaviour.py": by_kind | {"ALERTS": plan.alerts},
        "features.py": {
            "NUMBERS": numbers,
            "OPTIONAL": tuple(name for name in numbers if name in optional),
            "CATEGORIES": tensors(_names(plan.used("category"))),
            "TEXTS": _names(plan.used("text")),
        },
    }


def _model(plan: Plan) -> str:
    columns = ("dense", *tensors(_names(plan.used("category"))))
    if not plan.alerts:
        return with_constants(_read("regressor.py"), {"COLUMNS": columns})
    heads = ("score", "family") if plan.labels.families else ("score",)
    texts = ("ids",) if plan.used("text") else ()
    return with_constants(_read("model.py"), {"HEADS": heads, "COLUMNS": columns, "TEXTS": texts})


def _source(plan: Plan, folder: Path, root: Path) -> dict[str, Any]:
    return {
        "FILE": _path(plan.table.path, folder, root),
        "SHA256": plan.table.sha256,
        "NAMES": plan.table.names,
        "FIELDS": _names(plan.fields),
        "OPTIONAL": _names([field for field in plan.fields if field.optional]),
        "LABEL": plan.label,
        "TRUTH": plan.truth,
        "SPELLINGS": dict(plan.labels.spellings),
        "TOGETHER": plan.protocol.column,
        "TIME": plan.protocol.format,
    }


def _names(fields: Sequence[Planned]) -> tuple[str, ...]:
    return tuple(field.name for field in fields)


def tensors(columns: tuple[str, ...]) -> dict[str, str]:
    """A tensor's name for every category: letters, digits and underscores, no two alike.

    >>> tensors(("id.proto", "id proto"))
    {'id_proto_id': 'id.proto', 'id_proto_id_2': 'id proto'}
    """
    found: dict[str, str] = {}
    for column in columns:
        plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in column) + "_id"
        alike = sum(name == plain or name.startswith(f"{plain}_") for name in found)
        found[f"{plain}_{alike + 1}" if alike else plain] = column
    return found


def _path(table: Path, folder: Path, root: Path) -> str:
    """Inside the workspace a path that moves with it; otherwise where the table is."""
    there = table.resolve()
    if there.is_relative_to(root.resolve()):
        return Path(os.path.relpath(there, folder.resolve())).as_posix()
    return there.as_posix()


def _read(name: str) -> str:
    return (TEMPLATE / name).read_text(encoding="utf-8")


def with_constants(code: str, constants: Mapping[str, Any]) -> str:
    """Python code with other values for the constants at its top.

    >>> with_constants('A: tuple[str, ...] = ("x",)  # kept\\nB = 1\\n', {"A": ("y", "z")})
    'A: tuple[str, ...] = ("y", "z")  # kept\\nB = 1\\n'
    """
    lines = code.splitlines(keepends=True)
    for node in reversed(ast.parse(code).body):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id in constants:
                _replace(lines, node.value, constants[target.id])
    return "".join(lines)


def _replace(lines: list[str], at: ast.expr, value: Any) -> None:
    first, last = at.lineno - 1, (at.end_lineno or at.lineno) - 1
    before = lines[first].encode()[: at.col_offset].decode()
    after = lines[last].encode()[at.end_col_offset :].decode()
    lines[first : last + 1] = [
        f"{before}{_literal(value, room=_WIDTH - len(before) - len(after.rstrip()))}{after}"
    ]


def _literal(value: Any, *, room: int) -> str:
    """A constant as it would be written by hand: on one line where it fits, otherwise an item a line."""
    if not isinstance(value, (tuple, dict)):
        return _quoted(value) if isinstance(value, str) else repr(value)
    items = (
        [f"{_quoted(key)}: {_quoted(one)}" for key, one in value.items()]
        if isinstance(value, dict)
        else [_quoted(one) for one in value]
    )
    opening, closing = "{}" if isinstance(value, dict) else "()"
    inside = ", ".join(items) + ("," if len(items) == 1 and isinstance(value, tuple) else "")
    if len(inside) + 2 <= room:
        return f"{opening}{inside}{closing}"
    return f"{opening}\n" + "".join(f"    {item},\n" for item in items) + closing


def _quoted(text: str) -> str:
    """A text in double quotes, in single ones where it has double ones in it."""
    return repr(text) if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)
