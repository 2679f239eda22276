"""2: the command or the call was wrong."""

from __future__ import annotations

from collections.abc import Iterable

from detectory.errors.tree import UsageError, did_you_mean, newest


class UnknownStage(UsageError):
    """No stage of that name."""

    code, title = "E2001", "No such stage"

    def __init__(self, stage: str, *, known: Iterable[str]) -> None:
        super().__init__(
            f"no stage named '{stage}'",
            why=did_you_mean(stage, known),
            fix="detectory run NAME --dry-run   lists the stages in order",
        )


class NoSuchFile(UsageError):
    """A path or a glob on the command line finds nothing."""

    code, title = "E2002", "A named file is not there"

    def __init__(self, path: str) -> None:
        fix = "check the path; quote a glob so that it arrives whole"
        super().__init__(f"there is no file '{path}'", fix=fix)


class UnknownCommand(UsageError):
    """No command of that name."""

    code, title = "E2003", "No such command"

    def __init__(self, name: str, *, group: str, known: Iterable[str]) -> None:
        why = did_you_mean(name, known)
        super().__init__(f"{group} has no command '{name}'", why=why, fix=f"{group} --help")


class NotConfirmed(UsageError):
    """Something that cannot be undone was not agreed to."""

    code, title = "E2004", "Not confirmed"

    def __init__(self, plan: str) -> None:
        super().__init__(
            "nothing was done", why=f"not confirmed: {plan}", fix="answer yes at a terminal, or give --yes"
        )


class UnknownCode(UsageError):
    """No error has that code."""

    code, title = "E2005", "No such error code"

    def __init__(self, wanted: str, *, known: Iterable[str]) -> None:
        super().__init__(
            f"no error has the code '{wanted}'",
            why=did_you_mean(wanted, known),
            fix="docs/reference/errors.md lists them all",
        )


class BadName(UsageError):
    """A name could lead out of its folder, or cannot be a folder's."""

    code, title = "E2006", "Not a name"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"'{name[:80]}' is not the name of a detector",
            why="a name begins with a-z or 0-9 and goes on with at most 62 of a-z, 0-9, '.', '_' and '-'",
            fix="detectory list",
        )


class TargetExists(UsageError):
    """Something would be written over."""

    code, title = "E2007", "There is something already"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"'{path}' is there already", why="it is not written over", fix="name another path, or remove it"
        )


class NotExplained(UsageError):
    """No reason can be given: the version brings no trees, and its ``parse.py`` names no parts of a row."""

    code, status, title = "E2009", 422, "There are no reasons"

    def __init__(self, detector: str) -> None:
        super().__init__(
            f"'{detector}' gives no reasons",
            why="the version brings no trees that would explain it, and its parse.py defines no function "
            "without_parts, which says what the parts of a row are",
            fix="ask for scores alone, or define it, and run the detector again",
        )


class NoThreshold(UsageError):
    """A detector that predicts numbers has no threshold to certify and no alert to name."""

    code, title = "E2008", "There is no threshold"

    def __init__(self, detector: str, *, asked: str) -> None:
        super().__init__(
            f"{asked} is for detectors that alert, and '{detector}' predicts a number",
            why="its answers are a value and an interval; its intervals are calibrated by `detectory run`",
            fix=f"detectory evaluate {detector} FILE --label COLUMN   measures error and coverage",
        )


class UnknownColumn(UsageError):
    """A table has no column of that name."""

    code, title = "E2020", "No such column"

    def __init__(self, column: str, *, where: str, known: Iterable[str]) -> None:
        names = list(known)
        super().__init__(
            f"no column named '{column}'",
            why=did_you_mean(column, names),
            where=where,
            fix=f"give its name, or its position from 1 to {len(names)}; without a header: --no-header",
        )


class NegativeUnknown(UsageError):
    """It is not clear which label means that there is nothing to see."""

    code, title = "E2021", "Which label is the negative one?"

    def __init__(self, column: str, *, wanted: str, known: Iterable[str]) -> None:
        names = list(known)
        why = did_you_mean(wanted, names) if wanted else f"'{column}' holds {', '.join(names[:10])}"
        super().__init__(
            f"no row is labelled '{wanted}'" if wanted else "no label is a usual word for nothing to see",
            why=why,
            fix="name the label of rows with nothing to see: --negative VALUE",
        )


class DetectorNotNamed(UsageError):
    """Several detectors are served, and a request whose address names none does not say which."""

    code, title = "E2015", "Which detector is asked?"

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(
            "the request does not say which detector it asks",
            why=f"several are served: {', '.join(sorted(known)[:20])}",
            fix="name it as docs/reference/contracts.md says for each contract, or serve one alone",
        )


class NoExample(UsageError):
    """It is not known what a server would understand."""

    code, title = "E2016", "There is no example to send"

    def __init__(self, contract: str, *, why: str, fix: str = "") -> None:
        super().__init__(
            f"it is not known what the server takes that is held to the contract '{contract}'",
            why=why,
            fix=fix or f"give a request that it answers: detectory conform {contract} URL --example FILE",
        )


class UnknownScope(UsageError):
    """No scope of that name."""

    code, title = "E2014", "No such scope"

    def __init__(self, scope: str, *, known: Iterable[str]) -> None:
        super().__init__(
            f"no scope named '{scope}'", why=did_you_mean(scope, known), fix="detectory keys create --help"
        )


class SetInVain(UsageError):
    """Parameters are set of a candidate or recipe that is not made, so they would have no effect."""

    code, title = "E2150", "What is set is not fitted"

    def __init__(self, name: str, *, fitted: Iterable[str]) -> None:
        super().__init__(
            f"parameters of '{name}' are set, and it is not fitted",
            why=f"what is fitted, and made of that: {', '.join(fitted)}",
            fix=f"name it as well: --candidate {name}; or leave out what sets it",
        )


class HeadAbsent(UsageError):
    """A candidate or recipe is named whose head the detector does not have, or cannot learn."""

    code, title = "E2162", "A head is not there"

    def __init__(self, name: str, *, head: str, heads: Iterable[str]) -> None:
        families = ", or give the rows two families and [label] families = true"
        super().__init__(
            f"'{name}' is for the head '{head}', which is not there",
            why=f"there is: {', '.join(heads)}",
            fix=f"name another candidate{families if head == 'family' else ''}",
        )


class AmbiguousRun(UsageError):
    """Several runs have ids that begin so."""

    code, title = "E2136", "Several runs are meant"

    def __init__(self, wanted: str, *, meant: Iterable[str]) -> None:
        found = list(meant)
        super().__init__(
            f"'{wanted}' is the beginning of {len(found)} runs", why=newest(found), fix="give more of the id"
        )
