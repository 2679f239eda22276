"""Log records → one JSON object a line, whatever is in them.

Never: the body of a request, a raw control character, a value longer than its cap.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

LONGEST = 2_000  # characters of a value; a hostile path must not fill the disk
LONGEST_TRACEBACK = 20_000


class JsonLines(logging.Formatter):
    r"""Formats a record as one line of JSON: time, level, logger, message, facts, traceback.

    >>> record = logging.LogRecord("a", logging.INFO, "", 0, "two\nlines \x1b[31m", (), None)
    >>> print(JsonLines().format(record).split('"message": ')[1])
    "two\nlines \u001b[31m"}
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; ASCII only, so that no terminal or viewer is steered by it."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:LONGEST],
        }
        for key, value in getattr(record, "facts", {}).items():
            entry[key] = value[:LONGEST] if isinstance(value, str) else value
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)[-LONGEST_TRACEBACK:]
        return json.dumps(entry, default=str)


def to_stream(stream: TextIO = sys.stderr) -> None:
    """Send every record of this process to a stream; called once, by the command that serves."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # what it says of starting we say ourselves
