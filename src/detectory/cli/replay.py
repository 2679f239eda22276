"""``detectory replay``: what a version would have said otherwise, before it says anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.score import FORMS
from detectory.cli.session import Session
from detectory.cli.spans import span
from detectory.errors import NothingKept, NoThreshold
from detectory.formats.chunk import CHUNK_ROWS

if TYPE_CHECKING:
    from detectory.cli.replaying import Block
    from detectory.library import Workspace
    from detectory.runtime import AlertScorer


@click.command("replay", cls=Command)
@target_argument("NAME")
@click.option("--candidate", metavar="VERSION", default="latest", help="Which version (default: the latest).")
@click.option("--last", callback=span, default="14d", metavar="TIME", help="Rows so far back: 90m, 12h, 14d.")
@click.option("--from", "file", metavar="FILE", help="Rows of a file instead of those that servers kept.")
@click.option("--input-format", "form", type=FORMS, help="What FILE is, if its suffix does not say.")
@click.pass_obj
def replay_command(
    session: Session, target: Target, candidate: str, last: float, file: str | None, form: str | None
) -> None:
    """Answer rows again with the champion and with a candidate: alerts added, lost and moved.

    The rows are those that servers kept in the ledger, or a FILE's. Nothing goes live; `detectory canary`
    tries a version on rows to come.
    """
    from detectory.cli import replaying

    home = session.workspace_of(target.name)
    champion, other = _alerting(home, target.name, None), _alerting(home, target.name, candidate)
    blocks = replaying.of_file(file, champion, form) if file else _kept(home, champion, last)
    replay = replaying.replayed(blocks, champion, other)
    false = replaying.false_alerts(replay, champion)
    versions = {"champion": int(champion.version), "candidate": int(other.version)}
    document = {"detector": target.name, **versions, **replay.to_dict(), "false_alerts_a_day": asdict(false)}
    session.answer(document, replaying.text_of(replay, false))
    session.next(f"detectory canary start {target.name}@{other.version}")


def _kept(home: Workspace, champion: AlertScorer, last: float) -> Iterator[Block]:
    """The rows that servers kept. Raises `NothingKept` where there is no ledger, or nothing in it."""
    from detectory.cli import replaying
    from detectory.ledger import truth

    name, since = champion.spec.name, datetime.now(UTC) - timedelta(seconds=last)
    if home.ledger is None:
        raise NothingKept(name, why="the setting ledger.url is none")
    rows = truth.rows(home.ledger, name, since=since.timestamp())
    known = truth.labelled(home.ledger, name, since=since.timestamp())
    labels = {replaying.row_key(one.row): one.label for one in known}
    first = list(islice(rows, CHUNK_ROWS))
    if not first:
        raise NothingKept(name, why=f"no server was sent a row since {since:%Y-%m-%d %H:%M} UTC")
    pages = chain([first], iter(lambda: list(islice(rows, CHUNK_ROWS)), []))
    return chain.from_iterable(replaying.of_ledger(page, labels, champion) for page in pages)


def _alerting(home: Workspace, name: str, version: str | None) -> AlertScorer:
    """A version that alerts. Raises `NoThreshold` for one that predicts numbers."""
    from detectory.runtime import AlertScorer

    scorer = home.scorer(name, version)
    if not isinstance(scorer, AlertScorer):
        raise NoThreshold(name, asked="a replay")
    return scorer
