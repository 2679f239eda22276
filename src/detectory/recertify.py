"""A version's threshold, certified on a user's own benign rows: a new version with the same model.

In: a version, a file of benign rows, a budget. Out: `Recertified`, the new version and what came of it.
Never: a promotion. That is for a person who read the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detectory.artifacts import Store
from detectory.detector import Detector
from detectory.judge import recertify as judge, stranger
from detectory.judge.threshold import Threshold
from detectory.registry.register import register_recertified
from detectory.runtime import AlertScorer
from detectory.signing import TrustedKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a file of benign rows, and a budget where ``detector.toml``'s does not fit.

    ``seed`` draws the resamples of the metrics that are measured anew.
    """

    file: str
    false_alerts: float | None = None
    benign_events: float | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Recertified:
    """The new version, the old and the new threshold, the rows behind it, and the gates at it.

    ``measured`` says whether metrics at the threshold could be measured anew.
    """

    version: int
    is_new: bool
    recertified_from: int
    before: Threshold
    threshold: Threshold
    rows: Mapping[str, Any]
    verdict: Mapping[str, Any]
    measured: bool


def recertified(
    scorer: AlertScorer,
    detector: Detector,
    wanted: Wanted,
    *,
    store: Store,
    key: Ed25519PrivateKey,
    trusted: Sequence[TrustedKey],
) -> Recertified:
    """Score the rows, choose the threshold, judge at it where that can be done, sign.

    Raises `CannotCertify`, `NothingScored`, and what reading the file raises.
    """
    old, known = scorer.bundle, stranger.trained_keys(scorer, store)
    found = judge.evidence(scorer, wanted.file, trained=known)
    threshold = judge.certified(
        found, scorer.spec, false_alerts=wanted.false_alerts, benign_events=wanted.benign_events
    )
    note = f"Threshold of version {scorer.version} certified anew on {threshold.n:,} rows of {found.file}."
    made = judge.inputs(old, store, detector)
    if made is None:
        changed = judge.carried(scorer, threshold, note=note)
    else:
        changed = judge.rejudged(detector, scorer.spec, made, threshold, note=note, seed=wanted.seed)
    number, is_new = register_recertified(
        int(scorer.version), old, changed, evidence=found.to_dict(), store=store, key=key, trusted=trusted
    )
    return Recertified(
        version=number,
        is_new=is_new,
        recertified_from=int(scorer.version),
        before=Threshold.from_dict(old.json("threshold.json")),
        threshold=threshold,
        rows=found.to_dict(),
        verdict=judge.verdict(changed),
        measured=made is not None,
    )
