"""6: no such detector, version, artifact."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from detectory.errors.tree import NotFound, did_you_mean, newest


class UnknownDetector(NotFound):
    """No detector of that name."""

    code, title = "E6001", "No such detector"

    def __init__(self, name: str, *, known: Iterable[str]) -> None:
        super().__init__(f"no detector named '{name}'", why=did_you_mean(name, known), fix="detectory list")


class UnknownFamily(NotFound):
    """No domain generation algorithm of that name."""

    code, title = "E6005", "No such family"

    def __init__(self, name: str, *, known: Iterable[str]) -> None:
        super().__init__(
            f"no domain generation algorithm named '{name}'",
            why=did_you_mean(name, known),
            fix="the card of the detector dga lists the families it can generate",
        )


class UnknownVersion(NotFound):
    """No version of that number or name."""

    code, title = "E6002", "No such version"

    def __init__(self, detector: str, version: str, *, known: Iterable[str]) -> None:
        super().__init__(
            f"detector '{detector}' has no version '{version}'",
            why=did_you_mean(version, known),
            fix=f"detectory models list {detector}",
        )


class NoChampion(NotFound):
    """No version serves yet."""

    code, status, title = "E6003", 503, "No version is promoted yet"

    def __init__(self, detector: str) -> None:
        super().__init__(
            f"detector '{detector}' has no promoted version",
            why="scoring and serving use the champion, and none has been promoted in this store",
            fix=f"detectory run {detector}   makes a version; detectory models promote {detector} promotes "
            "the latest there is",
        )


class NoTrial(NotFound):
    """No challenger is tried."""

    code, title = "E6020", "No challenger is tried"

    def __init__(self, detector: str) -> None:
        super().__init__(
            f"no challenger of '{detector}' is tried now",
            fix=f"detectory canary start {detector}@VERSION; detectory canary status {detector} says how the "
            "last trial ended",
        )


class NoModel(NotFound):
    """A model folder holds nothing that could serve."""

    code, status, title = "E6006", 503, "There is no model in the folder"

    def __init__(self, folder: str, *, why: str) -> None:
        super().__init__(
            "there is no model to serve",
            why=why,
            where=folder,
            fix="put an exported version there: detectory models export NAME FOLDER",
        )


class NothingKept(NotFound):
    """No server has kept a row of a detector that could be answered again."""

    code, title = "E6021", "Nothing was kept"

    def __init__(self, detector: str, *, why: str) -> None:
        super().__init__(
            f"there are no rows of '{detector}' to answer again",
            why=why,
            fix="--from FILE answers the rows of a file; --last 30d looks further back",
        )


class NotMade(NotFound):
    """A stage's artifact is not there yet."""

    code, title = "E6004", "A stage has not been run"

    def __init__(self, detector: str, stage: str) -> None:
        super().__init__(
            f"the stage '{stage}' of '{detector}' has not been made from these inputs",
            fix=f"detectory run {detector} --to {stage}",
        )


class UnknownApiKey(NotFound):
    """No API key of that id."""

    code, title = "E6007", "No such API key"

    def __init__(self, key: str, *, known: Iterable[str]) -> None:
        super().__init__(
            f"no API key has the id '{key}'", why=did_you_mean(key, known), fix="detectory keys list"
        )


class UnknownRun(NotFound):
    """The journal has no run whose id begins so."""

    code, title = "E6135", "No such run"

    def __init__(self, wanted: str, *, known: Sequence[str]) -> None:
        near = difflib.get_close_matches(wanted, known, n=1)
        meant = f"did you mean '{near[0]}'? " if near else ""
        super().__init__(
            f"the journal has no run '{wanted}'",
            why=f"{meant}the latest: {newest(known)}" if known else "there is none yet",
            fix="detectory runs list; the beginning of an id is enough, and latest is the last run",
        )


class NotTuned(NotFound):
    """Nobody searched yet for parameters that are asked for."""

    code, title = "E6115", "Nothing was searched"

    def __init__(self, detector: str) -> None:
        super().__init__(
            f"no search has found parameters for '{detector}'",
            why="--tuned takes up what the latest searches found",
            fix=f"detectory tune {detector}",
        )
