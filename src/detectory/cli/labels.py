"""What the commands of ``detectory feedback`` do with the ledger of a workspace."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from detectory.cli import sinks
from detectory.cli.defanged import defanged
from detectory.cli.session import Session
from detectory.cli.table import table
from detectory.errors import NoSuchFile, UsageError
from detectory.ledger import exchange, history, importing, retention, review as reviewing
from detectory.ledger.database import Database
from detectory.ledger.exchange import moment
from detectory.ledger.feedback import Feedback, Label, Stored
from detectory.ledger.importing import Tally
from detectory.ledger.labels import checked
from detectory.ledger.review import Kind, Question
from detectory.library import Workspace
from detectory.registry.promote import who
from detectory.spec import Spec

LISTED = ("number", "given", "detector", "prediction_id", "label", "who", "batch", "stands", "note")
ASKED = ("prediction_id", "detector", "said", "level", "why", "row")


def ledger_of(home: Workspace) -> Database:
    """The workspace's ledger. Raises `UsageError` where the settings want nothing kept."""
    if home.ledger is None:
        raise UsageError("nothing is kept here: the setting ledger.url is 'none'", fix="name a ledger there")
    return home.ledger


def known_in(home: Workspace) -> importing.Known:
    """The words of each detector's champion, and the kinds that it can name."""

    @cache
    def known(detector: str) -> tuple[Spec, Sequence[str]]:
        scorer = home.scorer(detector)
        family = scorer.bundle.manifest.heads.get("family")
        return scorer.spec, family.classes if family else ()

    return known


def add(home: Workspace, prediction_id: str, label: str, note: str) -> Stored:
    """Store one label, as an event of its own."""
    feedback = Feedback(ledger_of(home))
    said = checked(label, *known_in(home)(feedback.asked(prediction_id).detector))
    event = f"{prediction_id} {time.time_ns()}"
    return feedback.record(Label(prediction_id, said, note, who(), event, source="cli"))


def listed(home: Workspace, name: str | None, last: float | None, count: int) -> tuple[dict[str, Any], str]:
    """The newest labels, for machines and for people."""
    events = history.events(ledger_of(home), name, since=_since(last), newest_first=True)
    found = [asdict(event) for event in islice(events, count)]
    _check_known(home, name, found)
    shown = [one | {"number": one["seq"], "given": moment(one["at"])[:19]} for one in found]
    return {"labels": found}, table(shown, LISTED) if found else "no label yet"


def asked(home: Workspace, name: str | None, kinds: Sequence[str], count: int) -> list[Question]:
    """Whose truth is wanted."""
    chosen: tuple[Kind, ...] = tuple(kind for kind in reviewing.KINDS if kind in kinds)
    found = reviewing.queue(ledger_of(home), name, kinds=chosen or reviewing.KINDS[:2], limit=count)
    _check_known(home, name, found)
    return found


def show_asked(session: Session, asked: list[Question], output: Path | None) -> None:
    """The questions as a table, or in a file with a column to fill in."""
    if output is None:
        shown = [asdict(one) | {"row": _shown(one.row)} for one in asked]
        text = table(shown, ASKED) if asked else "nothing to ask about"
        session.answer({"questions": [asdict(one) for one in asked]}, text)
        return
    records = [
        {**one.row, **{name: getattr(one, name) for name in ASKED[:-1]}, "label": None, "note": None}
        for one in asked
    ]
    _write(session, records, None, output)


def _shown(row: dict[str, Any]) -> str:
    """A row that nobody can click."""
    return " ".join(f"{name}={defanged(str(value))}" for name, value in row.items())


def export(session: Session, name: str, last: float | None, written: str | None, output: Path | None) -> int:
    """Write the truth of a detector's predictions; gives how many there are."""
    home = session.workspace()
    found = list(history.export(ledger_of(home), name, since=_since(last)))
    _check_known(home, name, found)
    if written == "groundtruth":
        records = [exchange.late_of(one["prediction_id"], one["label"]) for one in found]
        _write(session, records, "jsonl", output)
    else:
        records = [one | {"given": moment(one["given"])} for one in found]
        records = [one | {"at": one["at"] and moment(one["at"])} for one in records]
        _write(session, records, written, output)
    return len(found)


def _write(session: Session, records: list[dict[str, Any]], written: str | None, output: Path | None) -> None:
    columns = list(dict.fromkeys(name for record in records for name in record))
    with sinks.sink(session, output, written) as out:
        out.begin(columns, line=1)
        out.write(records)
        out.finish({"rows": len(records)})


def imported(home: Workspace, file: Path, batch: str) -> Tally:
    """Store the labels of a file. Raises `NoSuchFile`."""
    if not file.is_file():
        raise NoSuchFile(str(file))
    feedback, name = Feedback(ledger_of(home)), batch or importing.digest(file)
    return importing.imported(exchange.read(file), feedback, known_in(home), batch=name, who=who())


def tally_of(tally: Tally) -> dict[str, Any]:
    """What became of the lines, for machines."""
    return asdict(tally)


def text_of_tally(tally: Tally) -> str:
    """The same for people."""
    lines = [
        f"batch {tally.batch}: {tally.read:,} lines read, {tally.new:,} labels new, {tally.known:,} known, "
        f"{tally.blank:,} without a label, {sum(tally.refused.values()):,} refused"
    ]
    lines += [f"  {count:,} {reason}" for reason, count in sorted(tally.refused.items())]
    lines += [f"  line {one['line']}: {one['why']}" for one in tally.examples]
    return "\n".join(lines)


def taken_back(session: Session, *, seq: int | None, batch: str | None, key: str | None, reason: str) -> int:
    """Take labels back, once that is agreed to. Raises `UsageError` unless exactly one thing is named."""
    feedback = Feedback(ledger_of(session.workspace()))
    match seq, batch, key:
        case int(), None, None:
            return feedback.take_back(seq, who=who(), reason=reason)
        case None, str(), None:
            session.confirm(f"take back every label of the import {batch}?")
            return feedback.take_back_batch(batch, who=who(), reason=reason)
        case None, None, str():
            session.confirm(f"take back every label that {key} has given?")
            return feedback.take_back_key(key, who=who(), reason=reason)
    raise UsageError("what is to be taken back?", fix="give one of --label, --batch and --key")


def purged(session: Session, *, age: float | None, key: str | None) -> int:
    """Delete predictions, once that is agreed to. Raises `UsageError` unless something is named."""
    if age is None and key is None:
        raise UsageError("which predictions?", fix="give --older-than or --key, or both")
    database, before = ledger_of(session.workspace()), time.time() - (age or 0.0)
    session.confirm(f"delete {retention.count(database, before=before, key=key):,} predictions for good?")
    return retention.purge(database, before=before, key=key)


def _check_known(home: Workspace, name: str | None, found: Sequence[object]) -> None:
    """Nothing found may be a name mistyped. Raises `UnknownDetector`.

    A detector of which something is found need not be here: exported versions are served without it.
    """
    if name is not None and not found:
        home.detector(name)


def _since(last: float | None) -> float:
    return 0.0 if last is None else time.time() - last
