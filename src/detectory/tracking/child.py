"""The process in which a sink sends: ``python -m detectory.tracking.child``, started by `apart`.

In: a `Job` on stdin, where nobody else can read the secrets in it. Out: an `Answer` a line on stdout for each
parcel, in order, up to the first that was not sent. What libraries print goes to stderr.
"""

from __future__ import annotations

import base64
import importlib
import os
import sys
from collections.abc import Collection, Mapping

import msgspec

from detectory.settings import Tracking
from detectory.tracking.parcel import Parcel

MOST = 300  # characters of an explanation


class Job(msgspec.Struct, frozen=True):
    """What to send, by which sink. ``known`` is what its settings refer to: secrets, mostly."""

    sink: str
    tracking: Tracking
    known: dict[str, str]
    parcels: list[Parcel]


class Answer(msgspec.Struct, frozen=True):
    """Of one run: empty where it was sent, otherwise why not."""

    run: str
    why: str = ""


def main() -> None:
    """Send until something is not sent."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    for parcel in job.parcels:
        answer = Answer(parcel.record.id, _sent(job, parcel))
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()
        if answer.why:
            break


def _sent(job: Job, parcel: Parcel) -> str:
    """Empty, or why it was not."""
    try:
        importlib.import_module(f"detectory.tracking.{job.sink}").send(parcel, job.tracking, job.known)
    except Exception as error:  # noqa: BLE001  # whatever a library raises is an answer
        return scrubbed(f"{type(error).__name__}: {error}", job.known)[:MOST]
    return ""


def scrubbed(text: str, known: Mapping[str, str]) -> str:
    """One line of text, without anything that settings refer to: an answer may repeat what it was asked.

    >>> scrubbed("401: no key\\n 's3cr3t' here", {"token": "s3cr3t"})
    "401: no key '***' here"
    """
    for secret in sorted(_forms(known), key=len, reverse=True):
        text = text.replace(secret, "***")
    return " ".join(text.split())


def _forms(known: Mapping[str, str]) -> Collection[str]:
    """The secrets, and what HTTP makes of a user and a password (RFC 7617): W&B's key is one of `api`."""
    pairs = (f"{known.get('username', '')}:{known.get('password', '')}", f"api:{known.get('key', '')}")
    return {*filter(None, known.values()), *(base64.b64encode(pair.encode()).decode() for pair in pairs)}


if __name__ == "__main__":
    main()
