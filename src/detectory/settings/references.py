"""Secrets: a setting holds none, it says where one is."""

from collections.abc import Mapping
from pathlib import Path

from detectory.errors import BadSetting

KINDS = ("env", "file")


def referred(key: str, value: str, *, env: Mapping[str, str], root: Path) -> str:
    """What a setting refers to: ``env:NAME`` a variable, ``file:PATH`` a file's first line, otherwise itself.

    Raises `BadSetting` where there is no such variable or file.

    >>> referred("limits.url", "env:REDIS", env={"REDIS": "redis://:secret@cache"}, root=Path())
    'redis://:secret@cache'
    """
    kind, _, name = value.partition(":")
    if kind == "env":
        if not env.get(name):
            raise BadSetting(key, why=f"the environment has no {name}")
        return env[name]
    if kind != "file":
        return value
    try:
        return (root / name).read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(key, why=f"{name} cannot be read") from error
