"""Test rows as a bundle answered them, beside what is true of them: what every judgement starts from."""

from __future__ import annotations

from dataclasses import dataclass

from detectory.judge.aligned import Aligned
from detectory.judge.threshold import require_finite
from detectory.metrics import Array


@dataclass(frozen=True, slots=True, eq=False)
class Scored(Aligned):
    """Test rows as the bundle answered them, beside the truth: columns of one length N.

    ``log_odds`` float32[N] and ``alert`` bool[N] come from the score head, ``predicted`` str[N] is the
    label that the bundle gives ("benign" where nothing alerts). ``target`` bool[N], ``label`` str[N]
    and ``seen`` bool[N] (the family was in training) are true of the row. ``population`` names where
    it is from; rows of one ``group`` are resampled together. ``slices`` holds a value a row for each
    declared slice. ``family_log_odds`` float32[N, K] over ``families`` is the family head's answer for
    *every* row, alerting or not.

    Raises `ScoresNotFinite` for NaN or infinite log-odds.
    """

    log_odds: Array
    alert: Array
    predicted: Array
    target: Array
    label: Array
    seen: Array
    population: Array
    group: Array
    family_log_odds: Array | None = None
    families: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Aligned.__post_init__(self)  # super() loses its class where dataclass makes another one for slots
        require_finite(self.log_odds)
