"""What a sink is handed: the record of a run, and the files that go with it.

Comes in: a record that is over, and the store it was made in. Goes out: a `Parcel` whose paths are of this
machine. Never: a row, or a file that the report and the version do not hold already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from detectory import bundle
from detectory.artifacts import Store
from detectory.errors import DetectoryError
from detectory.journal import Record
from detectory.journal.record import Value
from detectory.signing import TrustedKey
from detectory.tracking import mlmodel

#: files of the judgement that are worth a look
SHOWN, CARD = ("verdict.json", "report.html"), "README.md"
#: what is told of a trial besides its parameters
TOLD = ("number", "state", "value", "why")


class Table(msgspec.Struct, frozen=True):
    """Trials of one search, a row each: the names of what is told of one, and what is told."""

    columns: list[str]
    data: list[list[Value]]


class Parcel(msgspec.Struct, frozen=True):
    """One run: its record, the folder of its report, and that of its version as an MLmodel; empty: none.

    ``trials`` are tables by the name of the candidate that was searched.
    """

    record: Record
    files: str = ""
    model: str = ""
    trials: dict[str, Table] = {}


def packed(
    record: Record, store: Store, *, trusted: Sequence[TrustedKey], card: Path | None, scratch: Path
) -> Parcel:
    """The parcel of a record, written into ``scratch``, an empty folder, with the detector's ``card``.

    What was removed from the store since, or is damaged, is left out: the record tells of it anyway.
    """
    files, model = scratch / "files", scratch / "model"
    trials: dict[str, Table] = {}
    with suppress(DetectoryError, OSError):
        _write(files, _shown(record, store, card))
    with suppress(DetectoryError, OSError):
        _write(model, _model(record, store, trusted))
    with suppress(DetectoryError, OSError):
        trials = _trials(record, store)
    there = {one.name: str(one) for one in (files, model) if one.is_dir()}
    return Parcel(record, trials=trials, **there)


def _shown(record: Record, store: Store, card: Path | None) -> dict[str, bytes]:
    stage = record.stages.get("judge")
    if stage is None:
        return {}
    artifact = store.get(f"{record.detector}/judge", stage.artifact)
    files = {name: artifact.read(name) for name in SHOWN if name in artifact.names()}
    return files | ({CARD: card.read_bytes()} if card else {})


def _trials(record: Record, store: Store) -> dict[str, Table]:
    """The trials of a search, which its artifact holds."""
    stage = record.stages.get("tune")
    if stage is None:
        return {}
    studies = store.get(f"{record.detector}/tune", stage.artifact).json("studies.json")
    return {study["name"].replace(".", "/", 1): _table(study["trials"]) for study in studies}


def _table(trials: Sequence[Mapping[str, Any]]) -> Table:
    names = dict.fromkeys(name for trial in trials for name in trial["params"])
    data = [
        [*(trial[name] for name in TOLD), *(trial["params"].get(name) for name in names)] for trial in trials
    ]
    return Table([*TOLD, *names], data)


def _model(record: Record, store: Store, trusted: Sequence[TrustedKey]) -> dict[str, bytes]:
    """The version that the run made; its signature and every digest are checked before."""
    if record.version is None or not record.is_new:
        return {}
    folder = store.folder(f"{record.detector}/versions/{record.version}")
    opened = bundle.open_folder(folder, trusted)
    whole = {**opened.files, bundle.ENVELOPE: (folder / bundle.ENVELOPE).read_bytes()}
    inside = {f"{mlmodel.BUNDLE}/{name}": data for name, data in whole.items()}
    return inside | mlmodel.beside(record.version, opened)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
