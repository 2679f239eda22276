"""``detectory run``: from source to a promoted version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from detectory.cli.choosing import again, candidate_option, chosen, tuned_option
from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.session import Session
from detectory.errors import UsageError


def _share(context: click.Context, parameter: click.Parameter, value: str) -> float:
    """A share of a whole as a number above 0 and at most 1: ``1%`` or ``0.01``."""
    try:
        share = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise click.BadParameter(f"'{value}' is no share above 0; write 1% or 0.01", context, parameter)
    return share


@click.command("run", cls=Command)
@target_argument("NAME")
@click.argument("stages", nargs=-1)
@candidate_option
@tuned_option
@click.option("--from", "first", metavar="STAGE", help="Begin at this stage.")
@click.option("--to", "last", metavar="STAGE", help="End with this stage.")
@click.option("--dry-run", is_flag=True, help="Say what would be made, and make nothing.")
@click.option("--force", is_flag=True, help="Make the stages again, even from the same inputs.")
@click.option(
    "--sample",
    metavar="SHARE",
    callback=_share,
    default="100%",
    help="Share of the raw rows to use, such as 1%.",
)
@click.option(
    "--source", "given", multiple=True, metavar="PATH|GLOB|URL", help="Add raw files; may be repeated."
)
@click.option("--only", "only_given", is_flag=True, help="Use the files of --source and nothing else.")
@click.option(
    "--synthetic", is_flag=True, help="The rows of --source are made up: said for ever, never promoted."
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the report there, too, with its metrics and curves as plain files.",
)
@click.pass_obj
def run_command(
    session: Session, /, target: Target, dry_run: bool, report: Path | None, **wanted: Any
) -> None:
    """Make, judge, sign and promote a version of a detector.

    The stages are bronze, silver, gold, split, fit, compress, judge, register and promote. One whose
    inputs, code and settings are those of an earlier run is kept. Name STAGES to make those alone,
    or a range with --from and --to. --candidate and --set NAME.PARAMETER=VALUE say which candidates
    are fitted, and how; heads that no name touches keep all of theirs. --report writes report.html, .md
    and .json, metrics.json and plots/*.csv, in place of those of the run before.
    """
    from detectory import library, pipeline
    from detectory.cli import progress, reports, summary

    _check(target, wanted)
    names, tuned = wanted.pop("names"), wanted.pop("tuned")
    same = again(session, names, tuned=tuned)
    choice = chosen(session, names, tuned=target.name if tuned else None)
    stages = wanted.pop("stages"), wanted.pop("first"), wanted.pop("last")
    home = session.workspace()
    home.detector(target.name).check()
    plan = library.plan(
        target.name,
        stages=pipeline.chosen(stages[0], first=stages[1], last=stages[2]),
        choice=choice,
        within=home,
        **wanted,
    )
    if report and plan.stages[-1] not in pipeline.chosen(first="judge"):
        raise UsageError("--report needs a judgement", fix=f"detectory run {target.name} --to judge")
    if dry_run:
        return summary.show_plan(session, target.name, pipeline.preview(plan), same=same)
    with progress.stages(session, plan) as shown:
        outcome = library.carry_out(shown, home)
    if report:
        reports.write(session, outcome.artifacts["judge"], report)
    summary.show_outcome(session, target.name, outcome, home)
    if outcome.refused:
        raise outcome.refused


def _check(target: Target, wanted: dict[str, Any]) -> None:
    """Refuse what contradicts itself. Raises `UsageError`."""
    if target.version:
        fix = f"detectory run {target.name}"
        raise UsageError("a run makes a new version; it takes none", fix=fix)
    if wanted["stages"] and (wanted["first"] or wanted["last"]):
        raise UsageError(
            "stages are named, or given as a range", fix="leave out --from and --to, or the names"
        )
    if wanted["only_given"] and not wanted["given"]:
        raise UsageError("--only needs --source", fix="name the files to use: --source PATH")
    if wanted["synthetic"] and not wanted["given"]:
        raise UsageError("--synthetic says what --source holds", fix="name the files: --source PATH")
