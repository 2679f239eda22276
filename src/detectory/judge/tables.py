"""What was judged as plain files, for tools that compare runs: DVC, a spreadsheet, a notebook.

In: a report as JSON. Out: ``metrics.json``, one number a metric, and one CSV a curve with the columns
``x``, ``value``, ``low`` and ``high``. The intervals of the metrics stand in the report alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

HEAD = ("x", "value", "low", "high")
LINES = ("roc", "roc_seen", "roc_unseen", "precision_recall")
CURVES = (*LINES, "reliability", "truth_by_value")


def files(report: Mapping[str, Any]) -> dict[str, bytes]:
    """``metrics.json`` and ``plots/CURVE.csv``; a metric that is not defined and an empty curve are left out.

    >>> verdict = {"metrics": {"roc_auc": {"value": 0.9, "low": 0.8, "high": 1.0}}}
    >>> files({"verdict": verdict})
    {'metrics.json': b'{\\n "roc_auc": 0.9\\n}\\n'}
    """
    verdict = report["verdict"]
    values = {name: metric["value"] for name, metric in verdict["metrics"].items()}
    defined = {name: value for name, value in values.items() if value is not None}
    found = {"metrics.json": (json.dumps(defined, indent=1) + "\n").encode()}
    return found | {f"plots/{name}.csv": _csv(points) for name, points in _curves(verdict) if points}


def _curves(verdict: Mapping[str, Any]) -> Iterable[tuple[str, list[tuple[Any, ...]]]]:
    """Each curve's points: of a detector that decides, and of one that predicts numbers."""
    curves = verdict.get("curves", {})
    for name in LINES:
        yield name, [tuple(point[key] for key in HEAD) for point in curves.get(name, ())]
    yield "reliability", [(one["chance"], *one["share"].values()) for one in curves.get("reliability", ())]
    bins = verdict.get("errors", {}).get("by_value", ())
    truth = ("value", "truth_median", "truth_p10", "truth_p90")
    yield "truth_by_value", [tuple(one[key] for key in truth) for one in bins]


def _csv(points: list[tuple[Any, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEAD, *points])
    return text.getvalue().encode()
