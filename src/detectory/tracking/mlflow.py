"""Runs in MLflow: on a tracking server, or in a database here. An experiment a detector, their run for ours.

Comes in: a `Parcel`. Goes out: params, metrics by step, tags, the report's files, the version as an MLmodel.
A run that is sent twice is there once: it is looked for by its tag, and what is written again is the same.
Never: MLflow's active run, its telemetry, a pickle. It runs in a process of its own (see `apart`).

Source: mlflow.org, "MlflowClient" and the limits in "REST API, log batch".
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from detectory.journal import Record
from detectory.settings import Tracking
from detectory.tracking import flat
from detectory.tracking.parcel import Parcel

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.tracking import MlflowClient

#: settings of the section that refer to secrets, or may
REFERENCES = ("uri", "token", "username", "password")
#: variables of the library's own that would say otherwise than the settings
OVERRULED = tuple(f"MLFLOW_TRACKING_{name.upper()}" for name in REFERENCES)
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # who is away is asked again after the next run
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}
RUN = "detectory.run"
STATES = {"done": "FINISHED", "refused": "FAILED", "failed": "FAILED"}  # others were killed
#: what the name of a param or metric may not hold; a recipe may be called "forest, pruned"
NAME = re.compile(r"[^\w.: /-]")
MOST_PARAMS, MOST_METRICS = 100, 1000  # in one request


def send(parcel: Parcel, tracking: Tracking, known: Mapping[str, str]) -> None:
    """Write one run, unless it is there whole. ``known`` is what the settings refer to."""
    from mlflow.tracking import MlflowClient

    for name in REFERENCES[1:]:
        if name in known:  # the library looks for these nowhere else
            os.environ[f"MLFLOW_TRACKING_{name.upper()}"] = known[name]  # noqa: TID251  # of a child
    client = MlflowClient(tracking_uri=known.get("uri", tracking.mlflow.uri))
    record = parcel.record
    experiment = _experiment(client, tracking.mlflow.experiment or record.detector)
    run = _found(client, experiment, record) or _begun(client, experiment, record)
    if run.info.end_time is None:
        _write(client, run.info.run_id, parcel)


def _experiment(client: MlflowClient, name: str) -> str:
    found = client.get_experiment_by_name(name)
    return str(found.experiment_id if found else client.create_experiment(name))


def _found(client: MlflowClient, experiment: str, record: Record) -> Run | None:
    found = client.search_runs([experiment], filter_string=f"tags.`{RUN}` = '{record.id}'", max_results=1)
    return found[0] if found else None


def _begun(client: MlflowClient, experiment: str, record: Record) -> Run:
    tags = {f"detectory.{name}": value for name, value in flat.tags(record).items()}
    tags |= {"mlflow.source.name": f"detectory {record.verb}", "mlflow.source.type": "JOB"}
    if record.git.commit:
        tags["mlflow.source.git.commit"] = record.git.commit
    return client.create_run(experiment, _ms(record.began), tags, run_name=record.id)


def _write(client: MlflowClient, run: str, parcel: Parcel) -> None:
    """Everything of a run; its end is written last, and says that it is whole."""
    from mlflow.entities import Param

    record = parcel.record
    params = [Param(_named(name), str(value)) for name, value in flat.params(record).items()]
    for some in _pieces(params, MOST_PARAMS):
        client.log_batch(run, params=some)
    for some in _pieces(list(_metrics(record)), MOST_METRICS):
        client.log_batch(run, metrics=some)
    for name, table in parcel.trials.items():
        client.log_dict(run, to_builtins(table), f"trials/{name.replace('/', '-')}.json")
    if parcel.files:
        client.log_artifacts(run, parcel.files)
    if parcel.model:
        client.log_artifacts(run, parcel.model, "model")
    client.set_terminated(run, STATES.get(record.state, "KILLED"), _end(record))


def _metrics(record: Record) -> Iterator[Any]:
    from mlflow.entities import Metric

    for name, value in flat.figures(record).items():
        yield Metric(_named(name), value, _end(record), 0)
    for name, step, value in flat.points(record):
        yield Metric(_named(name), value, _ms(record.began), step)


def _named(name: str) -> str:
    """A name as MLflow takes it.

    >>> _named("score/forest, pruned/kind")
    'score/forest- pruned/kind'
    """
    return NAME.sub("-", name)


def _pieces(found: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    for at in range(0, len(found), most):
        yield found[at : at + most]


def _end(record: Record) -> int:
    return _ms(record.ended or record.began)


def _ms(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
