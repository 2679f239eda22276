"""Evaluate: judge a version on a stranger's own rows with their truth, as `judge` judges, changing nothing.

In: a scorer, raw rows, a label or a number for each. Out: the same metrics (of alerts: at the version's own
threshold), with what did not parse and what the version was trained on counted beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from detectory.artifacts import Store
from detectory.errors import LabelsMissing
from detectory.judge import slices
from detectory.judge.evaluate import evaluate
from detectory.judge.scored import Scored
from detectory.judge.threshold import Threshold
from detectory.judge.values import stranger as values
from detectory.runtime import AlertScorer, Scorer, Scores, ValueScorer
from detectory.schema import Array, Rows, keys_of

#: between them lie the slices of a key's length
_EDGES = (8, 12, 16, 24, 32)


def judged(
    scorer: Scorer, rows: Rows, truth: Sequence[Any], *, trained: frozenset[str] | None
) -> dict[str, Any]:
    """The verdict on these rows, whatever the task. ``trained`` are the entities of the training rows.

    Raises `LabelsMissing` when no row says anything.
    """
    if isinstance(scorer, ValueScorer):
        return values.judged(scorer, rows, truth, trained=trained)
    assert isinstance(scorer, AlertScorer)  # noqa: S101  # there are two tasks
    return _labelled(scorer, rows, truth, trained=trained)


def _labelled(
    scorer: AlertScorer, rows: Rows, labels: Sequence[str], *, trained: frozenset[str] | None
) -> dict[str, Any]:
    """The verdict on these rows. ``trained`` are the entities of the training rows, None if unknown.

    Raises `LabelsMissing` when no row parses, or a label is empty.
    """
    scores, words = scorer.score(rows), scorer.spec.label
    label = _labels_of(scores, labels)
    keys = np.asarray(keys_of(scores.parsed.rows, scorer.spec.key))
    scored = _scored(scorer, scores, label, keys)
    threshold = Threshold.from_dict(scorer.bundle.json("threshold.json"))
    classes = [words.negative, *scored.families]
    verdict = evaluate(scored, threshold=threshold, classes=classes, seed=0).to_dict()
    if (label == words.positive).any():
        verdict["metrics"] = _without_novelty(verdict["metrics"])
    return {
        "detector": scorer.spec.name,
        "version": scorer.version,
        "read": len(labels),
        "rejected": _reasons(scores),
        "unknown_families": _strange(label, [*classes, words.positive]),
        "in_training": None if trained is None else sum(key in trained for key in keys.tolist()),
        **verdict,
    }


def _scored(scorer: AlertScorer, scores: Scores, label: Array, keys: Array) -> Scored:
    """The entities with their labels; those of one key are resampled together."""
    words = scorer.spec.label
    known, families = scorer.families(scores.parsed)
    return Scored(
        log_odds=scores.log_odds,
        alert=scores.alert,
        predicted=scores.label,
        target=label != words.negative,
        label=label,
        seen=np.isin(label, scorer.bundle.manifest.lineage["trained_labels"]),
        population=np.where(label == words.negative, words.negative, words.positive),
        group=np.unique(keys, return_inverse=True)[1],
        slices={"label": label, "length": slices.by_length(np.char.str_len(keys), _EDGES)},
        family_log_odds=families,
        families=tuple(known),
    )


def _without_novelty(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Rows that are only called positive do not say whether their family is known."""
    return {name: value for name, value in metrics.items() if "seen" not in name}


def trained_keys(scorer: Scorer, store: Store) -> frozenset[str] | None:
    """The entities that the version learned from, by its lineage; None where the store has them not."""
    stages: Mapping[str, str] = scorer.bundle.manifest.lineage["stages"]
    name = scorer.spec.name
    if any(stages[stage] not in store.listing(f"{name}/{stage}") for stage in ("silver", "split")):
        return None
    silver, split = (store.get(f"{name}/{stage}", stages[stage]) for stage in ("silver", "split"))
    rows = pl.read_parquet(silver.path("rows.parquet"), columns=scorer.spec.key)
    part = pl.read_parquet(split.path("parts.parquet"), columns=["part"]).to_series()
    return frozenset(keys_of(rows.filter(part == "train").to_dict(as_series=False), scorer.spec.key))


def _labels_of(scores: Scores, labels: Sequence[str]) -> Array:
    """The label of every entity, which all the rows that it was made from have."""
    if not len(scores.alert):
        raise LabelsMissing(why="no row parses", rows=len(labels))
    entity, told = scores.parsed.entity, np.asarray(labels, dtype=str)[scores.parsed.source]
    _, first = np.unique(entity, return_index=True)
    found = told[first]
    if len(others := np.flatnonzero(told != found[entity])):
        row = int(scores.parsed.source[others[0]]) + 1
        raise LabelsMissing(why=f"row {row} has another label than the rows it belongs to", rows=len(labels))
    if (found == "").any():
        raise LabelsMissing(why=f"row {int(np.flatnonzero(found == '')[0]) + 1} has none", rows=len(labels))
    return found


def _reasons(scores: Scores) -> dict[str, int]:
    reasons = [item.reason for item in scores.rejected]
    return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def _strange(label: Array, known: Sequence[str]) -> dict[str, int]:
    """Families that the version does not know, with how many rows each has."""
    names, counts = np.unique(label[~np.isin(label, known)], return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))
