"""Every error a user can meet, as one tree.

An error is raised with facts and builds its own sentences: *what* happened, *why*, *where*, and
how to *mend* it. Its ``code`` is the same on the command line, in JSON and over HTTP; its
``exit_code`` is the process's answer and its ``status`` the HTTP one. The tree::

    DetectoryError
    ├── UsageError          2   the command or call was wrong
    ├── ConfigurationError  3   settings, a detector's folder, a missing extra
    ├── DataError           4   input that cannot be used
    ├── GateFailed          5   a quality gate, a leak, a threshold that cannot be certified
    ├── NotFound            6   no such detector, version, artifact
    ├── Busy                7   somebody else holds it
    ├── OutsideError        8   disk, network, permission
    └── IntegrityError      9   a digest or a signature does not hold

What is not in the tree is a bug in Detectory (exit 1).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

__all__ = ["DetectoryError", "all_errors", "did_you_mean"]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, and which there are.

    >>> did_you_mean("dag", ["dga", "hdfs"])
    "did you mean 'dga'? known: dga, hdfs"
    >>> did_you_mean("zzz", [])
    'there are none yet'
    """
    names = sorted(known)
    if not names:
        return "there are none yet"
    near = difflib.get_close_matches(name, names, n=1)
    listed = ", ".join(names[:20]) + (f" … and {len(names) - 20} more" if len(names) > 20 else "")
    return (f"did you mean '{near[0]}'? " if near else "") + f"known: {listed}"


class DetectoryError(Exception):
    """An error with a code, a reason, a place and a way to mend it."""

    code: ClassVar[str] = "E1000"
    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Detectory failed"
    #: facts for machines beside the sentences; members of the HTTP problem document
    members: Mapping[str, Any] = {}

    def __init__(self, what: str, *, fix: str, why: str = "", where: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.where, self.fix = what, why, where, fix

    def as_dict(self) -> dict[str, str]:
        """The error as the JSON that ``--json`` and HTTP problems share."""
        facts = {"code": self.code, "what": self.what, "why": self.why}
        facts |= {"where": self.where, "fix": self.fix, "docs": f"reference/errors.md#{self.code.lower()}"}
        return {key: value for key, value in facts.items() if value}

    def __str__(self) -> str:
        lines = [f"error[{self.code}]: {self.what}"]
        lines += [f"  {key}: {value}" for key in ("why", "where", "fix") if (value := getattr(self, key))]
        return "\n".join(lines)


class UsageError(DetectoryError):
    """The command or the call was wrong."""

    code, exit_code, status, title = "E2000", 2, 400, "Wrong usage"


class ConfigurationError(DetectoryError):
    """Settings, a detector's folder or the installation do not fit."""

    code, exit_code, status, title = "E3000", 3, 500, "Wrong configuration"


class DataError(DetectoryError):
    """Input that cannot be used."""

    code, exit_code, status, title = "E4000", 4, 422, "Bad input data"


class GateFailed(DetectoryError):
    """A bar that must hold does not."""

    code, exit_code, status, title = "E5000", 5, 409, "A gate failed"


class NotFound(DetectoryError):
    """There is no such thing."""

    code, exit_code, status, title = "E6000", 6, 404, "Not found"


class Busy(DetectoryError):
    """Somebody else is at it."""

    code, exit_code, status, title = "E7000", 7, 503, "Busy"


class OutsideError(DetectoryError):
    """The world outside failed: disk, network, permission."""

    code, exit_code, status, title = "E8000", 8, 503, "The outside world failed"


class IntegrityError(DetectoryError):
    """Bytes are not what was written or signed."""

    code, exit_code, status, title = "E9000", 9, 500, "Integrity does not hold"


# ── 2 usage ──────────────────────────────────────────────────────────────────────────────────────


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


class MethodNotAllowed(UsageError):
    """The address is right, the HTTP method is not."""

    code, status, title = "E2010", 405, "Wrong HTTP method"

    def __init__(self, method: str, *, allowed: str) -> None:
        super().__init__(f"{method[:20]} is not answered here", fix=f"use {allowed}")
        self.allowed = allowed


class UnsupportedContent(UsageError):
    """The request's body is of a kind that is not read."""

    code, status, title = "E2011", 415, "The body is of another kind"

    def __init__(self, kind: str) -> None:
        super().__init__(
            "the body is not of the kind 'application/json'",
            why=f"the request says '{kind[:80]}'" if kind else "the request does not say what it sends",
            fix="send JSON as it is, not compressed, with the header 'Content-Type: application/json'",
        )


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
    """A detector's ``parse.py`` does not say which parts its rows have, so no reason can be given."""

    code, status, title = "E2009", 422, "There are no reasons"

    def __init__(self, detector: str) -> None:
        super().__init__(
            f"'{detector}' gives no reasons",
            why="its parse.py defines no function without_parts, which says what the parts of a row are",
            fix="ask for scores alone, or define it and run the detector again",
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


# ── 3 configuration ──────────────────────────────────────────────────────────────────────────────


class MissingExtra(ConfigurationError):
    """A library is not installed: one of an extra, or of the base install where ``extra`` is empty."""

    code, title = "E3001", "A library is not installed"

    def __init__(self, library: str, *, extra: str = "", because: str) -> None:
        wanted = f"'detectory[{extra}]'" if extra else "--force-reinstall detectory"
        super().__init__(
            f"'{library}' is not installed",
            why=f"it is needed {because}",
            fix=f"make setup   in a clone; otherwise: pip install {wanted}",
        )


class BadDetector(ConfigurationError):
    """A detector's folder does not hold to the contract."""

    code, title = "E3002", "A detector's folder breaks the contract"

    def __init__(self, name: str, *, why: str, where: str = "") -> None:
        super().__init__(
            f"detector '{name}' does not hold to the contract",
            why=why,
            where=where,
            fix="see docs/reference/detector.md for which file defines what",
        )


class BadSetting(ConfigurationError):
    """A setting is unknown or has a value that does not fit."""

    code, title = "E3003", "A setting is wrong"

    def __init__(self, key: str, *, why: str, where: str = "") -> None:
        super().__init__(
            f"setting '{key}' cannot be used",
            why=why,
            where=where,
            fix="correct it there; docs/reference/settings.md lists every setting with its values",
        )


class NoKey(ConfigurationError):
    """A signing key is missing or of another kind."""

    code, title = "E3004", "A signing key cannot be used"

    def __init__(self, path: str, *, why: str, fix: str = "") -> None:
        fix = fix or "put the right key there, or name another in the settings [signing]"
        super().__init__("the key cannot be used", why=why, where=path, fix=fix)


class KeyExists(ConfigurationError):
    """A key would be written over."""

    code, title = "E3005", "A key is there already"

    def __init__(self, path: str) -> None:
        super().__init__(
            "there is a key already",
            why="what it signed could no longer be vouched for if it were replaced",
            where=path,
            fix="keep it; for a new one: detectory models keygen PATH, and set signing.key to that path",
        )


class UnknownKind(ConfigurationError):
    """A candidate is of a kind that there is not."""

    code, title = "E3006", "No such kind of model"

    def __init__(self, kind: str, *, known: Iterable[str]) -> None:
        super().__init__(
            f"no kind of model named '{kind}'",
            why=did_you_mean(kind, known),
            fix="correct `kind` of the candidate in the detector's model.py",
        )


class UnknownParameter(ConfigurationError):
    """A candidate sets a parameter that its kind does not have."""

    code, title = "E3007", "No such parameter"

    def __init__(self, name: str, *, kind: str, known: Iterable[str]) -> None:
        super().__init__(
            f"'{kind}' has no parameter '{name}'",
            why=did_you_mean(name, known),
            fix="correct `params` of the candidate in the detector's model.py, or --set",
        )


class UnsupportedHead(ConfigurationError):
    """A candidate is of a kind that cannot be its head: what tells classes apart predicts no number."""

    code, title = "E3008", "A kind cannot be that head"

    def __init__(self, head: str, *, kind: str, heads: Iterable[str]) -> None:
        super().__init__(
            f"a model of the kind '{kind}' cannot be the head '{head}'",
            why=f"it can be {', '.join(sorted(heads))}",
            fix="correct `kind` or `head` of the candidate in the detector's model.py",
        )


# ── 4 data ───────────────────────────────────────────────────────────────────────────────────────


class UnreadableFile(DataError):
    """A file is not in a form that can be read."""

    code, title = "E4001", "A file cannot be read"

    def __init__(self, path: str, *, why: str, line: int | None = None, fix: str) -> None:
        super().__init__(
            f"{path} cannot be read", why=why, where=path if line is None else f"{path}:{line}", fix=fix
        )


class MissingColumn(DataError):
    """A column that is needed is not there."""

    code, title = "E4002", "A column is missing"

    def __init__(self, column: str, *, where: str, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no column '{column}'",
            where=where,
            why=did_you_mean(column, known),
            fix=f"rename the column that holds it to '{column}'",
        )


class UnlearnableTarget(DataError):
    """Training rows lack a class, so there is nothing to tell apart."""

    code, title = "E4003", "A class has no training rows"

    def __init__(self, missing: Iterable[str], *, rows: int) -> None:
        names = sorted(missing)
        listed = ", ".join(names[:20]) + (f" … and {len(names) - 20} more" if len(names) > 20 else "")
        super().__init__(
            f"no training row is {listed}",
            why=f"a model needs rows of every class, and none of the {rows} rows given is of these",
            fix="add rows of the class, or leave it out of the classes to learn",
        )


class StrayColumn(DataError):
    """A row has a column that the CSV header, which is written already, does not have."""

    code, title = "E4013", "A column comes too late for the header"

    def __init__(self, columns: Iterable[str], *, line: int) -> None:
        super().__init__(
            f"the column {', '.join(columns)} is not in the header that was written",
            why="CSV names its columns once, after the first rows; these rows have more",
            where=f"about line {line} of the input",
            fix="write JSONL, where every row has its own keys: --format jsonl",
        )


class NothingToRead(DataError):
    """The sources gave no row."""

    code, title = "E4010", "There is nothing to read"

    def __init__(self, detector: str, *, given: Iterable[str]) -> None:
        files = ", ".join(given)
        own = "leave --source and --only out to use the detector's own data"
        get = "set a mirror of its data, allow the network (--set network=true), or give files (--source)"
        super().__init__(
            f"the sources of '{detector}' gave no row",
            where=files,
            fix=f"look into the files, or {own}" if files else get,
        )


class LabelsMissing(DataError):
    """Rows to be judged have no usable label."""

    code, title = "E4011", "There is nothing to judge by"

    def __init__(self, *, why: str, rows: int) -> None:
        super().__init__(
            f"{rows:,} rows cannot be judged",
            why=why,
            fix="label every row with the negative label (benign) or a family, or name --positive VALUE",
        )


class NothingToLearn(DataError):
    """A table has too little for a detector: rows, classes or columns."""

    code, title = "E4020", "A table has too little to learn from"

    def __init__(self, path: str, *, why: str) -> None:
        super().__init__(
            "no detector can be made of this table",
            why=why,
            where=path,
            fix="add rows, name another column with --label, or keep a dropped one with --keep COLUMN",
        )


class PartLacks(DataError):
    """A part of the split has no row of a side, so that nothing can be learned or judged there."""

    code, title = "E4021", "A part of the split lacks rows"

    def __init__(self, detector: str, lacking: Sequence[str]) -> None:
        super().__init__(
            f"the split of '{detector}' leaves too little: no row is {' or '.join(lacking)}",
            why="groups stay whole and held-out rows only test, so few groups can leave a part empty",
            fix=f"give more rows, or change [split] (parts, order, stratify, held_out) of '{detector}'",
        )


class NothingScored(DataError):
    """Not one row of a file can be scored; the reasons are counted."""

    code, title = "E4012", "Every row is rejected"

    def __init__(self, path: str, *, rows: int, reasons: Mapping[str, int], line: int) -> None:
        counted = ", ".join(f"{reason} ({count:,})" for reason, count in sorted(reasons.items()))
        super().__init__(
            f"not one of the {rows:,} rows of {path} can be scored",
            why=counted,
            where=f"{path}:{line}",
            fix="docs/how-to/score-a-file.md says what each reason means; --input-format names the format",
        )


class NothingGood(DataError):
    """Not one row of a run's sources is good; the reasons are counted."""

    code, title = "E4014", "Every row is quarantined"

    def __init__(self, detector: str, *, rows: int, reasons: Mapping[str, int]) -> None:
        counted = ", ".join(f"{reason} ({count:,})" for reason, count in sorted(reasons.items()))
        super().__init__(
            f"not one of the {rows:,} rows that '{detector}' read can be learned from",
            why=counted,
            fix=f"the card of '{detector}' says what each reason means; give other rows with --source",
        )


class RequestMalformed(DataError):
    """A request's body is not JSON."""

    code, status, title = "E4030", 400, "The body is not JSON"

    def __init__(self, *, why: str) -> None:
        super().__init__(
            "the body is not JSON", why=why, fix="send JSON (RFC 8259) in UTF-8: no NaN, no lone surrogates"
        )


class RequestInvalid(DataError):
    """A request's body is JSON of another shape; ``pointer`` (RFC 6901) says where."""

    code, title = "E4031", "The body has another shape"

    def __init__(self, *, pointer: str, why: str) -> None:
        super().__init__(
            "the body does not have the shape that is asked for",
            why=why,
            where=pointer,
            fix="GET /openapi.json has the schema; GET /v1/detectors has the fields with examples",
        )
        self.members = {"errors": [{"pointer": pointer, "reason": why}]}


class NoRowParses(DataError):
    """Not one row of a request can be scored; each is named by its JSON pointer."""

    code, title = "E4032", "No row can be scored"
    SHOWN: ClassVar[int] = 100

    def __init__(self, detector: str, *, refused: Sequence[tuple[str, str]]) -> None:
        reasons = sorted({reason for _, reason in refused})
        super().__init__(
            f"not one of the {len(refused):,} rows can be scored by '{detector}'",
            why=", ".join(reasons[:10]),
            fix=f"the card of '{detector}' says what each reason means",
        )
        self.members = {"errors": [{"pointer": at, "reason": why} for at, why in refused[: self.SHOWN]]}


class BodyTooLarge(DataError):
    """A request's body is larger than the server takes."""

    code, status, title = "E4033", 413, "The body is too large"

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            f"the body is larger than {limit:,} bytes",
            fix="send fewer rows a request, or raise the setting serving.max_body_bytes",
        )


class TooManyRows(DataError):
    """A request holds more rows than the server takes."""

    code, title = "E4034", "Too many rows in one request"

    def __init__(self, rows: int, *, limit: int) -> None:
        super().__init__(
            f"{rows:,} rows in one request",
            why=f"at most {limit:,} are answered",
            fix="send several requests, or raise the setting serving.max_rows",
        )
        self.members = {"errors": [{"pointer": "/rows", "reason": f"more than {limit:,} rows"}]}


# ── 5 gates ──────────────────────────────────────────────────────────────────────────────────────


class CannotCertify(GateFailed):
    """Too few benign calibration rows for the false positive rate that the budget asks."""

    code, title = "E5001", "A threshold cannot be certified"

    def __init__(self, alpha: float, *, rows: int, needed: int, smallest: float) -> None:
        can = f"can certify {smallest:.2g} at best" if rows else "certify nothing"
        super().__init__(
            f"a false positive rate of {alpha:g} cannot be certified with {rows:,} benign calibration rows",
            why=f"{rows:,} rows {can}; {alpha:g} needs {needed:,}",
            fix="add benign calibration rows (under --sample: take a larger share), or allow more false "
            "alerts a day in detector.toml [budget]",
        )


class CannotCover(GateFailed):
    """Too few calibration rows for the coverage that prediction intervals promise."""

    code, title = "E5004", "A coverage cannot be promised"

    def __init__(self, coverage: float, *, rows: int, needed: int) -> None:
        super().__init__(
            f"a coverage of {coverage:g} cannot be promised with {rows:,} calibration rows",
            why=f"it needs {needed:,} at least",
            fix="add rows (under --sample: take a larger share), or lower detector.toml [intervals] coverage",
        )


class QualityGateFailed(GateFailed):
    """A metric is below or above its gate; each gap is a sentence with the value and the distance."""

    code, title = "E5002", "A quality gate failed"

    def __init__(self, detector: str, *, gaps: Iterable[str], report: str) -> None:
        super().__init__(
            f"{detector}: {'; '.join(gaps)}",
            why="detector.toml [[gates]] must all hold before a version may be promoted",
            where=report,
            fix=f"read {report} for the slices and families that fall short, worst first",
        )


class ScoresNotFinite(GateFailed):
    """A model gave NaN or infinity, which no threshold can judge."""

    code, title = "E5003", "A score is not a finite number"

    def __init__(self, *, count: int, rows: int, first: int) -> None:
        super().__init__(
            f"{count:,} of {rows:,} scores are NaN or infinite",
            why=f"the first is row {first}; such a row would never or always alert",
            fix="score that row by itself; look for a division by zero in features.py or an unclipped model",
        )


class LeakFound(GateFailed):
    """Rows of one group stand on two sides of the split."""

    code, title = "E5010", "The split leaks"

    def __init__(self, detector: str, *, leaks: Iterable[str]) -> None:
        super().__init__(
            f"the split of '{detector}' leaks; nothing was trained",
            why="; ".join(leaks),
            fix="group what belongs together in the detector's source.py (groups), then run again",
        )


class NothingWithinLimits(GateFailed):
    """No candidate of a head is within the declared limits."""

    code, title = "E5012", "No candidate is within the limits"

    def __init__(self, detector: str, *, head: str, size_mib: float) -> None:
        super().__init__(
            f"no candidate for the head '{head}' of '{detector}' is within its limits",
            why=f"detector.toml [limits] allows {size_mib:g} MiB and its time a row",
            fix="make a candidate of model.py smaller, or raise the limit and say why",
        )


class PromotionRefused(GateFailed):
    """A version may not become champion."""

    code, title = "E5011", "A version is not promoted"

    def __init__(self, detector: str, version: int, *, why: str, is_final: bool = False) -> None:
        answer = (
            f"if a person answers for it: detectory models promote {detector}@{version} --override REASON"
        )
        see = f"detectory report {detector}@{version} --open"
        super().__init__(
            f"version {version} of '{detector}' is not promoted",
            why=why,
            fix=f"{see}   shows what it was made of" if is_final else f"{see}; {answer}",
        )


# ── 6 not found ──────────────────────────────────────────────────────────────────────────────────


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


class NotMade(NotFound):
    """A stage's artifact is not there yet."""

    code, title = "E6004", "A stage has not been run"

    def __init__(self, detector: str, stage: str) -> None:
        super().__init__(
            f"the stage '{stage}' of '{detector}' has not been made from these inputs",
            fix=f"detectory run {detector} --to {stage}",
        )


class NoSuchRoute(NotFound):
    """No answer lives at this address."""

    code, title = "E6010", "No such address"

    def __init__(self) -> None:
        super().__init__(
            "nothing is answered at this address", fix="GET /openapi.json lists every address; /docs shows it"
        )


# ── 7 busy ───────────────────────────────────────────────────────────────────────────────────────


class NothingBefore(Busy):
    """There is no earlier champion to go back to."""

    code, status, title = "E7002", 409, "There is nothing to roll back to"

    def __init__(self, detector: str) -> None:
        super().__init__(
            f"'{detector}' cannot be rolled back",
            why="no other version was champion before this one",
            fix=f"detectory models promote {detector}@VERSION",
        )


class RunBusy(Busy):
    """Another run of the same detector is at it."""

    code, title = "E7001", "Another run holds the detector"

    def __init__(self, detector: str, *, holder: str) -> None:
        super().__init__(
            f"another run of '{detector}' is at it",
            why=f"{holder} holds it; two runs would do the same work twice",
            fix="wait for it, or stop it; a lock of a dead process frees itself",
        )


class NotReady(Busy):
    """A detector is still being opened, or could not be; ``waiting`` says which and why."""

    code, title = "E7010", "Not ready"

    def __init__(self, waiting: Mapping[str, str]) -> None:
        super().__init__(
            f"not ready: {', '.join(waiting) or 'no detector is served'}",
            why="; ".join(f"{name}: {state}" for name, state in waiting.items()),
            fix="ask again in a second; where it failed, mend what is named and start the server again",
        )
        self.members = {"detectors": dict(waiting)}


# ── 8 the outside world ──────────────────────────────────────────────────────────────────────────


class StoreUnwritable(OutsideError):
    """The disk refuses: full, read-only, not permitted."""

    code, status, title = "E8001", 507, "The disk refuses"

    def __init__(self, path: str, *, reason: str) -> None:
        super().__init__(
            "the store cannot be used",
            why=reason,
            where=path,
            fix="free space or allow writing there, or name another folder: detectory --set store=PATH …",
        )


class OutputUnwritable(OutsideError):
    """A file that was asked for cannot be written."""

    code, title = "E8003", "A file cannot be written"

    def __init__(self, path: str, *, reason: str) -> None:
        super().__init__(
            f"cannot write {path}",
            why=reason,
            where=path,
            fix="make its folder, free space or allow writing there, or name another path",
        )


class DownloadFailed(OutsideError):
    """A public file cannot be had over the network."""

    code, title = "E8002", "A file cannot be fetched"

    def __init__(self, url: str, *, reason: str) -> None:
        super().__init__(
            "a public file cannot be fetched",
            why=reason,
            where=url,
            fix="try again later, use the mirror (DETECTORY_MIRROR), or leave the network off: "
            "detectory --set network=false …",
        )


class StoreAway(OutsideError):
    """A bucket does not answer, or refuses; it was tried for as long as the setting objects.retry_s says."""

    code, title = "E8004", "The object store cannot be used"

    def __init__(self, url: str, *, reason: str) -> None:
        super().__init__(
            "the object store cannot be used",
            why=reason,
            where=url,
            fix="try again later: nothing is half-made; otherwise check the bucket's name, objects.endpoint, "
            "objects.region and the credentials of the environment "
            "(docs/how-to/keep-artifacts-in-a-bucket.md)",
        )


class CannotListen(OutsideError):
    """The server's address cannot be had."""

    code, title = "E8010", "The address cannot be listened on"

    def __init__(self, host: str, port: int, *, reason: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port}",
            why=reason,
            fix=f"name another port, or an address of this machine where '{host}' is none: "
            "detectory serve --host ADDRESS --port PORT",
        )


# ── 9 integrity ──────────────────────────────────────────────────────────────────────────────────


class ArtifactDamaged(IntegrityError):
    """Bytes read back are not those that were written."""

    code, title = "E9001", "A file is not what was written"

    def __init__(self, path: str, *, expected: str, found: str, fix: str = "") -> None:
        super().__init__(
            "a file is not what was written",
            why=f"expected {expected}, found {found}",
            where=path,
            fix=fix or "remove the artifact's folder and run the stage again; suspect the disk",
        )


class SignatureInvalid(IntegrityError):
    """A bundle is not signed by a trusted key, or was changed after signing."""

    code, title = "E9002", "A signature does not hold"

    def __init__(self, bundle: str, *, why: str) -> None:
        super().__init__(
            "the bundle is not opened: its signature does not hold",
            why=why,
            where=bundle,
            fix="settings [signing] trusted lists the public keys that may sign; detectory doctor",
        )


class BundleRefused(IntegrityError):
    """A bundle holds something that may not be loaded."""

    code, title = "E9003", "A bundle is refused"

    def __init__(self, bundle: str, *, why: str) -> None:
        super().__init__(
            "the bundle is refused",
            why=why,
            where=bundle,
            fix="make it again: detectory run, or pull it anew",
        )


class GoldenMismatch(IntegrityError):
    """The golden rows are not reproduced."""

    code, status, title = "E9004", 503, "Golden rows are not reproduced"

    def __init__(self, bundle: str, *, why: str) -> None:
        super().__init__(
            "the bundle does not reproduce its golden rows here",
            why=why,
            where=bundle,
            fix="use the libraries it was judged with (detectory models show), or judge it again here",
        )


def all_errors(root: type[DetectoryError] = DetectoryError) -> list[type[DetectoryError]]:
    """Every error class, ordered by code: the error reference is made from this."""
    found: list[type[DetectoryError]] = [root]
    for child in root.__subclasses__():
        found.extend(all_errors(child))
    return sorted(found, key=lambda error: error.code)
