"""Rows of Zeek's conn.log to flows: typed, in canonical form.

Goes in: rows with the fields of the door ``flow``, as text or as JSON values, and anything else. Comes
out: entities with the same fields, and ``day`` and ``hour`` (UTC, empty where ``ts`` is missing); a row is
an entity. Every other row is rejected with a reason. Stateless; never raises on a value, and never sees
an address.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detectory.blocks.table import MISSING, numbers, texts, together
from detectory.schema import Parsed, Rejected, Rows

__all__ = ["REASONS", "parse"]

REASONS = {
    "not_text": "`proto`, `service`, `conn_state` or `history` is neither text nor a number",
    "not_a_number": "a number is asked for, and this is none",
    "negative": "a number is below 0",
    "not_whole": "a count is no whole number",
    "too_large": "a count is above 2^53, from where on not every whole number has a place of its own",
    "bad_port": "`id.resp_p` is no port: 0 to 65535",
    "bad_time": "`ts` is no time: seconds since 1970, or as ISO 8601 writes it",
    "missing": "`id.resp_p` or `proto` says nothing",
    "too_long": "a text has more than 256 characters",
}
"""Every reason a row is rejected for, and what it means."""

WORDS = ("proto", "service", "conn_state", "history")
COUNTS = (
    "orig_bytes", "resp_bytes", "missed_bytes", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"
)  # fmt: skip
NUMBERS = ("id.resp_p", "ts", "duration", *COUNTS)
UNSET = MISSING | {"(empty)"}
_LONGEST = 256
_MICROSECONDS = 6  # Zeek writes times and durations to so many places
_LAST_SECOND = 253_402_300_799  # of the year 9999, the last that a date can hold
_MOST = np.array([[65535], [_LAST_SECOND], [np.inf], *[[2.0**53]] * len(COUNTS)])
_IS_WHOLE = np.array([[name in ("id.resp_p", *COUNTS)] for name in NUMBERS])
Wrong = dict[tuple[int, str], str]


def parse(rows: Rows, *, door: Literal["flow"] = "flow") -> Parsed:
    """Flows of columns of anything.

    >>> flow = {name: [None] for name in ("ts", *WORDS, *NUMBERS)}
    >>> telnet = {"id.resp_p": ["23"], "proto": ["TCP"], "duration": ["-"], "ts": ["1577836800"]}
    >>> parsed = parse(flow | telnet)
    >>> [parsed.rows[name] for name in ("id.resp_p", "proto", "day", "duration")]
    [[23], ['tcp'], ['2020-01-01'], [None]]
    >>> parse(flow | {"id.resp_p": ["90000"], "proto": ["tcp"]}).rejected
    [Rejected(row=0, field='id.resp_p', reason='bad_port')]
    """
    wrong: Wrong = {}
    found = _words(rows, wrong) | _numbers(rows, wrong)
    found["hour"] = [_hour(time) for time in found["ts"]]
    found["day"] = [hour[:10] for hour in found["hour"]]
    if not wrong:
        every = np.arange(len(found["hour"]))
        return Parsed(found, entity=every, source=every)
    return _without(wrong, found)


def _without(wrong: Wrong, found: dict[str, list[Any]]) -> Parsed:
    """The rows in which nothing is wrong; of several faults of a row one is told."""
    refused = {
        row: Rejected(row, field, reason) for (row, field), reason in sorted(wrong.items(), reverse=True)
    }
    kept = [row for row in range(len(found["hour"])) if row not in refused]
    columns = {name: [column[row] for row in kept] for name, column in found.items()}
    source = np.array(kept, dtype=np.int64)
    return Parsed(columns, entity=np.arange(len(kept)), source=source, rejected=sorted(refused.values()))


def _words(rows: Rows, wrong: Wrong) -> dict[str, list[Any]]:
    """The columns of words, None where nothing is said."""
    height = len(rows["proto"])
    words, no_text = texts(list(chain.from_iterable(rows[name] for name in WORDS)), missing=UNSET)
    proto, service, state, history = (words[at * height : (at + 1) * height] for at in range(len(WORDS)))
    wrong |= {(row, "proto"): "missing" for row, word in enumerate(proto) if not word}
    wrong |= {
        (at % height, WORDS[at // height]): "too_long"
        for at, word in enumerate(words)
        if len(word) > _LONGEST
    }
    if no_text.any():
        wrong |= {(at % height, WORDS[at // height]): "not_text" for at in np.flatnonzero(no_text).tolist()}
    return {
        "proto": [word.lower() for word in proto],
        "service": [_services(word) for word in service],
        "conn_state": [word.upper() or None for word in state],
        "history": [word or None for word in history],
    }


def _services(word: str) -> str | None:
    """Zeek's set of services, in one order.

    >>> _services("SSL,http")
    'http,ssl'
    """
    return ",".join(sorted(word.lower().split(","))) if "," in word else word.lower() or None


def _numbers(rows: Rows, wrong: Wrong) -> dict[str, list[Any]]:
    """The columns of numbers, None where nothing is said."""
    found, no_number = numbers(together(rows[name] for name in NUMBERS), missing=UNSET)
    table = found.reshape(len(NUMBERS), -1)
    odd = (table < 0) | (table > _MOST) | (_IS_WHOLE & (table % 1 > 0)) | no_number.reshape(table.shape)
    if odd.any():
        _judge(table, odd, rows, wrong)
    port, time, duration, *counts = table.tolist()
    wrong |= {
        (row, "id.resp_p"): "missing" for row, value in enumerate(port) if value != value and not odd[0, row]
    }
    return {
        "id.resp_p": [_whole(value) for value in port],
        "ts": [_rounded(value) for value in time],
        "duration": [_rounded(value) for value in duration],
        **{name: [_whole(value) for value in column] for name, column in zip(COUNTS, counts, strict=True)},
    }


def _judge(table: NDArray[np.float64], odd: NDArray[np.bool_], rows: Rows, wrong: Wrong) -> None:
    """Say what is odd, and take dates for times; what stays odd is taken out of the table."""
    for at, row in np.argwhere(odd).tolist():
        name, value = NUMBERS[at], table[at, row]
        date = _date(rows[name][row]) if name == "ts" and value != value else np.nan
        table[at, row] = date
        if date != date:
            wrong[row, name] = _reason(name, value)


def _reason(name: str, value: float) -> str:
    if name == "ts":
        return "bad_time"
    if value != value:
        return "not_a_number"
    if name == "id.resp_p":
        return "bad_port"
    if value < 0:
        return "negative"
    return "not_whole" if value % 1 else "too_large"


def _date(value: Any) -> float:
    """Seconds since 1970 of an ISO 8601 text (Zeek's ``LogAscii::json_timestamps``), NaN of anything else.

    >>> _date("2020-01-01T00:00:00.5Z")
    1577836800.5
    """
    try:
        date = datetime.fromisoformat(str(value).strip())
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return np.nan
    return seconds if 0 <= seconds <= _LAST_SECOND else np.nan


def _whole(value: float) -> int | None:
    return None if value != value else int(value)


def _rounded(value: float) -> float | None:
    return None if value != value else round(value, _MICROSECONDS)


def _hour(time: float | None) -> str:
    """
    >>> _hour(1577840400.5)
    '2020-01-01 01'
    """
    return "" if time is None else datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H")
