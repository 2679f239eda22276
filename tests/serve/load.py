"""So many requests a second, whether or not the answers come: who waits is measured from when it was due."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request; status 0: nothing. ``seconds`` counts from when it was due."""

    connection: int
    began: float
    seconds: float
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


def posted(path: str, body: Any) -> bytes:
    """A request that keeps its connection."""
    raw = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(raw)}\r\n\r\n".encode() + raw


async def at_rate(url: str, request: bytes, *, rate: float, seconds: float) -> list[Answer]:
    """Send a request ``rate`` times a second; the answers in the order they came."""
    return await _answers(url, request, itertools.islice(_moments(rate), round(rate * seconds)))


async def while_doing(url: str, request: bytes, work: Callable[[], object], *, rate: float) -> list[Answer]:
    """The same, from a moment before something is done in a thread until a moment after."""
    done = asyncio.Event()

    async def doing() -> None:
        try:
            await asyncio.sleep(0.2)
            await asyncio.to_thread(work)
            await asyncio.sleep(0.2)
        finally:
            done.set()

    due = itertools.takewhile(lambda _: not done.is_set(), _moments(rate))
    answers, _ = await asyncio.gather(_answers(url, request, due), doing())
    return answers


def _moments(rate: float) -> Iterator[float]:
    start = time.monotonic() + 0.1
    return (start + number / rate for number in itertools.count())


async def _answers(url: str, request: bytes, due: Iterator[float]) -> list[Answer]:
    answers: list[Answer] = []
    await asyncio.gather(*(_calls(number, url, request, due, answers) for number in range(CONNECTIONS)))
    return answers


async def _calls(number: int, url: str, request: bytes, due: Iterator[float], answers: list[Answer]) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for moment in due:
        await asyncio.sleep(max(0.0, moment - time.monotonic()))
        try:
            writer.write(request)
            status, body = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            status, body = 0, b""
            writer.close()
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        answers.append(Answer(number, moment, time.monotonic() - moment, status, body))
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    return int(lines[0].split()[1]), await reader.readexactly(int(headers["content-length"]))


def percentile(answers: list[Answer], share: float) -> float:
    """The latency in seconds that so large a share of the answers does not exceed."""
    times = sorted(answer.seconds for answer in answers)
    return times[min(len(times) - 1, int(share * len(times)))]


def by_connection(answers: list[Answer]) -> list[list[Answer]]:
    """The answers of each connection, in order."""
    ordered = sorted(answers, key=lambda answer: (answer.connection, answer.began))
    return [list(group) for _, group in itertools.groupby(ordered, key=lambda answer: answer.connection)]
