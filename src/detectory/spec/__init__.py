"""The words and numbers of a ``detector.toml``: what stages and serving need to know of a detector.

Comes in: the text of the file. Goes out: a frozen `Spec`. Code is never here.
"""

from detectory.spec.reading import read_spec as read_spec
from detectory.spec.tables import (
    Budget as Budget,
    Compress as Compress,
    Forecast as Forecast,
    Intervals as Intervals,
    Label as Label,
    Limits as Limits,
    Slice as Slice,
    Split as Split,
    Target as Target,
)
from detectory.spec.tasks import (
    UNSUPERVISED as UNSUPERVISED,
    Binary as Binary,
    Regression as Regression,
    Spec as Spec,
)
