"""Everything that can be typed, set, called, measured or raised is in the documentation, and no page lies."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from prometheus_client import generate_latest

from detectory import settings
from detectory.blocks import domain
from detectory.cli.main import cli
from detectory.cli.session import Session
from detectory.errors import all_errors
from detectory.formats.chunk import REASONS
from detectory.judge.titles import TITLES
from detectory.serve import docs
from detectory.serve.app import create_app
from detectory.serve.gate import Gate
from detectory.serve.gate_metrics import GateMetrics
from detectory.serve.predictor import Predictor
from detectory.serve.routes.pages import pages
from detectory.serve.telemetry import Metrics
from detectory.settings import Serving

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


TEXTS = {".py", ".pyx", ".pxd", ".pyi", ".md", ".toml"}
MARKS = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def page(name: str) -> str:
    return read(DOCS / name)


def commands(group: click.Group = cli, path: str = "detectory") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def typed() -> list[str]:
    """Every line of a page that a reader may type and that calls detectory."""
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    lines = [
        line for path in pages for block in SHELL.findall(path.read_text()) for line in block.splitlines()
    ]
    return sorted(
        {line.removeprefix(".venv/bin/") for line in lines if re.match(r"(\.venv/bin/)?detectory ", line)}
    )


def test_no_file_keeps_the_marks_of_a_merge_or_a_line_of_the_changelog_twice() -> None:
    folders = ("src", "tests", "docs", "benchmarks", "scripts")
    texts = [path for name in folders for path in (ROOT / name).rglob("*.*") if path.suffix in TEXTS]
    marked = [
        path for path in [*texts, *ROOT.glob("*.*")] if path.suffix in TEXTS and MARKS.search(read(path))
    ]
    assert marked == []
    entries = re.findall(r"^- .{40}", read(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert len(entries) == len(set(entries))


def test_pages_made_from_code_are_fresh_and_every_link_leads_somewhere() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "scripts/docs.py", "--check"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_command_is_documented_with_all_its_options() -> None:
    reference = page("reference/cli.md")
    for path, command in commands():
        assert f"\n## {path}\n" in reference, path
        section = reference.split(f"\n## {path}\n")[1].split("\n## ")[0]
        shown = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
        for flag in [flag for option in shown for flag in option.opts]:
            assert flag in section, f"{path} {flag}"


@pytest.mark.parametrize("line", typed())
def test_every_command_on_a_page_can_be_typed(line: str) -> None:
    words = shlex.split(line.split(" > ")[0].split("#")[0])[1:]
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, line
        command, words = found, words[1:]
    command.make_context("detectory", words, obj=Session())


def test_every_setting_is_documented_with_its_variable() -> None:
    reference = page("reference/settings.md")
    for key in settings.known_keys():
        assert f"| `{key}` |" in reference
        assert f"`{settings.variable_of(key)}`" in reference


def test_every_error_is_documented() -> None:
    reference = page("reference/errors.md")
    for error in all_errors():
        assert f"\n## {error.code}\n" in reference
        assert error.title in reference


def test_no_two_errors_share_a_code_and_each_code_tells_its_exit_code() -> None:
    codes = [error.code for error in all_errors()]
    assert sorted(codes) == sorted(set(codes))
    assert all(error.code[1] == str(error.exit_code) for error in all_errors())


def test_every_route_is_documented() -> None:
    app = create_app(Predictor({}), serving=Serving(), version="0")
    reference = page("reference/http.md") + page("reference/contracts.md")
    addresses = docs.openapi(app, Predictor({}), serving=Serving())["paths"]
    assert "/v1/detectors/{name}/score" in addresses
    for path in addresses.keys() - pages().keys():
        assert f" {path}`" in reference or f" `{path}`" in reference, path


def test_every_metric_of_the_server_is_documented() -> None:
    metrics = Metrics(Predictor({}), version="0")
    metrics.registry.register(GateMetrics(Gate()))
    exposed = generate_latest(metrics.registry).decode()
    reference = page("reference/http.md")
    names = set(re.findall(r"^# TYPE (detectory_\w+)", exposed, re.MULTILINE))
    assert "detectory_http_requests_total" in names
    for name in (name for name in names if not name.endswith("_created")):
        assert name in reference, name


def test_every_metric_of_a_verdict_is_documented() -> None:
    reference = page("reference/metrics.md")
    for name in TITLES:
        assert f"`{name}`" in reference, name


def test_every_reason_for_which_a_row_is_rejected_is_documented() -> None:
    how_to = page("how-to/score-a-file.md")
    for reason in (*REASONS, *domain.REASONS):
        assert f"| `{reason}` |" in how_to, reason
