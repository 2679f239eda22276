"""An opened bundle → answers. The one way in which anything is scored: by judge, CLI and server.

Comes in: rows of a door's fields. Goes out: `Answers`, a column each; rows that do not parse are listed
with their reason, never dropped. Never: HTTP, files, a training library.
"""

from detectory.runtime.alerts import AlertScorer, Scores, labels
from detectory.runtime.answers import Answers, Record
from detectory.runtime.golden import golden_of
from detectory.runtime.heads import Head
from detectory.runtime.opening import open_scorer
from detectory.runtime.scorer import Scorer
from detectory.runtime.values import Values, ValueScorer, interval

__all__ = [
    "AlertScorer",
    "Answers",
    "Head",
    "Record",
    "Scorer",
    "Scores",
    "ValueScorer",
    "Values",
    "golden_of",
    "interval",
    "labels",
    "open_scorer",
]
