"""A record as trackers want it: flat names with plain values.

Names are parts joined by ``/``, by which both trackers group them: ``score/boosted/max_depth``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detectory.journal import Metric, Record, Tried
from detectory.journal.record import Value


def params(record: Record) -> dict[str, Value]:
    """What the run was asked, and what every candidate was fitted with."""
    asked: dict[str, Value] = {"seed": record.seed, "sample": record.sample, "threads": record.threads}
    for tried in record.tried:
        told: dict[str, Value] = {"kind": tried.kind, "metric": tried.metric, "chosen": tried.chosen}
        told |= {name: value for name, value in (("way", tried.way), ("of", tried.of)) if value}
        asked |= {f"{_at(tried)}/{name}": value for name, value in {**tried.params, **told}.items()}
    return asked


def figures(record: Record) -> dict[str, float]:
    """The figures of the verdict and every candidate's quality with their intervals, and sizes in bytes."""
    of_candidates = {f"{_at(tried)}/quality": tried.quality for tried in record.tried}
    found = dict(_intervals({**record.metrics, **of_candidates}))
    found |= {f"{_at(tried)}/size_bytes": tried.size_bytes for tried in record.tried}
    return {name: value for name, value in found.items() if value is not None}


def _at(tried: Tried) -> str:
    return f"{tried.head}/{tried.name}"


def _intervals(metrics: Mapping[str, Metric]) -> Iterator[tuple[str, float | None]]:
    for name, metric in metrics.items():
        yield name, metric.value
        yield f"{name}/low", metric.low
        yield f"{name}/high", metric.high


def points(record: Record) -> Iterator[tuple[str, int, float]]:
    """Every metric by step: name, step, value.

    >>> series_name("score.boosted.loss")
    'score/boosted/loss'
    """
    for series in record.series:
        name = series_name(series.name)
        for step, value in zip(series.at, series.value, strict=True):
            if value is not None:
                yield name, step, value


def series_name(name: str) -> str:
    """The journal's name of a series, in parts."""
    return name.replace(".", "/", 2)


def tags(record: Record) -> dict[str, str]:
    """What a run is found again by; what is not known is left out."""
    found = {
        "run": record.id,
        "verb": record.verb,
        "detector": record.detector,
        "state": record.state,
        "seed": str(record.seed),
        "detectory": record.environment.detectory,
        "version": str(record.version or ""),
        "error": record.error.code if record.error else "",
        "commit": record.git.commit or "",
        "dirty": "" if record.git.dirty is None else str(record.git.dirty).lower(),
    }
    return {name: value for name, value in found.items() if value}
