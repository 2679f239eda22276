"""Built in < ``detectory.toml`` < environment < ``--set``; each value knows where it came from.

Comes in: a TOML file, the environment as the caller hands it in, pairs from the command line. Goes out: a
frozen `Settings`, and for each key where its value stood.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from detectory.errors import BadSetting, did_you_mean
from detectory.settings.section import Section
from detectory.settings.sections import Settings

FILE = "detectory.toml"
PREFIX = "DETECTORY_"
#: set by people who develop Detectory, not settings of the product
NOT_SETTINGS = frozenset({"DETECTORY_FAILPOINT", "DETECTORY_REQUIRE_ALL", "DETECTORY_SOAK"})


@dataclass(frozen=True, slots=True)
class Origin:
    """One setting: its dotted key, its value, and where the value came from."""

    key: str
    value: Any
    where: str
    about: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings together with where each came from."""

    settings: Settings
    origins: tuple[Origin, ...]


def known_keys(section: type[Section] = Settings, prefix: str = "") -> dict[str, str]:
    """Every dotted key with what it is for.

    >>> known_keys()["serving.port"]
    'port to listen on; 0 takes a free one'
    """
    keys: dict[str, str] = {}
    for field in msgspec.structs.fields(section):
        if isinstance(field.type, type) and issubclass(field.type, Section):
            keys |= known_keys(field.type, f"{prefix}{field.name}.")
        else:
            keys[prefix + field.name] = field.type.__metadata__[0].description
    return keys


def variable_of(key: str) -> str:
    """The environment variable that sets a dotted key.

    >>> variable_of("mirror"), variable_of("serving.port")
    ('DETECTORY_MIRROR', 'DETECTORY__SERVING__PORT')
    """
    joined = key.upper().replace(".", "__")
    return f"{PREFIX}_{joined}" if "." in key else f"{PREFIX}{joined}"


def read(
    file: Path | None = None, *, env: Mapping[str, str] | None = None, given: Sequence[str] = ()
) -> Configuration:
    """Read the layers and check every key.

    ``file`` may be absent; ``given`` are ``key=value`` pairs. Raises `BadSetting` for an unknown
    key or a value that does not fit, naming the place.
    """
    values: dict[str, tuple[Any, str]] = {}
    for layer in (_from_file(file), _from_environment(env or {}), _from_pairs(given)):
        for key, value, where in layer:
            _check_known(key, where)
            values[key] = (value, where)
    return _configured(values)


def _configured(values: Mapping[str, tuple[Any, str]]) -> Configuration:
    settings = Settings()
    for key, (value, where) in values.items():
        settings = _replaced(settings, key, value, where)
    origins = tuple(
        Origin(key, _value_of(settings, key), values[key][1] if key in values else "built in", about)
        for key, about in known_keys().items()
    )
    return Configuration(settings, origins)


def _replaced(settings: Settings, key: str, value: Any, where: str) -> Settings:
    tree: dict[str, Any] = msgspec.to_builtins(settings)
    *path, last = key.split(".")
    node = tree
    for part in path:
        node = node[part]
    node[last] = _listed(value) if isinstance(node[last], (list, tuple)) else value
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadSetting(key, why=str(error), where=where) from error


def _listed(value: Any) -> Any:
    """What a line of text lists, apart by commas; nothing is an empty list."""
    return [one for one in value.split(",") if one] if isinstance(value, str) else value


def _value_of(settings: Settings, key: str) -> Any:
    value: Any = settings
    for part in key.split("."):
        value = getattr(value, part)
    return value


def _check_known(key: str, where: str) -> None:
    if key not in known_keys():
        raise BadSetting(key, why=did_you_mean(key, known_keys()), where=where)


def _from_file(file: Path | None) -> Iterator[tuple[str, Any, str]]:
    if file is None or not file.is_file():
        return
    text = file.read_text(encoding="utf-8")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(file.name, why=str(error), where=str(file)) from error
    for key, value in _flat(tree):
        yield key, value, f"{file.name}:{_line_of(text, key)}"


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _line_of(text: str, key: str) -> int:
    """The 1-based line that sets the key; tomllib does not keep positions."""
    section, _, name = key.rpartition(".")
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            current = stripped.strip("[] ")
        elif current == section and stripped.split("=")[0].strip() == name:
            return number
    return 1


def _from_environment(env: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    for variable in sorted(env):
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS:
            key = variable.removeprefix(PREFIX).removeprefix("_").lower().replace("__", ".")
            yield key, env[variable], f"environment {variable}"


def _from_pairs(given: Sequence[str]) -> Iterator[tuple[str, Any, str]]:
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals:
            raise BadSetting(pair, why="it is not of the form key=value", where="--set")
        yield key.strip(), value, "--set"
