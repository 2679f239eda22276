"""What MLflow loads: ``mlflow models serve`` and ``mlflow.pyfunc.load_model`` of a version that was exported.

Comes in: the folder of a bundle beside an ``MLmodel`` (see `tracking.mlmodel`), and frames. Goes out: for
every row what our own server answers it with at ``/invocations``. Never: a bundle that no trusted key
signed, or that does not reproduce its golden rows here.

Whose signature is believed is said where the model is loaded, never by the model: by the setting
``signing.trusted``, in the folder in which MLflow was started or as ``DETECTORY__SIGNING__TRUSTED``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from detectory.bundle import open_folder
from detectory.errors import NoKey
from detectory.runtime import Record, Scorer, open_scorer
from detectory.serve.contract import Ask, Caller, Scored
from detectory.serve.instances import Instances
from detectory.serve.rows import RowsDecoder
from detectory.signing import TrustedKey
from detectory.workspace import Workspace, workspace

ENOUGH = 1 << 40  # rows of one frame: who loads a model into a process of their own knows its memory
NOBODY = Caller("")


class Frame(Protocol):
    """As much of a pandas.DataFrame as is needed here, so that pandas is not."""

    def to_dict(self, orient: str) -> list[dict[str, Any]]:
        """The rows, with ``orient="records"``."""


class Model:
    """A version as MLflow calls it."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._decoder = RowsDecoder(scorer.spec, max_rows=ENOUGH)

    def predict(self, frame: Frame, params: Mapping[str, Any] | None = None) -> list[Record]:
        """A record for every row of the frame, in its order. ``params`` are passed over.

        One that does not parse has an ``error``. Raises `RequestInvalid` when not one can be read.
        """
        rows = [_without_missing(row) for row in frame.to_dict(orient="records")]
        if not rows:
            return []
        instances = Instances()
        sent = instances.columns(rows, self._decoder, strict=False)
        records = self._scorer.score(sent).records(sent)
        return instances.answers(Scored(Ask(self._scorer.spec.name, NOBODY), self._scorer, sent, records))


def _without_missing(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what pandas fills in for a missing field: None, and NaN, which equals nothing."""
    return {name: value for name, value in row.items() if value is not None and value == value}


def _load_pyfunc(path: str, config: Mapping[str, str] | None = None) -> Model:
    """What MLflow asks a loader module for: the bundle in the folder ``path``, opened.

    ``config`` tells the version's number. Raises `NoKey` where no trusted key is said, `SignatureInvalid`,
    `BundleRefused`, and `GoldenMismatch`.
    """
    home = workspace()
    opened = open_folder(Path(path), _trusted(home))
    version = (config or {}).get("version", "")
    scorer = open_scorer(opened, version=version, digits=home.settings.serving.digits)
    scorer.check_golden()
    return Model(scorer)


def _trusted(home: Workspace) -> list[TrustedKey]:
    found = home.trusted
    if not found:
        raise NoKey(
            ", ".join(home.settings.signing.trusted),
            why=f"no trusted key is there, seen from {home.root.resolve()}; without one nothing is opened",
            fix="say which public keys are believed: DETECTORY__SIGNING__TRUSTED=/PATH/signing.pub",
        )
    return found
