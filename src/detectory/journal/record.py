"""The record of one run: what it was asked, what it made, how that did, where and from which code.

Everything is a plain value, so that a record is one JSON document. Times are UTC (ISO 8601), durations
seconds. Fields that a later version adds are left out of what an earlier one reads.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec

SCHEMA_VERSION = 1
State = Literal["running", "done", "refused", "failed", "interrupted", "killed"]
Value = int | float | str | bool | None


class Metric(msgspec.Struct, frozen=True):
    """A figure with its interval; what is not defined is None."""

    value: float | None
    low: float | None = None
    high: float | None = None


class StageRun(msgspec.Struct, frozen=True):
    """What became of a stage. ``made_from`` holds a short digest, or a version, of everything its result
    depends on: code, files and words of the detector, libraries, seed, artifacts before it."""

    state: Literal["made", "kept"]
    artifact: str
    seconds: float | None = None
    made_from: dict[str, str] = {}


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that was fitted, or a variant made ``of`` it in some ``way``.

    ``quality`` is ``metric`` on validation rows; ``why`` says why it was chosen, or why not.
    """

    name: str
    head: str
    kind: str
    params: dict[str, Value]
    metric: str
    quality: Metric
    way: str = ""
    of: str = ""
    chosen: bool = False
    why: str = ""
    size_bytes: int | None = None


class Gate(msgspec.Struct, frozen=True):
    """One gate of the verdict."""

    metric: str
    sentence: str
    passed: bool


class Series(msgspec.Struct, frozen=True):
    """A metric by step, thinned: ``steps`` says how many points there were. No finite value is None."""

    name: str
    steps: int
    at: list[int]
    value: list[float | None]


class Choice(msgspec.Struct, frozen=True):
    """What was said of the candidates (see `detectory.choice`)."""

    names: list[str] = []
    params: dict[str, dict[str, Value]] = {}
    only: bool = False
    given: dict[str, str] = {}
    searches: dict[str, str] = {}


class Git(msgspec.Struct, frozen=True):
    """The commit of the workspace; ``dirty`` says that a tracked file differs from it.

    Where there is no commit, ``why`` says so.
    """

    commit: str | None = None
    dirty: bool | None = None
    why: str = ""


class Environment(msgspec.Struct, frozen=True):
    """The machine and the libraries; one that is not installed is left out."""

    detectory: str
    python: str
    platform: str
    cpu: str
    cores: int
    libraries: dict[str, str] = {}


class Process(msgspec.Struct, frozen=True):
    """Who runs: enough to tell later whether it still lives. ``started`` is in clock ticks since ``boot``."""

    host: str
    boot: str
    pid: int
    started: str


class Failure(msgspec.Struct, frozen=True):
    """Why a run did not end well: the code that ``detectory explain-error`` explains, and a sentence."""

    code: str
    what: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One run. ``data`` counts rows by fate and origin; ``facts`` is what a verb adds of its own.

    ``sinks`` says of each tracker whether the record was ``sent`` or is ``waiting``.
    """

    schema_version: int = SCHEMA_VERSION
    id: str
    verb: str
    detector: str
    state: State = "running"
    began: str
    ended: str | None = None
    seconds: float | None = None
    seed: int = 0
    sample: float = 1.0
    threads: int = 1
    asked: list[str] = []
    force: bool = False
    choice: Choice = Choice()
    sources: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    environment: Environment
    process: Process
    git: Git = Git(why="not asked yet")
    stages: dict[str, StageRun] = {}
    data: dict[str, Any] = {}
    tried: list[Tried] = []
    metrics: dict[str, Metric] = {}
    gates: list[Gate] = []
    series: list[Series] = []
    version: int | None = None
    is_new: bool = False
    champion: int | None = None
    error: Failure | None = None
    facts: dict[str, Any] = {}
    sinks: dict[str, str] = {}

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come."""
        return self.state != "running"


def metric_of(found: dict[str, float | None]) -> Metric:
    """A metric as a verdict writes it.

    >>> metric_of({"value": 0.5, "low": 0.4, "high": float("nan")})
    Metric(value=0.5, low=0.4, high=None)
    """
    return Metric(*(finite(found.get(name)) for name in ("value", "low", "high")))


def finite(value: float | None) -> float | None:
    """The number, or None for what JSON cannot say."""
    return value if value is not None and math.isfinite(value) else None
