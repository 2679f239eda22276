"""``detectory compress``: make variants of the candidates, and show what everything is worth and costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detectory.cli.choosing import candidate_option, dry_run_option, tuned_option
from detectory.cli.grammar import Command, Target, target_argument
from detectory.cli.outputs import output_file
from detectory.cli.session import Session
from detectory.cli.sourcing import rows_options

if TYPE_CHECKING:
    from detectory.judge.compression import CandidateRow

WORTH = ("head", "model", "made", "quality", "low", "high", "lost", "KiB")
COST = ("p50 µs", "p99 µs", "rows/s", "MiB")


@click.command("compress", cls=Command)
@target_argument("NAME")
@candidate_option("Fit this candidate, or what this recipe starts from")
@tuned_option
@rows_options
@click.option("--page", callback=output_file, metavar="FILE", help="Write it as a page, too.")
@click.option("--force", is_flag=True, help="Make and measure again, even from the same inputs.")
@dry_run_option
@click.pass_obj
def compress_command(
    session: Session, /, target: Target, page: Path | None, dry_run: bool, **wanted: Any
) -> None:
    """Make what the recipes of a detector say, measure everything, and show what would ship.

    Quality is measured on validation rows, with a 95 % interval, low to high, from resampled groups; what
    is lost, against the best on the same resamples. Times and memory are of the machine that made the
    stage. With --candidate it fits exactly those and makes the recipes of them; --set sets both. Nothing is
    judged, signed or promoted.
    """
    from detectory import library, pipeline
    from detectory.cli import progress, summary
    from detectory.cli.planning import asked
    from detectory.judge import compression

    plan, home, same, _ = asked(session, target.name, wanted, stages=pipeline.chosen(last="compress"))
    if dry_run:
        return summary.show_plan(session, plan, then=f"detectory compress {target.name}{same}")
    with progress.stages(session, plan) as shown:
        made = library.carry_out(shown, home, verb="compress").artifacts["compress"]
    rows = compression.rows_of(made.facts, made.manifest["measured"]["costs"])
    if page:
        _write(page, compression.page_of(rows, detector=target.name, title=plan.detector.spec.title))
    session.answer({"detector": target.name, "models": [row.to_dict() for row in rows]}, _text(rows))
    session.next(f"detectory run {target.name}{same}")


def _write(page: Path, text: str) -> None:
    from detectory.cli import sinks

    with sinks.writing(page):
        page.write_text(text, encoding="utf-8")


def _text(rows: Sequence[CandidateRow]) -> str:
    """A table, and a sentence a model."""
    from detectory.cli.table import table
    from detectory.judge.compression import in_words

    shown = [_worth(row) | _cost(row) for row in rows if row.is_made]
    return "\n".join((table(shown, (*WORTH, *COST)), "", *in_words(rows)))


def _worth(row: CandidateRow) -> dict[str, Any]:
    quality = [f"{value:.4f}" for value in row.quality]
    made = f"{row.way} of {row.of}" if row.way else "as fitted"
    size, lost = f"{row.size_bytes / 2**10:,.0f}", f"{row.lost.value:.4f}"
    return dict(zip(WORTH, (row.head, row.name, made, *quality, lost, size), strict=True))


def _cost(row: CandidateRow) -> dict[str, Any]:
    if row.cost is None:
        return {}
    cost, peak = row.cost, row.cost.peak_mib
    told = (f"{cost.p50_us:.1f}", f"{cost.p99_us:.1f}", f"{cost.rows_a_second:,.0f}")
    return dict(zip(COST, (*told, None if peak is None else f"{peak:.1f}"), strict=True))
