"""One request scored by itself, in parts that a trace can tell apart: decode, features, score.

In: what reads the rows, a scorer. Out: rows and records, counted.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from detectory.schema import length
from detectory.serve.sent import Sent
from detectory.serve.spans import Spans
from detectory.serve.telemetry import Metrics

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record, Scorer


def scored_apart(
    scorer: Scorer, decode: Callable[[], Sent], *, span: Spans, metrics: Metrics
) -> tuple[Sent, list[Record]]:
    """The rows with a record for each. Raises what ``decode`` raises."""
    with span("decode"):
        rows = decode()
        columns = rows.columns
        parsed = scorer.parse(columns)
    began = perf_counter()
    with span("features"):
        features = scorer.features_of(parsed) if length(parsed.rows) else None
    with span("score"):
        answers = scorer.score_parsed(parsed, features).telling(scorer.tells(columns))
        records = answers.records(columns)
    metrics.scored(scorer.spec.name, rows.rows, records, seconds=perf_counter() - began)
    return rows, records
