"""Who was right where two versions disagree, once somebody has said what is true."""

from __future__ import annotations

from typing import Literal, NamedTuple

Right = Literal["champion", "challenger", "neither"]


class Answer(NamedTuple):
    """What one version said of a row: a level, and whether it alerts and as what, or a number alone."""

    level: float
    alert: bool | None = None
    label: str | None = None


def right_alert(truth: str, champion: Answer, challenger: Answer, *, negative: str) -> Right:
    """Who was right about an alert; where both alert, about its name.

    >>> benign, gozi = Answer(-1.0, False, "benign"), Answer(2.0, True, "gozi")
    >>> right_alert("gozi", champion=benign, challenger=gozi, negative="benign")
    'challenger'
    >>> right_alert("matsnu", champion=benign, challenger=gozi, negative="benign")
    'challenger'
    >>> right_alert("benign", champion=gozi, challenger=Answer(3.0, True, "matsnu"), negative="benign")
    'neither'
    """
    if champion.alert != challenger.alert:
        return "challenger" if challenger.alert == (truth != negative) else "champion"
    if truth == challenger.label:
        return "challenger"
    return "champion" if truth == champion.label else "neither"


def nearer(truth: float, champion: Answer, challenger: Answer) -> Right:
    """Whose number is nearer to the true one.

    >>> nearer(6.0, champion=Answer(9.0), challenger=Answer(5.0))
    'challenger'
    """
    distances = abs(truth - champion.level), abs(truth - challenger.level)
    if distances[0] == distances[1]:
        return "neither"
    return "challenger" if distances[1] < distances[0] else "champion"
