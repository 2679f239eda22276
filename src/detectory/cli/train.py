"""``detectory train``: fit candidates, and show how each does on the validation rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from detectory.cli.choosing import candidate_option, dry_run_option, tuned_option
from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.session import Session
from detectory.cli.sourcing import rows_options


@click.command("train", cls=Command)
@target_argument("NAME")
@candidate_option("Fit this candidate")
@tuned_option
@rows_options
@click.option("--force", is_flag=True, help="Fit again, even from the same inputs.")
@dry_run_option
@click.pass_obj
def train_command(session: Session, /, target: Target, dry_run: bool, **wanted: Any) -> None:
    """Fit candidates of a detector on the training rows, without search.

    By default it fits all of them but those by request; with --candidate exactly those. Their parameters
    are set by --set PARAMETER=VALUE, or --set NAME.PARAMETER=VALUE where several are fitted, and by --tuned
    as `tune` found best. Stages before are made where they are not made yet; nothing is judged, signed or
    promoted.
    """
    from detectory import library, pipeline
    from detectory.cli import progress, summary
    from detectory.cli.planning import asked
    from detectory.cli.table import table

    plan, home, same, _ = asked(session, target.name, wanted, stages=pipeline.chosen(last="fit"))
    if dry_run:
        return summary.show_plan(session, plan, then=f"detectory train {target.name}{same}")
    with progress.stages(session, plan) as shown:
        fitted = library.carry_out(shown, home, verb="train").artifacts["fit"].facts["candidates"]
    rows = [_row(one) for one in fitted if one["role"] == "candidate"]
    session.answer(
        {"detector": target.name, "candidates": rows},
        table(
            [row | {"params": _shown(row["params"])} for row in rows],
            ("head", "name", "kind", "quality", "metric", "params"),
        ),
    )
    session.next(f"detectory run {target.name}{same}")


def _row(one: dict[str, Any]) -> dict[str, Any]:
    told = ("head", "name", "kind", "params", "quality", "metric", "file")
    return {name: one[name] for name in told}


def _shown(params: Mapping[str, Any]) -> str:
    """Parameters as --set takes them.

    >>> _shown({"max_depth": 6, "eta": 0.0171289})
    'max_depth=6 eta=0.01713'
    """
    return " ".join(f"{key}={f'{one:.4g}' if isinstance(one, float) else one}" for key, one in params.items())
