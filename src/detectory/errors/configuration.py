"""3: settings, a detector's folder or the installation do not fit."""

from __future__ import annotations

from collections.abc import Iterable

from detectory.errors.tree import ConfigurationError, did_you_mean


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


class UnknownWay(ConfigurationError):
    """A recipe is of a way that there is not."""

    code, title = "E3123", "No such way to compress"

    def __init__(self, way: str, *, known: Iterable[str]) -> None:
        super().__init__(
            f"no way to compress is named '{way}'",
            why=did_you_mean(way, known),
            fix="correct `way` of the recipe in the detector's model.py",
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


class BadParameter(ConfigurationError):
    """A candidate's parameter has a value that is none of its kind."""

    code, title = "E3014", "No such value of a parameter"

    def __init__(self, candidate: str, *, kind: str, why: str) -> None:
        super().__init__(
            f"candidate '{candidate}' of the kind '{kind}' cannot be set so",
            why=why,
            fix="correct `params` of the candidate in the detector's model.py, or --set",
        )


class UnknownCandidate(ConfigurationError):
    """A candidate is named that the detector does not have."""

    code, title = "E3015", "No such candidate"

    def __init__(
        self, name: str, *, known: Iterable[str], fix: str = "name one of model.py, as NAME or HEAD.NAME"
    ) -> None:
        super().__init__(f"there is no candidate '{name}'", why=did_you_mean(name, known), fix=fix)


class BadSpace(ConfigurationError):
    """A search could not try anything: a space names no parameter, or a range of it holds no value."""

    code, title = "E3115", "A space cannot be searched"

    def __init__(self, parameter: str, *, why: str, of: str = "") -> None:
        subject = f"range of '{parameter}'" if parameter else "space"
        super().__init__(
            f"the {subject}{f' of {of}' if of else ''} cannot be searched",
            why=why,
            fix="correct `space` of the candidate in the detector's model.py",
        )


class UnreadableTensor(ConfigurationError):
    """A candidate reads a tensor that its kind cannot read."""

    code, title = "E3169", "A kind cannot read a tensor"

    def __init__(self, name: str, *, given: str, wanted: str) -> None:
        super().__init__(
            f"the tensor '{name}' cannot be read by a candidate of this kind",
            why=f"it is {given}, and wanted is {wanted}",
            fix="correct `inputs` of the candidate in the detector's model.py, or its `kind`",
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


class CandidateTaken(ConfigurationError):
    """A model is to be imported under a name that a candidate has."""

    code, title = "E3131", "A candidate of that name is there"

    def __init__(self, name: str, *, whose: str, fix: str) -> None:
        super().__init__(f"there is a candidate '{name}' already", why=f"it is {whose}", fix=fix)


class CannotBeTaught(ConfigurationError):
    """A kind is to learn from a teacher what no teacher can tell it."""

    code, title = "E3130", "A kind cannot learn from a teacher"

    def __init__(self, kind: str, *, head: str) -> None:
        super().__init__(
            f"a model of the kind '{kind}' cannot learn the head '{head}' from a teacher",
            why="how far the truth strays is learned from the truth; a teacher's answers stray less",
            fix="distil the head 'value', or choose a student of another kind: boosted, trees",
        )


class LossNotFinite(ConfigurationError):
    """A descent left the numbers: its loss is infinite or none."""

    code, title = "E3110", "A net does not learn"

    def __init__(self, *, epoch: int, learning_rate: float) -> None:
        super().__init__(
            f"the loss is no number any more in epoch {epoch}",
            why=f"a learning rate of {learning_rate:g} is too high for this net and these rows",
            fix=f"--set NAME.learning_rate={learning_rate / 10:g}, or `params` of the candidate in model.py",
        )


class OpenToAll(ConfigurationError):
    """An address that others reach, and no key to keep them out."""

    code, title = "E3010", "Everybody could ask"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"will not listen on {host}: others reach it, and there is no key",
            why="there is no API key yet, and no [oidc] issuer is set",
            fix="detectory keys create NAME   makes a key; serving.insecure = true leaves the door open, "
            "for a network that lets nobody else in",
        )


class RecordTooNew(ConfigurationError):
    """A newer Detectory has written a record of the journal."""

    code, title = "E3137", "A record is newer than this Detectory"

    def __init__(self, run: str, *, found: int, newest: int) -> None:
        super().__init__(
            f"the record of run {run} has shape {found}, and this Detectory knows {newest}",
            why="a newer version of Detectory has written it",
            fix="use that version to read it",
        )
