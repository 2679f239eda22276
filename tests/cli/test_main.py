"""The grammar: help, exit codes, errors as sentences or JSON, where the streams go."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from detectory.cli import main
from detectory.cli.failure import told
from detectory.cli.session import Session
from detectory.library import Workspace
from tests.cli.conftest import Ask

DETECTORY = (sys.executable, "-m", "detectory")


def program(*arguments: str, **how: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*DETECTORY, *arguments], capture_output=True, text=True, **how)


def test_the_listing_says_what_each_command_says_of_itself() -> None:
    context = click.Context(main.cli)
    for name in main.LISTING:
        command = main.cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help, name


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_import_no_command(argument: str) -> None:
    """What makes them fast; benchmarks/main_job.py measures how fast."""
    code = (
        "import sys; from detectory.cli.main import answered; from detectory.cli.session import Session; "
        f"answered(['{argument}'], Session()); "
        "assert not {'numpy', 'msgspec', 'detectory.cli.run', 'detectory.library'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_an_unknown_command_is_answered_with_the_nearest(ask: Ask) -> None:
    said = ask("scroe", "dga")
    assert (said.code, said.out) == (2, "")
    assert "did you mean 'score'?" in said.err


def test_an_unknown_option_is_answered_with_the_nearest(ask: Ask) -> None:
    said = ask("run", "dga", "--forse")
    assert said.code == 2
    assert "--force" in said.err


def test_an_unknown_subcommand_is_answered_with_the_known_ones(ask: Ask) -> None:
    assert "known: audit, export, forget, import, imported, keygen" in ask("models", "frob").err


def test_an_unknown_detector_exits_6(ask: Ask, tmp_path: Path) -> None:
    said = ask("score", "dag", stdin=b"a.com\n", at=tmp_path)
    assert said.code == 6
    assert "did you mean 'dga'?" in said.err


@pytest.mark.parametrize("name", ["../dga", "/etc", ".hidden", "DGA", "a/b", "", "a" * 64])
def test_a_name_that_could_lead_out_of_the_store_is_refused(ask: Ask, name: str) -> None:
    said = ask("models", "show", name)
    assert said.code == 2
    assert "E2006" in said.err


def test_an_error_under_json_is_one_document_on_stdout(ask: Ask, tmp_path: Path) -> None:
    said = ask("--json", "score", "dga", at=tmp_path)
    assert said.code == 6
    assert said.json["schema_version"] == 1
    assert said.json["error"]["code"] == "E6003"
    assert set(said.json["error"]) >= {"what", "fix", "docs"}


def test_a_wrong_option_under_json_is_a_document_too(ask: Ask) -> None:
    assert ask("run", "dga", "--nope", "--json").json["error"]["code"] == "E2000"


def test_global_options_may_stand_before_and_after_the_command(ask: Ask) -> None:
    before, after = ask("--json", "config", "show"), ask("config", "show", "--json")
    assert before.json == after.json


def test_quiet_says_nothing_but_the_answer(ask: Ask) -> None:
    assert ask("-q", "explain-error", "E4001").err == ""
    assert ask("explain-error", "E4001").err.startswith("next: ")


def test_a_bug_writes_a_crash_file_and_asks_for_a_report(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("detectory.settings.read", lambda *_, **__: 1 / 0)
    said = ask("config", "show")
    [crash] = tmp_path.glob("detectory-crash-*.txt")
    assert said.code == 1
    assert f"please report it and attach {crash}" in said.err
    assert "Traceback" not in said.err
    assert "ZeroDivisionError" in crash.read_text()
    assert crash.stat().st_mode & 0o077 == 0


def test_a_file_that_the_system_refuses_is_no_bug(ask: Ask, tmp_path: Path) -> None:
    said = ask("models", "keygen", "k" * 300, at=tmp_path)
    assert said.code == 8
    assert said.err.startswith("error[E8168]: the system refuses ")
    assert "why: File name too long" in said.err


def test_debug_shows_the_traceback(ask: Ask) -> None:
    assert "Traceback" in ask("explain-error", "E0", "--debug").err


def test_nobody_reading_ends_quietly_with_141(toy_made: Workspace, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("word\n" * 50_000)
    command = (
        f"{' '.join(DETECTORY)} -C {toy_made.root} -q score toy {names} | head -1; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (141, "")


def test_an_interrupt_leaves_with_130(toy_made: Workspace) -> None:
    process = subprocess.Popen(
        [*DETECTORY, "-C", str(toy_made.root), "score", "toy", "-"],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(1.0)  # it waits for a row by now
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_no_colour_where_it_is_not_wanted() -> None:
    escape = re.compile("\x1b")
    coloured = program("--color", "always", "explain-error", "E0")
    assert escape.search(coloured.stderr)
    assert not escape.search(program("explain-error", "E0").stderr)


def test_without_a_command_it_says_the_next_sensible_step(
    ask: Ask, tmp_path: Path, toy_made: Workspace
) -> None:
    assert ask("--json", at=tmp_path).json["next"] == "detectory models keygen"
    assert ask("models", "keygen", at=tmp_path).code == 0
    assert ask("--json", at=tmp_path).json["next"] == "detectory run dga"
    assert ask("--json", at=toy_made.root).json["next"] == "detectory score toy FILE"


def test_a_shell_can_complete_commands() -> None:
    env = os.environ | {
        "_DETECTORY_COMPLETE": "bash_complete",
        "COMP_WORDS": "detectory ru",
        "COMP_CWORD": "1",
    }
    assert "run" in program(env=env).stdout


def test_a_missing_library_of_the_base_install_is_told_with_how_to_install_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert told(ModuleNotFoundError(name="uvicorn"), ["serve"], Session()) == 3
    assert "'uvicorn' is not installed" in (said := capsys.readouterr().err)
    assert "make setup" in said


@pytest.mark.parametrize("group", ["models", "config"])
def test_a_group_alone_shows_its_commands_and_no_error(ask: Ask, group: str) -> None:
    said = ask(group)
    assert (said.code, said.err.startswith(f"Usage: detectory {group}")) == (2, True)
    assert "error" not in said.err.splitlines()[0]
