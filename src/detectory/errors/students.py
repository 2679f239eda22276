"""3: what makes a model smaller is asked for what it cannot do."""

from __future__ import annotations

from collections.abc import Sequence

from detectory.errors.tree import ConfigurationError

_SEE = "correct the recipe in the detector's model.py; see docs/how-to/compress-a-model.md"


class NoSoftLabels(ConfigurationError):
    """A student cannot learn from what a teacher says, or not at that temperature."""

    code, title = "E3126", "A student cannot learn from a teacher so"

    def __init__(self, student: str, *, why: str) -> None:
        super().__init__(f"'{student}' cannot learn so from a teacher's answers", why=why, fix=_SEE)


class OtherClasses(ConfigurationError):
    """A teacher tells other classes apart than its student is to."""

    code, title = "E3127", "A teacher knows other classes"

    def __init__(self, teacher: str, *, head: str, knows: Sequence[str], wanted: Sequence[str]) -> None:
        lacks = sorted(set(wanted) - set(knows))[:5] or ["none, but in another order"]
        strange = sorted(set(knows) - set(wanted))[:5] or ["none"]
        super().__init__(
            f"'{teacher}' cannot teach the head '{head}'",
            why=f"it knows {len(knows)} classes, and {len(wanted)} are wanted; "
            f"missing are {', '.join(lacks)}, and strange {', '.join(strange)}",
            fix="name a teacher of the same head that was fitted on the same split",
        )
