"""How the score of a block must behave when its events are changed.

Goes in: rows of the door ``sequence``. Comes out: checks, each a change with what it may do to the score.
All changes are made from the generator that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from detectory.blocks.behaviour import Check, Mutate, of_field

__all__ = ["directional", "evasions", "invariances"]

Events = list[str]
Change = Callable[[Events, np.random.Generator], Events]

#: what data nodes and name node log when something went wrong: exceptions, a replication that timed out
FAULTS = ("7", "10", "12", "14", "17", "29")
#: what readers and the scanner of a healthy cluster make a block log
TRAFFIC = ("2", "3")
#: known and not counted: deletion asked for, and three answers to it
UNCOUNTED = ("30", "31", "32", "33")


def invariances() -> list[Check]:
    """Spellings of the same block: the score must not move at all.

    >>> [check.name for check in invariances()]
    ['other order', 'events as E5', 'list of events', 'uncounted events', 'no name']
    """
    return [
        Check("other order", "invariance", _each(_shuffled), "same"),
        Check("events as E5", "invariance", _each(_prefixed), "same"),
        Check("list of events", "invariance", of_field("sequence", _listed), "same"),
        Check("uncounted events", "invariance", _each(_with(UNCOUNTED)), "same"),
        Check("no name", "invariance", of_field("block", lambda names, rng: [None] * len(names)), "same"),
    ]


def directional() -> list[Check]:
    """A fault in a block that had none: the score must not fall."""
    return [Check("a fault is logged", "directional", _each(_with(FAULTS)), "not_lower", of="benign")]


def evasions() -> list[Check]:
    """What hides a failure: a block that fails must alert all the same."""
    return [
        Check("a fault more", "evasion", _each(_with(FAULTS)), "alert", of="target"),
        Check("first half only", "evasion", _each(_first_half), "alert", of="target"),
        Check("one line lost", "evasion", _each(_one_lost), "alert", of="target"),
        Check("faults not logged", "evasion", _each(_without(FAULTS)), "alert", of="target"),
        Check("ten reads more", "evasion", _each(_with(TRAFFIC * 5)), "alert", of="target"),
    ]


def _each(change: Change) -> Mutate:
    """Change every sequence; one that has nothing left stays as it was."""

    def mutate(sequences: list[str], rng: np.random.Generator) -> list[str]:
        return [" ".join(change(text.split(), rng)) or text for text in sequences]

    return of_field("sequence", mutate)


def _shuffled(events: Events, rng: np.random.Generator) -> Events:
    return [events[at] for at in rng.permutation(len(events)).tolist()]


def _prefixed(events: Events, rng: np.random.Generator) -> Events:
    return [f"E{event}" for event in events]


def _listed(sequences: list[str], rng: np.random.Generator) -> list[str]:
    return [f"[{','.join(text.split())}]" for text in sequences]


def _with(more: tuple[str, ...]) -> Change:
    """One of these more, or where there are ten of them, all ten."""

    def change(events: Events, rng: np.random.Generator) -> Events:
        added = list(more) if len(more) >= 10 else [more[int(rng.integers(len(more)))]]
        return events + added

    return change


def _without(gone: tuple[str, ...]) -> Change:
    return lambda events, rng: [event for event in events if event not in gone]


def _first_half(events: Events, rng: np.random.Generator) -> Events:
    return events[: (len(events) + 1) // 2]


def _one_lost(events: Events, rng: np.random.Generator) -> Events:
    lost = int(rng.integers(len(events)))
    return events[:lost] + events[lost + 1 :]
