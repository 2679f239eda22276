"""One small candidate a head, a second for the score, and a net for both, by request."""

from detectory.models.candidate import Candidate, Float, Integer

QUICK = {"epochs": 2, "embedding": 4, "filters": 8, "hidden": 8, "learning_rate": 0.01}


def candidates() -> list[Candidate]:
    depth, eta = {"max_depth": Integer(1, 12)}, {"eta": Float(0.003, 0.3, log=True)}
    return [
        Candidate("tree", "score", "trees", ("dense", "suffix_id"), {"n_estimators": 1}, depth),
        Candidate("linear", "score", "linear", ("ids",), {"epochs": 2}),
        Candidate("linear", "family", "linear", ("ids",), {"epochs": 2}, eta),
        Candidate("charcnn", "score", "charcnn", ("chars", "suffix_id"), QUICK, by_request=True),
        Candidate("charcnn", "family", "charcnn", ("chars",), QUICK, by_request=True),
    ]
