"""``detectory run``: from source to a promoted version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from detectory.cli.choosing import candidate_option, dry_run_option, tuned_option
from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.outputs import output_folder
from detectory.cli.session import Session
from detectory.cli.sourcing import rows_options
from detectory.errors import UsageError


@click.command("run", cls=Command)
@target_argument("NAME")
@click.argument("stages", nargs=-1)
@candidate_option("Fit this candidate")
@tuned_option
@click.option("--from", "first", metavar="STAGE", help="Begin at this stage.")
@click.option("--to", "last", metavar="STAGE", help="End with this stage.")
@dry_run_option
@click.option("--force", is_flag=True, help="Make the stages again, even from the same inputs.")
@rows_options
@click.option(
    "--report",
    callback=output_folder,
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
    from detectory.cli.planning import asked

    _check(wanted)
    stages = pipeline.chosen(wanted["stages"], first=wanted["first"], last=wanted["last"])
    plan, home, same, _ = asked(session, target.name, wanted, stages=stages, only=False)
    if report and plan.stages[-1] not in pipeline.chosen(first="judge"):
        raise UsageError("--report needs a judgement", fix=f"detectory run {target.name} --to judge")
    if dry_run:
        return summary.show_plan(session, plan, then=f"detectory run {target.name}{_stages(wanted)}{same}")
    with progress.stages(session, plan) as shown:
        outcome = library.carry_out(shown, home)
    if report:
        reports.write(session, outcome.artifacts["judge"], report)
    summary.show_outcome(session, target.name, outcome, home, same=same)
    if outcome.refused:
        raise outcome.refused


def _stages(wanted: dict[str, Any]) -> str:
    """The arguments that mean the same stages in another command.

    >>> _stages({"stages": (), "first": "fit", "last": None})
    ' --from fit'
    """
    ends = [f" --{end} {wanted[name]}" for end, name in (("from", "first"), ("to", "last")) if wanted[name]]
    return "".join([*(f" {name}" for name in wanted["stages"]), *ends])


def _check(wanted: dict[str, Any]) -> None:
    """Refuse what contradicts itself. Raises `UsageError`."""
    if wanted["stages"] and (wanted["first"] or wanted["last"]):
        raise UsageError(
            "stages are named, or given as a range", fix="leave out --from and --to, or the names"
        )
