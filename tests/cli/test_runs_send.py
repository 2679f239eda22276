"""``runs send``: what waits for a tracker is sent now, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectory.library import Workspace, workspace
from tests import needs
from tests.cli.conftest import Ask
from tests.test_outbox import keep, waiting


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    """A workspace in which two runs wait for Weights & Biases."""
    needs.library("wandb", extra="wandb")
    (tmp_path / "detectory.toml").write_text('[tracking]\nsinks = ["wandb"]\npatience_s = 280\n')
    found = workspace(tmp_path)
    keep(found, waiting(1, wandb="waiting"), waiting(2, wandb="waiting"))
    return found


def test_a_tracker_that_is_away_ends_in_an_error_that_says_so(ask: Ask, home: Workspace) -> None:
    (home.root / "wandb").write_text("this is no folder")
    said = ask("runs", "send", at=home.root)
    assert (said.code, "error[E8139]: 2 runs are not sent to wandb" in said.err) == (8, True)
    assert "waiting: " in ask("runs", "show", "latest~1", at=home.root).out


def test_what_waits_is_sent_and_then_nothing_waits(ask: Ask, home: Workspace) -> None:
    [told] = ask("runs", "send", "--json", at=home.root).json["sinks"]
    assert (told["sink"], told["sent"], told["waiting"]) == ("wandb", 2, 0)
    assert "no run waits" in ask("runs", "send", at=home.root).out


def test_without_a_tracker_there_is_nowhere_to_send_to(ask: Ask, home: Workspace) -> None:
    said = ask("runs", "send", "--set", "tracking.sinks=", at=home.root)
    assert (said.code, "set tracking.sinks" in said.err) == (2, True)
