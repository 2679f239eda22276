"""What `doctor` looks at: the interpreter, kernels, libraries, store, keys, mirror and detectors."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING, Any

from detectory.errors import BadSetting, DetectoryError
from detectory.registry import versions

if TYPE_CHECKING:
    from detectory.library import Workspace

OLDEST_PYTHON = (3, 11)
INSTALL = "pip install --force-reinstall detectory"
_EXTRA = re.compile(r"""extra == ["']([\w-]+)""")
_PLATFORM = re.compile(r"""sys_platform ([!=]=) ["'](\w+)""")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    holds: bool
    fix: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)

    def text(self) -> str:
        """One line, and a second one where something is to be mended.

        >>> print(Finding("store", holds=False, fix="free space").text())
        problem  store
                 fix: free space
        """
        return f"ok       {self.what}" if self.holds else f"problem  {self.what}\n         fix: {self.fix}"


def findings(home: Workspace) -> Iterator[Finding]:
    """Look at everything, from the bottom up."""
    yield _python()
    yield _kernels()
    yield from _libraries()
    yield _store(home)
    yield from _keys(home)
    yield from _mirror(home)
    yield from _detectors(home)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding(f"Python {found}", sys.version_info >= OLDEST_PYTHON, "install Python 3.11 or newer")


def _kernels() -> Finding:
    try:
        kernels = import_module("detectory.kernels")
        import_module("detectory.kernels.lexical")
    except ImportError as error:
        return Finding(f"kernels: {error}", False, "make setup   compiles them")
    return Finding(f"kernels, ABI {kernels.ABI}", True)


def _libraries() -> Iterator[Finding]:
    """The base install must be whole; an extra is said to be there or not, which is no problem."""
    missing: dict[str, list[str]] = {}
    for name, extra in _required():
        missing.setdefault(extra, [])
        if not _is_installed(name):
            missing[extra].append(name)
    base = missing.pop("", [])
    yield Finding(f"base libraries{_lack(base)}", not base, f"make setup   in a clone, or: {INSTALL}")
    for extra in sorted(missing):
        yield Finding(f"extra '{extra}'{_unused(missing[extra])}", True)


def _required() -> Iterator[tuple[str, str]]:
    """Every requirement that applies here: its name, and the extra that asks for it ("" for the base)."""
    for text in requires("detectory") or ():
        name, _, marker = text.partition(";")
        extra, platform = _EXTRA.search(marker), _PLATFORM.search(marker)
        if platform is None or (platform[1] == "==") == (platform[2] == sys.platform):
            yield re.split(r"[^\w.-]", name.strip(), maxsplit=1)[0], extra[1] if extra else ""


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _lack(names: list[str]) -> str:
    return f": lacks {', '.join(names)}" if names else ""


def _unused(names: list[str]) -> str:
    return f" is not installed (optional): {', '.join(names)}" if names else ""


def _store(home: Workspace) -> Finding:
    def looked_at() -> str:
        home.store.check()
        return "can be written"

    return _held(f"store {home.settings.store}", looked_at)


def _mirror(home: Workspace) -> Iterator[Finding]:
    """Where a mirror is named, its index must be readable; its files are checked when they are read."""
    if home.settings.mirror:
        yield _held(f"mirror {home.settings.mirror}", lambda: f"{len(_indexed(home)):,} files listed")


def _indexed(home: Workspace) -> dict[str, str]:
    try:
        return home.sources().index()
    except (OSError, ValueError, LookupError, TypeError) as error:
        why = f"its index.json cannot be read: {type(error).__name__}: {error}"
        raise BadSetting("mirror", why=why) from error


def _keys(home: Workspace) -> Iterator[Finding]:
    from detectory import signing

    yield _held(
        "key that signs", lambda: signing.keyid_of(signing.private_key(home.signing_key).public_key())
    )
    yield _held("keys that are trusted", lambda: _trusted(home))


def _trusted(home: Workspace) -> str:
    from detectory.errors import NoKey

    keys = home.trusted
    if not keys:
        raise NoKey(
            ", ".join(home.settings.signing.trusted),
            why="no public key is trusted",
            fix="detectory models keygen",
        )
    return ", ".join(key.keyid for key in keys)


def _detectors(home: Workspace) -> Iterator[Finding]:
    """Every folder must open, and every champion verify and reproduce its golden rows."""
    from detectory import detectors

    for name in detectors.names(home.own):
        yield _held(name, partial(_opened, home, name))


def _opened(home: Workspace, name: str) -> str:
    from detectory import detectors

    home.detector(name).check()
    champion = versions.champion(home.store, name)
    serves = "no champion yet" if champion is None else _reproduced(home, name)
    return f"{detectors.whose(name, home.own)}; {serves}"


def _reproduced(home: Workspace, name: str) -> str:
    scorer = home.scorer(name)
    return f"champion {name}@{scorer.version} reproduces {scorer.check_golden()} golden rows"


def _held(what: str, look: Callable[[], str]) -> Finding:
    """A finding from something that either says what it found or raises how it is mended."""
    try:
        return Finding(f"{what}: {look()}", True)
    except DetectoryError as error:
        return Finding(f"{what}: {error.what} ({error.why})", False, error.fix)
