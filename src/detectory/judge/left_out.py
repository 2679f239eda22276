"""Left out: what the chosen kind of model is worth on rows of a kind that it never learned from.

In: the graphs that were fitted without the rows of each ``[leave_out.NAME]``, and the scored test rows.
Out: a `LeftOut` a name: ranking metrics on the rows that were left out, beside those of the very
version, which learned from others of their kind. None of these graphs is ever served.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detectory.artifacts import Artifact
from detectory.judge.evaluate import core_metrics
from detectory.judge.scored import Scored
from detectory.judge.verdict import LeftOut
from detectory.parts import Part, matching
from detectory.runtime import Head
from detectory.schema import Array


def judged(test: Part, scored: Scored, fit: Artifact, *, seed: int) -> dict[str, LeftOut]:
    """Every model that was fitted without some rows, on the test rows of that kind."""
    found = {}
    for one in fit.facts["candidates"]:
        if one["role"] != "leave_out":
            continue
        at = _rows(test, one["left_out"], scored.target)
        head = Head(fit.read(one["file"]), name=one["file"])
        scores = head.answer({name: tensor[at] for name, tensor in test.features(head.inputs).items()})
        found[one["name"]] = _compared(scored.only(at), scores, seed=seed)
    return found


def _compared(scored: Scored, scores: Array, *, seed: int) -> LeftOut:
    return LeftOut(
        rows=len(scored.target),
        without=core_metrics(scores, scored, seed=seed),
        version=core_metrics(scored.log_odds, scored, seed=seed),
    )


def _rows(test: Part, left_out: Mapping[str, list[str]], target: Array) -> NDArray[np.int64]:
    """The test rows of this kind; of a kind with one class only, beside all rows of the other class."""
    alike = test.rows.select(matching(left_out)).to_series().to_numpy()
    classes = target[alike]
    if len(classes) and (classes.all() or not classes.any()):
        alike = alike | (target != classes[0])
    return np.flatnonzero(alike)
