"""How a search is shown: its plan, and what was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detectory.cli.session import Session
from detectory.cli.spans import in_words
from detectory.cli.table import table
from detectory.models.candidate import Categorical, Float, Range, Value

if TYPE_CHECKING:
    from detectory.pipeline import Plan
    from detectory.tuning import Budget, Subject, Tuned


def show_plan(
    session: Session, plan: Plan, searched: Sequence[Subject], budget: Budget, *, then: str
) -> None:
    """Print what would be made and searched; ``then`` is the command that does it."""
    from detectory import pipeline

    stages = pipeline.preview(plan)
    spaces = {
        f"{one.head}.{one.name}": {name: _range(at) for name, at in one.space.items()} for one in searched
    }
    lines = [f"{stage:10}{state}" for stage, state in stages.items()]
    for name, space in spaces.items():
        lines += ["", f"{name}: {in_words_of(budget)}", *(f"  {key:20}{at}" for key, at in space.items())]
    document = {"detector": plan.detector.name, "stages": stages, "spaces": spaces, "trials": budget.trials}
    session.answer(document, "\n".join(lines))
    session.next(f"{then}{' --force' if plan.force else ''}")


def in_words_of(budget: Budget) -> str:
    """What a search may take."""
    limits = f"{budget.trials} trials, each at most {in_words(budget.trial_seconds)}"
    at_once = f", {budget.jobs} at once" if budget.jobs > 1 else ""
    in_all = f", {in_words(budget.seconds)} in all" if budget.seconds else ""
    return f"{limits}{at_once}{in_all}, pruned by {budget.pruner}"


def _range(of: Range) -> str:
    """A range for people.

    >>> from detectory.models.candidate import Categorical, Float
    >>> _range(Float(1e-4, 0.3, log=True)), _range(Categorical((5, 10)))
    ('0.0001 … 0.3, by its logarithm', '5, 10')
    """
    if isinstance(of, Categorical):
        return ", ".join(map(str, of.values))
    by_logarithm = isinstance(of, Float) and of.log
    return f"{of.low:g} … {of.high:g}{', by its logarithm' if by_logarithm else ''}"


def show_found(
    session: Session, detector: str, tuned: Tuned, *, by_request: Collection[str], rows: str
) -> None:
    """Print what was found; ``rows`` are the options that say which rows it was found on.

    What is ``by_request`` (HEAD.NAME) a run takes up only where it is named.
    """
    document = {"detector": detector, "artifact": tuned.artifact.digest, "studies": list(tuned.studies)}
    session.answer(document, text_of(tuned.studies))
    better = [one["name"] for one in tuned.studies if one["params"]]
    named = "".join(f" --candidate {name}" for name in better if name in by_request)
    session.next(f"detectory run {detector}{' --tuned' if better else ''}{named}{rows}")


def text_of(studies: Sequence[Mapping[str, Any]]) -> str:
    """What was found, for people: a table of studies, then each one's parameters and notes."""
    rows = [
        {
            "study": one["name"],
            "own": one["own"],
            "found": one["best"] and one["best"]["value"],
            "trials": ", ".join(f"{count} {state}" for state, count in one["counts"].items()),
            "chosen by": one["metric"],
        }
        for one in studies
    ]
    return "\n".join([table(rows, ("study", "own", "found", "trials", "chosen by")), *map(_details, studies)])


def _details(study: Mapping[str, Any]) -> str:
    best = study["best"]["params"] if study["best"] else {}
    rows = [
        {"parameter": name, "best": _shown(value), "importance": study["importance"].get(name)}
        for name, value in best.items()
    ]
    found = [table(rows, ("parameter", "best", "importance"))] if rows else []
    return "\n".join([f"\n{study['name']}", *found, *(f"note: {note}" for note in study["notes"])])


def _shown(value: Value) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
