"""The files of Weights & Biases as its service writes them: a log of blocks, protocol buffers in it.

Source: the W&B SDK, core/pkg/leveldb (the log format of LevelDB behind a header of seven bytes).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAGIC, HEADER = b":W&B", 7
BLOCK, CHUNK = 32768, struct.Struct("<IHB")
FULL, LAST = 1, 4


def records(file: Path) -> Iterator[Any]:
    """Every record of a run's file, in order."""
    from wandb.proto import wandb_internal_pb2

    for body in _bodies(file.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(body)
        yield record


def _bodies(data: bytes) -> Iterator[bytes]:
    assert data.startswith(MAGIC)
    at, body = HEADER, b""
    while at + CHUNK.size <= len(data):
        if (left := BLOCK - at % BLOCK) < CHUNK.size:
            at += left
            continue
        _, size, kind = CHUNK.unpack_from(data, at)
        body += data[at + CHUNK.size : at + CHUNK.size + size]
        at += CHUNK.size + size
        if kind in (FULL, LAST):
            yield body
            body = b""


def values(items: Any) -> dict[str, Any]:
    """Key → value of items of config, summary or history."""
    return {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in items}
