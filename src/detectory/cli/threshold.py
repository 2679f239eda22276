"""``detectory threshold``: the alert threshold, certified on somebody's own benign rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.session import Session

if TYPE_CHECKING:
    from detectory.recertify import Recertified

COUNT = click.FloatRange(min=0, min_open=True)


@click.command("threshold", cls=Command)
@target_argument()
@click.option("--from", "file", required=True, metavar="FILE", help="Benign rows of your own.")
@click.option(
    "--false-alerts", type=COUNT, metavar="N", help="False alerts a day that you can bear (default: as made)."
)
@click.option(
    "--benign-events", type=COUNT, metavar="M", help="Benign events a day that you see (default: as made)."
)
@click.pass_obj
def threshold_command(
    session: Session, target: Target, file: str, false_alerts: float | None, benign_events: float | None
) -> None:
    """Certify the threshold of a version on your own benign FILE, as a new version.

    The model stays the same bytes; threshold, golden rows, verdict and report are new. Each entity
    counts once, and one that the model was trained on not at all. Nothing is promoted.
    """
    from detectory import library
    from detectory.cli import progress

    with progress.far(session, draws=session.draws) as shown:
        found = library.recertify(
            target.name,
            file,
            version=target.version,
            false_alerts=false_alerts,
            benign_events=benign_events,
            watch=progress.watching(session, shown),
            within=session.workspace(),
        )
    session.answer(_document(target.name, found), _text(target.name, found))
    session.next(_next(target.name, found))


def _document(detector: str, found: Recertified) -> dict[str, Any]:
    return {
        "detector": detector,
        "version": found.version,
        "is_new": found.is_new,
        "recertified_from": found.recertified_from,
        "rows": dict(found.rows),
        "before": found.before.to_dict(),
        "threshold": found.threshold.to_dict(),
        "measured": found.measured,
        "gates": found.verdict["gates"],
        "passed": found.verdict["passed"],
    }


def _text(detector: str, found: Recertified) -> str:
    rows, new, old = found.rows, found.threshold, found.before
    trained = "unknown how many" if rows["known"] is None else f"{rows['known']:,}"
    left_out = f"{rows['duplicates']:,} repeated, {trained} trained on"
    refused = ", ".join(f"{reason} {count:,}" for reason, count in rows["rejected"].items()) or "none"
    measured = "measured anew" if found.measured else "unknown: the test rows are not in this store"
    lines = [
        ("version", f"{detector}@{found.version} ({'new' if found.is_new else 'there already'})"),
        ("the model of", f"{detector}@{found.recertified_from}"),
        ("rows", f"{rows['read']:,} read, {rows['rows']:,} count; left out: {left_out}"),
        ("rejected", refused),
        ("threshold", f"{old.log_odds:.6g} → {new.log_odds:.6g} log-odds"),
        ("certified", f"at most {new.certified_alpha:.3g} false alerts an event ({new.alpha:g} asked for)"),
        ("metrics at it", measured),
        ("gates", "all hold" if found.verdict["passed"] else "not all hold"),
        *(("", gate["sentence"]) for gate in found.verdict["gates"] if not gate["passed"]),
    ]
    return "\n".join(f"{name:16}{text}" for name, text in lines)


def _next(detector: str, found: Recertified) -> str:
    command = f"detectory models promote {detector}@{found.version}"
    return command if found.verdict["passed"] else f"{command} --override REASON"
