"""``detectory replay``: what a version would have said otherwise, before it says anything."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.score import FORMS
from detectory.cli.session import Session
from detectory.errors import NoThreshold

if TYPE_CHECKING:
    from detectory.library import Workspace
    from detectory.runtime import AlertScorer


@click.command("replay", cls=Command)
@target_argument("NAME")
@click.option("--candidate", metavar="VERSION", default="latest", help="Which version (default: the latest).")
@click.option(
    "--from", "file", metavar="FILE", required=True, help="The rows: a file, or - for standard input."
)
@click.option("--input-format", "form", type=FORMS, help="What FILE is, if its suffix does not say.")
@click.pass_obj
def replay_command(session: Session, target: Target, candidate: str, file: str, form: str | None) -> None:
    """Answer rows again with the champion and with a candidate: alerts added, lost and moved.

    Nothing goes live; `detectory canary` tries a version on rows to come.
    """
    from detectory.cli import replaying

    home = session.workspace_of(target.name)
    champion, other = _alerting(home, target.name, None), _alerting(home, target.name, candidate)
    replay = replaying.replayed(replaying.of_file(file, champion, form), champion, other)
    false = replaying.false_alerts(replay, champion)
    versions = {"champion": int(champion.version), "candidate": int(other.version)}
    document = {"detector": target.name, **versions, **replay.to_dict(), "false_alerts_a_day": asdict(false)}
    session.answer(document, replaying.text_of(replay, false))
    session.next(f"detectory canary start {target.name}@{other.version}")


def _alerting(home: Workspace, name: str, version: str | None) -> AlertScorer:
    """A version that alerts. Raises `NoThreshold` for one that predicts numbers."""
    from detectory.runtime import AlertScorer

    scorer = home.scorer(name, version)
    if not isinstance(scorer, AlertScorer):
        raise NoThreshold(name, asked="a replay")
    return scorer
