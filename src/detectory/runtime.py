"""An opened bundle → scores. The one way in which anything is scored: by judge, CLI and server.

Comes in: rows of a door's fields. Goes out: `Scores`, a column each; rows that do not parse are
listed with their reason, never dropped. Never: HTTP, files, a training library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detectory.bundle import Opened
from detectory.errors import BundleRefused, GoldenMismatch
from detectory.schema import Array, Features, Parsed, Rejected, Rows, length
from detectory.spec import Spec, read_spec

CHUNK_ROWS = 256  # a chunk of n-gram weights (rows × 128 × families) still fits the second-level cache
_BEHIND_ALL = np.iinfo(np.int64).max
GOLDEN_TOLERANCE = 1e-5  # in log-odds; another CPU's float32 sums differ in the last bits


ANSWER = ("score", "alert", "label", "version")
Record = dict[str, Any]


class Head:
    """One ONNX graph, run on one thread.

    >>> Head(b"no graph", name="score")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    detectory.errors.BundleRefused: the bundle is refused
    """

    def __init__(self, graph: bytes, *, name: str) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # contended threads are ten times slower than one
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # failures are raised; the library's own log says them twice
        try:
            self._session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises types of a private module
            raise BundleRefused(name, why=f"its graph cannot be loaded: {error}") from error
        self.inputs = [tensor.name for tensor in self._session.get_inputs()]

    def log_odds(self, features: Features) -> NDArray[np.float32]:
        """Log-odds, float32[N] for the score head and float32[N, K] for the family head."""
        count = len(next(iter(features.values())))
        if count <= CHUNK_ROWS:
            return self._run({name: features[name] for name in self.inputs})
        chunks = range(0, count, CHUNK_ROWS)
        parts = [{n: features[n][at : at + CHUNK_ROWS] for n in self.inputs} for at in chunks]
        return np.concatenate([self._run(part) for part in parts])

    def _run(self, feed: Features) -> NDArray[np.float32]:
        output: NDArray[np.float32] = self._session.run(None, feed)[0]
        return output


@dataclass(frozen=True, slots=True)
class Scores:
    """What a bundle says of rows; all columns are equally long, one entry an entity."""

    parsed: Parsed
    log_odds: NDArray[np.float32]
    alert: NDArray[np.bool_]
    label: NDArray[np.str_]
    version: str

    @property
    def score(self) -> NDArray[np.float64]:
        """The probability, for people: the logistic function of the log-odds."""
        return probability(self.log_odds)

    @property
    def rejected(self) -> list[Rejected]:
        """The rows that do not parse, with field and reason."""
        return self.parsed.rejected

    def order(self) -> tuple[list[int], list[int]]:
        """The input row of every record, ascending, and its place: entities first, then rejected rows.

        An entity made of several rows stands where its first row does.
        """
        if self.parsed.entity is self.parsed.source and not self.rejected:  # a row each, as nearly always
            rows = self.parsed.source.tolist()
            return rows, rows
        first = np.full(len(self.alert), _BEHIND_ALL)
        np.minimum.at(first, self.parsed.entity, self.parsed.source)
        rows = np.concatenate([first, np.array([item.row for item in self.rejected], dtype=np.int64)])
        places = np.argsort(rows, kind="stable")
        return rows[places].tolist(), places.tolist()

    def records(self, rows: Rows) -> list[Record]:
        """One record for each entity and each rejected row, in the order of the input rows.

        Every record holds the input fields and ``score``, ``alert``, ``label``, ``version``; a
        rejected row has the first three empty and says why in ``error``.
        """
        order, places = self.order()
        given = [[column[row] for row in order] for column in rows.values()]
        said = [[column[place] for place in places] for column in self._answers()]
        names, versions = (*rows, *ANSWER), repeat(self.version)
        found = [dict(zip(names, row, strict=True)) for row in zip(*given, *said, versions, strict=False)]
        if self.rejected:
            self._say_why(found, places)
        return found

    def _answers(self) -> Iterator[list[Any]]:
        """Score, alert and label of the entities, then nothing for each rejected row."""
        nothing = [None] * len(self.rejected)
        for column in (self.score.round(6), self.alert, self.label):
            yield [*column.tolist(), *nothing]

    def _say_why(self, found: list[Record], places: list[int]) -> None:
        entities = len(self.alert)
        for record, place in zip(found, places, strict=True):
            if place >= entities:
                record["error"] = self.rejected[place - entities].reason


def probability(log_odds: Array) -> NDArray[np.float64]:
    """The logistic function, without a warning of overflow.

    >>> probability(np.array([0.0, -1000.0])).tolist()
    [0.5, 0.0]
    """
    with np.errstate(over="ignore"):  # e to a large number is infinity, and 1 / infinity is the answer
        result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-log_odds.astype(np.float64)))
    return result


def labels(
    alert: Array, family_log_odds: Array | None, classes: Sequence[str], spec: Spec
) -> NDArray[np.str_]:
    """The label of every row: the negative one, or the likeliest family where the row alerts.

    ``family_log_odds`` holds the alerting rows only, in their order; None where there is nothing to name.
    """
    named = np.full(len(alert), spec.label.negative, dtype=f"<U{_longest(classes, spec)}")
    if family_log_odds is None:
        named[alert] = spec.label.positive
    else:
        named[alert] = np.asarray(classes)[np.argmax(family_log_odds, axis=1)]
    return named


def _longest(classes: Sequence[str], spec: Spec) -> int:
    return max(map(len, [*classes, spec.label.negative, spec.label.positive]))


class Scorer:
    """An opened bundle, ready to score. Immutable, safe to share between threads."""

    def __init__(self, bundle: Opened, *, version: str) -> None:
        self.bundle, self.version = bundle, version
        self.spec = read_spec(bundle.files["detector.toml"].decode(), where=f"{bundle.where}/detector.toml")
        self.threshold: float = bundle.json("threshold.json")["log_odds"]
        heads = bundle.manifest.heads
        self._heads = {name: Head(bundle.files[head.file], name=head.file) for name, head in heads.items()}
        self._classes = heads["family"].classes if "family" in heads else []
        self._parse, self._features = bundle.parse, bundle.features

    def parse(self, rows: Rows) -> Parsed:
        """The entities of the rows and those rejected, by the bundle's own ``parse``."""
        return self._parse(rows, door=self.spec.door_of(list(rows)))

    def features(self, rows: Rows) -> Features:
        """The tensors of the rows that parse: name → array whose first axis is the entity."""
        return self._features(self.parse(rows).rows)

    def score(self, rows: Rows) -> Scores:
        """Score rows: columns of a door's fields, equally long."""
        return self.score_parsed(self.parse(rows))

    def score_parsed(self, parsed: Parsed) -> Scores:
        """Score entities that were parsed before."""
        if not length(parsed.rows):
            nothing = np.zeros(0, dtype=np.float32)
            return Scores(parsed, nothing, nothing > 0, np.zeros(0, dtype="<U1"), self.version)
        features = self._features(parsed.rows)
        log_odds = self._heads["score"].log_odds(features)
        alert: NDArray[np.bool_] = log_odds > np.float32(self.threshold)
        named = labels(alert, self._family(features, alert), self._classes, self.spec)
        return Scores(parsed, log_odds, alert, named, self.version)

    def families(self, parsed: Parsed) -> tuple[list[str], NDArray[np.float32] | None]:
        """The known families and float32[N, K] log-odds of every entity, alerting or not; None without."""
        if "family" not in self._heads or not length(parsed.rows):
            return self._classes, None
        return self._classes, self._heads["family"].log_odds(self._features(parsed.rows))

    def _family(self, features: Features, alert: Array) -> NDArray[np.float32] | None:
        if "family" not in self._heads or not alert.any():
            return None
        chosen = features if alert.all() else {name: tensor[alert] for name, tensor in features.items()}
        return self._heads["family"].log_odds(chosen)

    def check_golden(self) -> int:
        """Score the golden rows again and compare; gives how many there are.

        Raises `GoldenMismatch` when a tensor, a log-odds or a label is not what was judged.
        """
        golden = self.bundle.json("golden.json")
        return reproduce(golden, self.score, self.features, where=self.bundle.where)


def golden_of(rows: Rows, scores: Scores, features: Features) -> dict[str, Any]:
    """What a server must reproduce before it is ready: raw rows, their tensors and scores."""
    return {
        "rows": {name: list(column) for name, column in rows.items()},
        "features": {name: tensor.tolist() for name, tensor in features.items()},
        "log_odds": [float(value) for value in scores.log_odds],
        "alert": scores.alert.tolist(),
        "label": scores.label.tolist(),
    }


def reproduce(
    golden: Mapping[str, Any],
    score: Callable[[Rows], Scores],
    features: Callable[[Rows], Features],
    *,
    where: str,
) -> int:
    """Compare what is computed here with what was written when the bundle was judged."""
    rows, tensors = golden["rows"], features(golden["rows"])
    for name, expected in golden["features"].items():
        if not np.allclose(tensors[name], np.asarray(expected), rtol=1e-6, atol=1e-6):
            raise GoldenMismatch(where, why=f"the tensor '{name}' differs")
    found = score(rows)
    if len(found.log_odds) != len(golden["log_odds"]):
        raise GoldenMismatch(where, why="another number of rows parses")
    distance = np.abs(found.log_odds - np.asarray(golden["log_odds"], dtype=np.float32))
    if not np.all(distance <= GOLDEN_TOLERANCE * np.maximum(1.0, np.abs(found.log_odds))):
        raise GoldenMismatch(where, why=f"a log-odds differs by {float(np.nanmax(distance)):.3g}")
    if found.label.tolist() != golden["label"]:
        raise GoldenMismatch(where, why="a label differs")
    return len(golden["label"])
