"""The page on a detector's folder names everything that the code asks of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import msgspec
import pytest

from detectory import compress, doors, models, observables, spec
from detectory.detector import CONTRACT, Sources
from detectory.judge.gates import KEYS

PAGE = (Path(__file__).resolve().parent.parent / "docs/reference/detector.md").read_text(encoding="utf-8")
TABLES = {"Door": "[doors.NAME]", "Label": "[label]", "Split": "[split]", "Budget": "[budget]"}
TABLES |= {"Slice": "[slices.NAME]", "Limits": "[limits]", "Compress": "[compress]", "Target": "[target]"}
TABLES |= {"Window": "[doors.NAME.window]", "Findings": "[findings]"}
TABLES |= {"Intervals": "[intervals]", "Forecast": "[forecasts.NAME]"}
STRUCTS = vars(doors) | vars(observables) | vars(spec)


def keys() -> Iterator[tuple[str, str]]:
    """Every struct of words with each of its keys."""
    for name, struct in STRUCTS.items():
        if isinstance(struct, type) and issubclass(struct, msgspec.Struct):
            yield from ((name, field.name) for field in msgspec.structs.fields(struct))


def section(heading: str) -> str:
    return PAGE.split(f"### `{heading}`\n")[1].split("\n##")[0]


@pytest.mark.parametrize(("struct", "key"), sorted(keys()))
def test_every_key_of_a_detectors_words_is_documented(struct: str, key: str) -> None:
    text = section(TABLES[struct]) if struct in TABLES else PAGE
    assert f"`{key}`" in text or f"`{key}.NAME`" in text or f"`[{key}]`" in text or f"[{key}" in text


@pytest.mark.parametrize("struct", TABLES)
def test_every_default_is_documented_as_it_is(struct: str) -> None:
    for field in msgspec.structs.fields(STRUCTS[struct]):
        if field.default is not msgspec.NODEFAULT:
            row = next(line for line in section(TABLES[struct]).splitlines() if f"`{field.name}`" in line)
            shown = row.split("|")[2].strip(" `").replace("_", "")
            assert shown == str(field.default).lower().replace("_", ""), field.name


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_a_gate_is_documented(key: str) -> None:
    assert f"`{key}`" in section("[[gates]]")


@pytest.mark.parametrize("kind", ["charcnn", "mlp"])
def test_every_parameter_of_a_net_is_documented_with_its_default(kind: str) -> None:
    table = PAGE.split("The kinds `charcnn` and `mlp` are nets")[1].split("It may also define")[0]
    for one in fields(models.load(kind).Params):
        row = next(line for line in table.splitlines() if f"`{one.name}`" in line)
        assert str(one.default).removesuffix(".0") in row.split("|")[2], one.name


@pytest.mark.parametrize("way", compress.ways())
def test_every_way_of_a_recipe_is_documented_with_its_parameters(way: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{way}` |"))
    assert [one.name for one in fields(compress.load(way).Params) if f"`{one.name}`" not in row] == []


def test_every_file_and_function_of_the_contract_is_documented() -> None:
    for part, functions in CONTRACT.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{part}.py` |"))
        assert all(f"`{function}(" in row for function in functions)


@pytest.mark.parametrize("name", ["given", "only_given", "lists", "mirrored", "index", "fetched", "seed"])
def test_what_a_source_may_ask_is_documented_and_there(name: str) -> None:
    assert f"`{name}" in PAGE
    assert hasattr(Sources, name)


def test_the_words_have_the_tables_that_the_page_has() -> None:
    assert {name for name, _ in keys()} == {*TABLES, "Field", "Binary", "Regression"}
