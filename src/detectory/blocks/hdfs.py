"""The log statements of HDFS: which events there are, and their numbers.

Goes in: nothing. Comes out: the table, and the table compiled for the kernel ``logs``. The formats are
those of the logging calls of Hadoop 0.18 to 0.20 (DataNode, FSDataset, FSNamesystem; Apache-2.0). Numbers
1 to 29 are the events E1 to E29 by which the published sets of HDFS_v1 count, so they never change; 30 to
33 are statements that those sets know and do not count.
"""

from __future__ import annotations

from functools import cache

from detectory.kernels import statements as kernel

__all__ = ["COUNTED", "KEY_PREFIX", "LAST", "NEW", "STATEMENTS", "in_words", "statements"]

STATEMENTS: dict[int, str] = {
    1: "Adding an already existing block %s",
    2: "Verification succeeded for %s",
    3: "%s Served block %s to %s",
    4: "%s:Got exception while serving %s to %s",
    5: "Receiving block %s src: %s dest: %s",
    6: "Received block %s src: %s dest: %s of size %s",
    7: "writeBlock %s received exception %s",
    8: "PacketResponder %s for block %s Interrupted.",
    9: "Received block %s of size %s from %s",
    10: "PacketResponder %s Exception %s",
    11: "PacketResponder %s for block %s terminating",
    12: "%s:Exception writing block %s to mirror %s",
    13: "Receiving empty packet for block %s",
    14: "Exception in receiveBlock for block %s",
    15: "Changing block file offset of block %s from %s to %s meta file offset to %s",
    16: "%s:Transmitted block %s to %s",
    17: "%s:Failed to transfer %s to %s got %s",
    18: "%s Starting thread to transfer block %s to %s",
    19: "Reopen Block %s",
    20: "Unexpected error trying to delete block %s. BlockInfo not found in volumeMap.",
    21: "Deleting block %s file %s",
    22: "BLOCK* NameSystem.allocateBlock: %s",
    23: "BLOCK* NameSystem.delete: %s is added to invalidSet of %s",
    24: "BLOCK* Removing block %s from neededReplications as it does not belong to any file.",
    25: "BLOCK* ask %s to replicate %s to %s",
    26: "BLOCK* NameSystem.addStoredBlock: blockMap updated: %s is added to %s size %s",
    27: "BLOCK* NameSystem.addStoredBlock: Redundant addStoredBlock request received for %s on %s size %s",
    28: "BLOCK* NameSystem.addStoredBlock: addStoredBlock request received for %s on %s size %s"
    " But it does not belong to any file.",
    29: "PendingReplicationMonitor timed out block %s",
    30: "BLOCK* ask %s to delete %s",
    31: "%s:DataXceiver: %s: Block %s is valid, and cannot be written to.",
    32: "%s: Block %s is not valid.",
    33: "%s cannot access %s: No such file or directory",
}
"""Event number → the statement's format, ``%s`` where a value stands."""

COUNTED = 29
"""Events 1 to this one are what a block is judged by."""

LAST = max(STATEMENTS)
NEW = 0
"""The event of a line that no statement of the table wrote."""

KEY_PREFIX = b"blk_"


def in_words(event: int) -> str:
    """What a line of an event says, values left out.

    >>> in_words(9), in_words(NEW)
    ('Received block … of size … from …', 'a line that no statement of the table wrote')
    """
    return STATEMENTS.get(event, "a line that no statement of the table wrote").replace("%s", "…")


@cache
def statements() -> kernel.Statements:
    """The table, compiled; once.

    >>> statements().match(b"Verification succeeded for blk_-17"), statements().match(b"Good morning")
    (2, 0)
    """
    return kernel.Statements(STATEMENTS.items())
