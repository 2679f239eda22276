"""The trees behind a head, as `detectory.models.tree_tables` writes them: what each column adds.

Comes in: the bytes of the tables' graph and feature tensors. Goes out: the trees' columns, and the exact
Shapley value of each. Every index of the tables is checked before the first row is explained.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectory.errors import BundleRefused
from detectory.kernels import tree_shap
from detectory.runtime.blank import blank
from detectory.runtime.heads import session_of
from detectory.schema import Features

_COLUMNS = "explained_columns"
_ARRAYS = ("roots", "feature", "right", "number", "cover", "missing_left")


class Explained(NamedTuple):
    """What trees read of N rows, float32[N, C], and what each column adds to their answer, float64[N, C]."""

    columns: NDArray[np.float32]
    added: NDArray[np.float64]


class Trees:
    """The trees of one head. Immutable, safe to share between threads.

    ``widths`` says how many columns each tensor became, in the order of the columns; ``unit`` is
    ``log-odds``, ``probability`` or ``value``; ``expectation`` is what trees say of a row that nobody knows.
    ``tables`` are the trees themselves.
    """

    def __init__(self, graph: bytes, *, name: str) -> None:
        self._session, self._name = session_of(graph, name=name), name
        self._inputs = [tensor.name for tensor in self._session.get_inputs()]
        try:
            said = {
                key: json.loads(text)
                for key, text in self._session.get_modelmeta().custom_metadata_map.items()
            }
            self.widths: dict[str, int] = {
                str(tensor): int(width) for tensor, width in said["widths"].items()
            }
            self.unit = str(said["unit"])
            self.tables = self._checked(less=said["branch"] == "BRANCH_LT")
            self.expectation = self.tables.expectation + float(said["offset"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BundleRefused(name, why=f"its tables are no trees: {error}") from error

    def explain(self, features: Features) -> Explained:
        """The columns of the rows, and what each adds: with ``expectation`` they add up to the answer."""
        columns = self._run([_COLUMNS], {name: features[name] for name in self._inputs})[0]
        return Explained(columns, self.tables.contributions(columns))

    def sums(self, features: Features) -> NDArray[np.float64]:
        """float64[N]: what the leaves of the rows add up to, without the offset."""
        columns = self._run([_COLUMNS], {name: features[name] for name in self._inputs})[0]
        return self.tables.sums(columns)

    def _checked(self, *, less: bool) -> tree_shap.TreeTables:
        """The tables, which are constants of the graph: they are read with no rows at all."""
        nothing = {each.name: blank(each, rows=0) for each in self._session.get_inputs()}
        columns, *arrays = self._run([_COLUMNS, *_ARRAYS], nothing)
        if columns.ndim != 2 or columns.shape[1] != sum(self.widths.values()):
            raise ValueError("its columns are not as wide as it says")
        named = dict(zip(_ARRAYS, arrays, strict=True))
        return tree_shap.TreeTables(**named, columns=columns.shape[1], less=less)

    def _run(self, outputs: list[str], feed: Mapping[str, Any]) -> list[Any]:
        try:
            found: list[Any] = self._session.run(outputs, feed)
        except Exception as error:  # onnxruntime raises types of a private module
            raise BundleRefused(self._name, why=f"its graph does not run: {error}") from error
        return found
