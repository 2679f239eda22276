"""Raw rows to flows: CICFlowMeter's statistics as numbers.

Goes in: rows with CICFlowMeter's columns, as text or as numbers. Comes out: flows with the same columns as
floats, None where nothing is said; a row is a flow. Rates of flows without duration are infinite in the
published files: that says nothing, and is missing. Every row that holds something else is rejected with a
reason. Stateless; never raises on a value.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detectory.blocks.cicflowmeter import FIELDS
from detectory.blocks.table import MISSING, cells, numbers, together
from detectory.schema import Parsed, Rejected, Rows, length

__all__ = ["REASONS", "parse"]

REASONS = {
    "not_a_number": "a column holds something that is neither a number, nor NaN or infinity, nor empty",
    "no_statistic": "not one column holds a number",
}
"""Every reason a row is rejected for, and what it means."""

_NOTHING = MISSING | {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}


def parse(rows: Rows, *, door: Literal["flow"] = "flow") -> Parsed:
    """Flows of rows; a column that is not there holds nothing.

    >>> parsed = parse({"Flow_Duration": ["124", 5, "soon"], "Flow_Byts/s": ["Infinity", 2.5, 1]})
    >>> parsed.rows["Flow_Duration"], parsed.rows["Flow_Byts/s"]
    ([124.0, 5.0], [None, 2.5])
    >>> parsed.rejected
    [Rejected(row=2, field='Flow_Duration', reason='not_a_number')]
    """
    count = length(rows)
    nothing = [None] * count
    said, refused = numbers(together(rows.get(name, nothing) for name in FIELDS), missing=_NOTHING)
    values, wrong = said.reshape(len(FIELDS), count), refused.reshape(len(FIELDS), count)
    good = ~(wrong.any(axis=0) | np.isnan(values).all(axis=0))
    source = np.flatnonzero(good)
    rejected = [_rejected(wrong[:, row], row) for row in np.flatnonzero(~good).tolist()]
    entities = dict(zip(FIELDS, cells(values[:, source] + 0.0), strict=True))  # −0.0 becomes 0.0
    return Parsed(entities, entity=np.arange(len(source)), source=source, rejected=rejected)


def _rejected(wrong: NDArray[np.bool_], row: int) -> Rejected:
    reason = "not_a_number" if wrong.any() else "no_statistic"
    return Rejected(row, FIELDS[int(wrong.argmax())], reason)
