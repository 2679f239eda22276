"""A writer that is killed: stores each event, as others do at the same time, and notes what was acknowledged.

``writer.py WHERE PREDICTION NUMBER FIRST ACKS`` stores the events FIRST, FIRST + 1, … until somebody ends it;
every event is sent by three writers of four, and by this one up to twice.
"""

from __future__ import annotations

import os
import sys
from itertools import count

from detectory.errors import LedgerAway
from detectory.ledger.database import Database
from detectory.ledger.feedback import Feedback, Label


def main(where: str, prediction: str, number: str, first: str, acks: str) -> None:
    """Until SIGKILL."""
    labels = Feedback(Database(where))
    noted = os.open(acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for event in count(int(first)):
        if (event + int(number)) % 4 == 0:
            continue
        for _ in range(1 + event % 2):
            try:
                labels.record(Label(prediction, f"label of {event}", event=f"e{event}"))
            except LedgerAway:  # a lock was held for too long; whoever hears no answer sends it again
                continue
            os.write(noted, b"e%d\n" % event)


if __name__ == "__main__":
    main(*sys.argv[1:])
