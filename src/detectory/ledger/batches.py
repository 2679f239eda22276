"""Many rows in one statement, as one JSON document that the database takes apart.

A statement of its own for each row would take the interpreter's lock anew each time, which a busy event
loop hands over after up to 5 ms (`sys.getswitchinterval`). So rows travel as JSON that was encoded in one
call, and SQLite or PostgreSQL does the rest without that lock.
"""

from __future__ import annotations

from collections import deque
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a server listens before SQLAlchemy is loaded
    from sqlalchemy import Connection

#: bytes of one statement: about a thousand rows; other writers wait for as long as it takes
BATCH_BYTES = 1 << 18

#: an ask is {at, detector, request_id, key, share, values, records}; what a record holds besides the answer
#: is the row that was sent. ``values`` says that the detector predicts numbers: which names are the answer's.
PREDICTIONS = {
    # materialized: SQLite would otherwise read an ask anew for every member of each of its records
    "sqlite": """
WITH asks AS MATERIALIZED (
  SELECT value ->> '$.at' AS at, value ->> '$.detector' AS detector, value ->> '$.values' AS is_value,
    value ->> '$.request_id' AS request_id, value ->> '$.key' AS key, value ->> '$.share' AS share,
    value -> '$.records' AS records FROM json_each(?))
INSERT INTO predictions
  (id, at, detector, version, "row", level, alert, label, low, high, request_id, key, share)
SELECT r.value ->> '$.prediction_id', at, detector, r.value ->> '$.version',
  CASE WHEN is_value THEN json_remove(r.value, '$.prediction_id', '$.version', '$.value', '$.low', '$.high')
    ELSE json_remove(r.value, '$.prediction_id', '$.version', '$.score', '$.alert', '$.label') END,
  CASE WHEN is_value THEN r.value ->> '$.value' ELSE r.value ->> '$.score' END,
  CASE WHEN NOT is_value THEN r.value ->> '$.alert' END,
  CASE WHEN NOT is_value THEN r.value ->> '$.label' END,
  CASE WHEN is_value THEN r.value ->> '$.low' END,
  CASE WHEN is_value THEN r.value ->> '$.high' END,
  request_id, asks.key,
  CASE WHEN NOT is_value AND r.value ->> '$.alert' THEN 1.0 ELSE share END
FROM asks, json_each(records) AS r
WHERE true ON CONFLICT DO NOTHING""",
    "postgresql": """
WITH asks AS MATERIALIZED (
  SELECT (a ->> 'at')::float8 AS at, a ->> 'detector' AS detector, (a ->> 'values')::bool AS is_value,
    a ->> 'request_id' AS request_id, a ->> 'key' AS key, (a ->> 'share')::float8 AS share,
    a -> 'records' AS records FROM jsonb_array_elements(%s::jsonb) AS a)
INSERT INTO predictions
  (id, at, detector, version, "row", level, alert, label, low, high, request_id, key, share)
SELECT r ->> 'prediction_id', at, detector, r ->> 'version',
  r - CASE WHEN is_value THEN '{prediction_id,version,value,low,high}'::text[]
    ELSE '{prediction_id,version,score,alert,label}'::text[] END,
  CASE WHEN is_value THEN (r ->> 'value')::float8 ELSE (r ->> 'score')::float8 END,
  CASE WHEN NOT is_value THEN (r ->> 'alert')::bool END,
  CASE WHEN NOT is_value THEN r ->> 'label' END,
  CASE WHEN is_value THEN (r ->> 'low')::float8 END,
  CASE WHEN is_value THEN (r ->> 'high')::float8 END,
  request_id, key,
  CASE WHEN NOT is_value AND (r ->> 'alert')::bool THEN 1.0 ELSE share END
FROM asks, jsonb_array_elements(records) AS r
ON CONFLICT DO NOTHING""",
}
#: each is a list [prediction_id, version, level, alert, label]
SHADOWS = {
    "sqlite": """
INSERT INTO shadows (prediction_id, version, level, alert, label)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)
WHERE true ON CONFLICT DO NOTHING""",
    "postgresql": """
INSERT INTO shadows (prediction_id, version, level, alert, label)
SELECT s ->> 0, s ->> 1, (s ->> 2)::float8, (s ->> 3)::bool, s ->> 4 FROM jsonb_array_elements(%s::jsonb) AS s
ON CONFLICT DO NOTHING""",
}


class Pending:
    """Encoded rows on their way into one table; at most ``limit`` bytes of them.

    >>> pending = Pending(SHADOWS, limit=8)
    >>> pending.add(b"[1]", rows=1), pending.add(b"[2]", rows=1), pending.add(b"[345]", rows=1)
    (True, True, False)
    >>> pending.first()
    (['[1]', '[2]'], 2)
    """

    def __init__(self, statements: dict[str, str], *, limit: int) -> None:
        self._statements, self._limit = statements, limit
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._bytes, self._lock = 0, Lock()

    def add(self, encoded: bytes, *, rows: int) -> bool:
        """Queue some rows, one element of the document; False when there is no room for them."""
        with self._lock:
            if self._bytes + len(encoded) > self._limit:
                return False
            self._bytes += len(encoded)
            self._waiting.append((encoded, rows))
        return True

    def first(self) -> tuple[list[str], int]:
        """The elements of the next statement, and how many rows they hold; they stay queued."""
        with self._lock:
            waiting = list(self._waiting)
        sizes = accumulate(len(encoded) for encoded, _ in waiting)
        chosen = waiting[: 1 + sum(size < BATCH_BYTES for size in sizes)]
        return [encoded.decode() for encoded, _ in chosen], sum(rows for _, rows in chosen)

    def write(self, connection: Connection, elements: list[str]) -> None:
        """Write what `first` gave, in one statement; a row that is there already stays as it is."""
        dialect = connection.dialect.name
        document = f"[{','.join(elements)}]"
        if dialect == "postgresql":
            document = document.replace("\\u0000", "\\ufffd")  # jsonb cannot hold what was sent as NUL
        connection.exec_driver_sql(self._statements[dialect], (document,))

    def drop(self, count: int) -> None:
        """Forget so many elements from the front: they are written, or never can be."""
        with self._lock:
            self._bytes -= sum(len(self._waiting.popleft()[0]) for _ in range(count))
