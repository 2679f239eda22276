"""One small candidate a head, and a second for the score."""

from detectory.models.candidate import Candidate


def candidates() -> list[Candidate]:
    return [
        Candidate("tree", "score", "trees", ("dense", "suffix_id"), {"n_estimators": 1}),
        Candidate("linear", "score", "linear", ("ids",), {"epochs": 2}),
        Candidate("linear", "family", "linear", ("ids",), {"epochs": 2}),
    ]
