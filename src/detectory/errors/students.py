"""3: what makes a model smaller is asked for what it cannot do."""

from __future__ import annotations

from detectory.errors.tree import ConfigurationError

_SEE = "correct the recipe in the detector's model.py; see docs/how-to/compress-a-model.md"


class NoSoftLabels(ConfigurationError):
    """A student cannot learn from what a teacher says, or not at that temperature."""

    code, title = "E3126", "A student cannot learn from a teacher so"

    def __init__(self, student: str, *, why: str) -> None:
        super().__init__(f"'{student}' cannot learn so from a teacher's answers", why=why, fix=_SEE)
