"""Two candidates for the value, and one for each end of the interval."""

from detectory.models.candidate import Candidate

INPUTS = ("dense", "stop_id")
SMALL = {"rounds": 40, "max_depth": 3}


def candidates() -> list[Candidate]:
    return [
        Candidate("ridge", "value", "ridge", INPUTS),
        Candidate("boosted", "value", "boosted", INPUTS, {**SMALL, "objective": "absolute"}),
        Candidate("boosted", "low", "boosted", INPUTS, SMALL),
        Candidate("boosted", "high", "boosted", INPUTS, SMALL),
    ]
