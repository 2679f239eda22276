"""Settings as they may be written down: flat, and without what a careless address holds.

A secret belongs into the environment or a file, and a setting names it (``env:NAME``, ``file:PATH``): that is
kept. An address that carries a user, a password or a query is cut.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from detectory.settings.sections import Settings

USER = re.compile(r"(\w+://)\S*@")
QUERY = re.compile(r"(\w+://[^\s?]*)\?\S*")


def masked(settings: Settings) -> dict[str, Any]:
    """Every setting by its dotted key.

    >>> masked(Settings(store="s3://key:secret@bucket/here"))["store"]
    's3://***@bucket/here'
    """
    return dict(_flat(msgspec.to_builtins(settings), ""))


def _flat(tree: dict[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in tree.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", _shown(value)))
    return found


def _shown(value: Any) -> Any:
    """
    >>> _shown("redis://:secret@cache:6379/0?token=secret"), _shown("env:REDIS"), _shown(3)
    ('redis://***@cache:6379/0?***', 'env:REDIS', 3)
    """
    if isinstance(value, (list, tuple)):
        return [_shown(one) for one in value]
    if not isinstance(value, str):
        return value
    return QUERY.sub(r"\1?***", USER.sub(r"\1***@", value))
