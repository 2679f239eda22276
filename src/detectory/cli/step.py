"""The next sensible step of a workspace: what ``detectory`` alone answers."""

from __future__ import annotations

from detectory.cli.session import Session
from detectory.library import Workspace
from detectory.registry import versions


def show_step(session: Session) -> None:
    """Print the next step and why it is next."""
    command, why = next_step(session.workspace())
    session.answer({"next": command, "why": why}, f"{why}\n\n  {command}\n\nAll commands: detectory --help")


def next_step(home: Workspace) -> tuple[str, str]:
    """The command to type next, and the reason: a key, then a version, then a score."""
    from detectory import detectors

    names = detectors.names(home.own)
    promoted = [name for name in names if versions.champion(home.store, name) is not None]
    if promoted:
        return f"detectory score {promoted[0]} FILE", f"{', '.join(promoted)} can score: name a file."
    if not home.signing_key.is_file():
        return "detectory models keygen", "There is no key to sign versions with yet."
    made = [name for name in names if versions.numbers(home.store, name)]
    if made:
        return (
            f"detectory report {made[0]}@latest --open",
            f"A version of {made[0]} was made but not promoted.",
        )
    return f"detectory run {names[0]}", "There is a key, and no version yet."
