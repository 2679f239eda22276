"""Runs in Weights & Biases: as files here that ``wandb sync`` sends, or on its server at once.

Comes in: a `Parcel`. Goes out: config, history by step, summary, the report's files and the version as
artifacts. A run that is sent twice is there once: by our id, and offline by its folder, which appears whole.
Never: this machine's figures, code, packages or console, nor a connection while offline. It runs in a
process of its own (see `apart`), which ends the library's service with it.

Source: docs.wandb.ai, "wandb.init", "wandb.Settings"; behaviour as measured on 0.31.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectory.journal import Record
from detectory.settings import Tracking
from detectory.tracking import flat
from detectory.tracking.parcel import Parcel

if TYPE_CHECKING:
    import wandb

REFERENCES = ("key",)
OVERRULED = ("WANDB_",)
QUIET = {"WANDB_ERROR_REPORTING": "false", "WANDB_SILENT": "true"}
NAME = re.compile(r"[^A-Za-z0-9._-]")  # what the name of an artifact may not hold
#: what the library would do besides
NOTHING_ELSE: Mapping[str, Any] = {
    "console": "off",
    "disable_code": True,
    "disable_git": True,
    "disable_job_creation": True,
    "save_code": False,
    "symlink": False,
    "x_disable_machine_info": True,
    "x_disable_meta": True,
    "x_disable_stats": True,
    "x_save_requirements": False,
}


#: in the summary of a run on the server: everything of it has been sent
WHOLE = "detectory/whole"


def send(parcel: Parcel, tracking: Tracking, known: Mapping[str, str]) -> None:
    """Write one run, unless it is there. ``known`` is what the settings refer to."""
    if tracking.wandb.mode == "online":
        with tempfile.TemporaryDirectory(prefix="detectory-wandb-") as scratch:
            return _write(parcel, tracking, known, root=Path(scratch), data=Path(scratch))
    folder = Path(tracking.wandb.folder).resolve()
    if not any(folder.glob(f"offline-run-*-{parcel.record.id}")):
        with _appearing(folder, parcel.record) as root:
            _write(parcel, tracking, known, root=root, data=folder)


@contextmanager
def _appearing(folder: Path, record: Record) -> Iterator[Path]:
    """A folder for the library to write its own into: that one appears whole at the end, or not at all."""
    scratch = folder / f".part-{record.id}"
    shutil.rmtree(scratch, ignore_errors=True)  # of one that was killed
    scratch.mkdir(parents=True)
    yield scratch
    [made] = scratch.glob(f"wandb/offline-run-*-{record.id}")
    made.rename(folder / made.name)
    shutil.rmtree(scratch, ignore_errors=True)


def _write(parcel: Parcel, tracking: Tracking, known: Mapping[str, str], *, root: Path, data: Path) -> None:
    """``root`` is for what the library writes of the run, ``data`` for the files that it will send."""
    places = {"WANDB_DATA_DIR": data, "WANDB_CACHE_DIR": root / "cache", "WANDB_CONFIG_DIR": root / "config"}
    os.environ.update({name: str(place) for name, place in places.items()})  # noqa: TID251  # of a child
    import wandb

    record = parcel.record
    run = wandb.init(config=_config(record), settings=_settings(record, tracking, known, root))
    summary: Any = run.summary
    if not summary.get(WHOLE):
        _log(run, parcel)
        summary.update({**flat.figures(record), WHOLE: True})
    run.finish(exit_code=0 if record.state == "done" else 1)


def _settings(record: Record, tracking: Tracking, known: Mapping[str, str], root: Path) -> wandb.Settings:
    import wandb

    said = tracking.wandb
    there: dict[str, Any] = {"entity": said.entity, "base_url": said.url, "api_key": known.get("key", "")}
    return wandb.Settings(
        mode=said.mode,
        project=said.project,
        root_dir=str(root),
        run_id=record.id,
        run_name=record.id,
        run_group=record.detector,
        run_job_type=record.verb,
        run_tags=(record.detector, record.verb, record.state),
        resume="allow",
        git_commit=record.git.commit,
        **{name: value for name, value in there.items() if value},
        **NOTHING_ELSE,
    )


def _config(record: Record) -> dict[str, Any]:
    return {
        **flat.params(record),
        **{f"detectory/{name}": value for name, value in flat.tags(record).items()},
    }


def _log(run: wandb.Run, parcel: Parcel) -> None:
    """History, then tables and files. A run that was begun before and not ended goes on where it stopped."""
    import wandb

    run.define_metric("*", step_metric="step")
    for step, row in _rows(parcel.record)[run.step :]:
        run.log({"step": step, **row})
    for study, table in parcel.trials.items():
        run.log({f"trials/{study}": wandb.Table(table.columns, table.data, allow_mixed_types=True)})
    name = NAME.sub("-", parcel.record.detector)
    if parcel.files:
        _add(run, f"{name}-report", "report", parcel.files)
    if parcel.model:
        _add(run, name, "model", parcel.model)


def _rows(record: Record) -> list[tuple[int, dict[str, float]]]:
    """The metrics of each step, in order."""
    rows: dict[int, dict[str, float]] = {}
    for name, step, value in flat.points(record):
        rows.setdefault(step, {})[name] = value
    return sorted(rows.items())


def _add(run: wandb.Run, name: str, kind: str, folder: str) -> None:
    import wandb

    artifact = wandb.Artifact(name, type=kind)
    artifact.add_dir(folder)
    run.log_artifact(artifact)
