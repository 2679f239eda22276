"""What the kernel ``logs`` computes, in plain Python and as slowly as it likes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

KEY_END = re.compile(rb"-?[0-9]+")
SHORT = re.compile(rb"(\d\d)(\d\d)(\d\d) (\d\d)(\d\d)(\d\d) ")
ISO = re.compile(rb"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d),(\d{3}) ")
NUMBER = re.compile("E?([0-9]+)")
BETWEEN = re.compile("[ \t\n\v\f\r\"',\\[\\]]+")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Table = list[tuple[int, str]]


def match(message: bytes, table: Table) -> int:
    pieces = [(number, [part.encode() for part in text.split("%s")]) for number, text in table]
    for number, parts in pieces:
        if parts[0] and message.startswith(parts[0]) and goes_on(message[len(parts[0]) :], parts[1:]):
            return number
    ended = []
    for place, (number, parts) in enumerate(pieces):
        words = [part for part in parts if part]
        at = message.find(words[0])
        if not parts[0] and at >= 0 and goes_on(message[at + len(words[0]) :], words[1:]):
            ended.append((at + len(words[0]), place, number))
    return min(ended)[2] if ended else 0


def goes_on(rest: bytes, words: Iterable[bytes]) -> bool:
    for word in words:
        if word not in rest:
            return False
        rest = rest.partition(word)[2] if word else rest
    return True


def read(line: bytes, table: Table, prefix: bytes) -> tuple[int, int | None, list[int]]:
    """Event, milliseconds or None, and the keys of one line."""
    time, rest = timed(line)
    message = rest
    if time is not None and b": " in rest:
        message = rest.partition(b": ")[2]
    return match(message, table), time, keys(message, prefix)


def keys(message: bytes, prefix: bytes) -> list[int]:
    found: list[int] = []
    at = message.find(prefix)
    while at >= 0:
        after = KEY_END.match(message, at + len(prefix))
        fits = after and len(after[0].lstrip(b"-")) <= 19 and -(2**63) <= int(after[0]) < 2**63
        if after and fits and found[-1:] != [int(after[0])]:
            found.append(int(after[0]))
        at = message.find(prefix, at + 1)
    return found


def timed(line: bytes) -> tuple[int | None, bytes]:
    """Milliseconds from 1970 on, and what stands behind the time."""
    short, iso = SHORT.match(line), ISO.match(line)
    if short:
        year, *others = map(int, short.groups())
        time = moment(2000 + year, *others)
        return time, line if time is None else line[short.end() :]
    if iso:
        *parts, milliseconds = map(int, iso.groups())
        time = moment(*parts)
        return (None, line) if time is None else (time + milliseconds, line[iso.end() :])
    return None, line


def moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    """A day that the month has not counts on into the next one."""
    if not (year and 1 <= month <= 12 and 1 <= day <= 31 and hour <= 23 and minute <= 59 and second <= 60):
        return None
    first = datetime(year, month, 1, tzinfo=UTC)
    since = first - EPOCH + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
    return int(since / timedelta(milliseconds=1))


def numbers(text: str, *, most: int) -> list[int] | None:
    """The numbers of a text, None where there is anything else in it."""
    words = [word for word in BETWEEN.split(text) if word]
    found = [NUMBER.fullmatch(word) for word in words]
    if not all(found):
        return None
    values = [int(one[1]) for one in found if one]
    return [value if value <= most else 0 for value in values]
