"""The contract: which file of a detector's folder defines what.

Comes in: a folder with ``detector.toml`` and five small Python files. Goes out: a `Detector` whose
parts are loaded one by one, when they are asked for: a server opens ``parse`` and ``features`` and
never ``model``. Nothing here trains, scores or reads data.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, Protocol

from detectory import bundle, downloads
from detectory.artifacts import sha256_of_file
from detectory.blame import Part, bugs_of_ours, mistakes_in
from detectory.downloads import Pin
from detectory.errors import ArtifactDamaged, BadDetector
from detectory.schema import Array, Features, Parsed, Rows
from detectory.spec import Binary, Spec, read_spec

if TYPE_CHECKING:
    from detectory.models.candidate import Candidate
    from detectory.models.recipe import Recipe

#: which function each file must define
CONTRACT: Mapping[str, tuple[str, ...]] = {
    "source": ("extract", "groups"),
    "parse": ("parse",),
    "features": ("features",),
    "model": ("candidates",),
    "behaviour": ("invariances", "directional", "evasions"),
}
#: what is signed and served with a version, and so may import only what the bundle allows
TRAVELS = ("parse", "features")
OURS = "detectory.detectors."
Origin = Literal["real", "generated", "synthetic"]
Lists = Literal["mirror", "network", "none"]

#: what the lineage says of the real lists, by where they came from
REAL_LISTS: Mapping[Lists, str] = {
    "mirror": "real lists come from the mirror",
    "network": "real lists come from the network: the public originals, whole",
    "none": "real lists were not part of the run, neither the mirror's nor the network's",
}


class Into(Protocol):
    """Where ``source.extract`` puts rows."""

    def add(self, columns: dict[str, list[Any]], *, source: str, origin: Origin) -> None:
        """Append rows as found: equally long columns, from ``source``, of one origin.

        A row whose label stands elsewhere has an empty one.
        """

    def labels(self, columns: dict[str, list[Any]], *, source: str) -> None:
        """Say the labels of entities apart from their rows: ``label``, and the column that names them."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a detector may read from: real lists, and files that the user gave.

    The lists are those of the ``mirror``; without one they are public originals, kept in the folder
    ``downloads`` and fetched where they are not there yet; without both there are none.
    ``only_given`` leaves out everything but the user's files; ``origin`` is what the user says of them.
    """

    mirror: Path | None
    given: tuple[Path, ...]
    seed: int
    only_given: bool = False
    downloads: Path | None = None
    origin: Origin = "real"

    @property
    def lists(self) -> Lists:
        """Where the real lists of this run come from."""
        if self.only_given:
            return "none"
        if self.mirror is not None:
            return "mirror"
        return "none" if self.downloads is None else "network"

    def mirrored(self, relative: str) -> Path | None:
        """A file of the mirror whose digest was just checked; None where there is no mirror.

        Raises `ArtifactDamaged` when the file is not the one its index lists.
        """
        if self.mirror is None:
            return None
        path = self.mirror / relative
        expected = self.index().get(relative, "a file of the mirror's index")
        found = sha256_of_file(path) if path.is_file() else "nothing"
        if found != expected:
            raise ArtifactDamaged(str(path), expected=expected, found=found)
        return path

    def fetched(self, pin: Pin) -> Path | None:
        """A public original whose digest was just checked, over the network if it is not kept yet.

        None where there is no network. Raises what `downloads.fetched` raises, and `ArtifactDamaged`
        when the kept file is not what was pinned.
        """
        if self.downloads is None:
            return None
        path = downloads.fetched(pin, self.downloads)
        found = sha256_of_file(path)
        if found != pin.sha256:
            fix = "remove the file, so that it is fetched again; suspect the disk"
            raise ArtifactDamaged(str(path), expected=pin.sha256, found=found, fix=fix)
        return path

    def index(self) -> dict[str, str]:
        """Every file of the mirror with its SHA-256, as its ``index.json`` says."""
        if self.mirror is None:
            return {}
        listed = json.loads((self.mirror / "index.json").read_text(encoding="utf-8"))["files"]
        return {entry["path"]: entry["sha256"] for entry in listed}


@dataclass(frozen=True)
class Detector:
    """A detector's folder, opened part by part."""

    spec: Spec
    folder: Path
    package: str

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.spec.name

    @property
    def parse(self) -> Callable[..., Parsed]:
        """``parse(rows, *, door)``: raw input to entities."""
        return self._function("parse", "parse")

    @property
    def features(self) -> Callable[[Rows], Features]:
        """``features(rows)``: entities to the tensors that the graphs take, those by request among them."""
        part = self.part("features")
        asked: Mapping[str, Callable[[Rows], Array]] = getattr(part.module, "BY_REQUEST", {})
        more = {name: part.guarded(make) for name, make in asked.items()}

        def features(rows: Rows) -> Features:
            if not isinstance(given := part.features(rows), dict):
                raise BadDetector(self.name, why="features() gives no tensors by name", where="features.py")
            return given | {name: make(rows) for name, make in more.items()}

        return features

    @property
    def candidates(self) -> list[Candidate]:
        """What ``candidates()`` of ``model.py`` gives. Raises `BadDetector` where it breaks the contract."""
        from detectory.models.declared import wrong_with

        given, tensors = self.part("model").candidates(), self.part("features").NAMES
        if why := wrong_with(given, binary=isinstance(self.spec, Binary), tensors=tensors):
            raise BadDetector(self.name, why=why, where="model.py")
        return list(given)

    @property
    def recipes(self) -> list[Recipe]:
        """How to make candidates cheaper: what ``recipes()`` of ``model.py`` gives, where it is there."""
        model = self.part("model")
        return list(model.recipes()) if hasattr(model.module, "recipes") else []

    def part(self, name: str) -> Part:
        """One file of the folder, imported and checked against the contract.

        Raises `BadDetector` when the file or one of its functions is missing, when it cannot be imported,
        and later, where the folder is not built in, for whatever its functions raise.
        """
        file = self._file(name)
        blaming = partial(bugs_of_ours if self.package.startswith(OURS) else mistakes_in, self.name, file)
        with blaming():
            module = importlib.import_module(f"{self.package}.{name}")
        missing = [function for function in CONTRACT[name] if not callable(getattr(module, function, None))]
        if missing:
            why = f"{name}.py does not define {', '.join(missing)}"
            raise BadDetector(self.name, why=why, where=str(file))
        return Part(module, blaming)

    def reopened(self) -> Detector:
        """The same folder, opened in a process that may not have opened it yet."""
        return open_folder(self.folder, package=self.package if self.package.startswith(OURS) else None)

    def check(self) -> None:
        """Look at every file before anything is made, importing none.

        Raises `BadDetector` for a file that is missing, that is no Python, or that travels in the
        bundle and imports what does not.
        """
        for name in CONTRACT:
            file = self._file(name)
            with mistakes_in(self.name, file):
                tree = ast.parse(file.read_bytes(), filename=str(file))
            for line, module in bundle.foreign_imports(tree) if name in TRAVELS else ():
                why = f"{name}.py imports '{module}', which does not travel with a version"
                raise BadDetector(self.name, why=why, where=f"{file}:{line}")

    def _file(self, part: str) -> Path:
        file = self.folder / f"{part}.py"
        if not file.is_file():
            raise BadDetector(self.name, why=f"there is no {part}.py", where=str(file))
        return file

    def _function(self, part: str, name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(self.part(part), name)
        return function


def open_folder(folder: Path, *, package: str | None = None) -> Detector:
    """Open a detector's folder; ``package`` is its import name where it is part of one.

    A folder outside any package (a user's own ``./detectors/NAME``) is imported under a name of its
    own. Raises `BadDetector` when there is no ``detector.toml`` or it does not fit.
    """
    words = folder / "detector.toml"
    if not words.is_file():
        raise BadDetector(folder.name, why="there is no detector.toml", where=str(words))
    spec = read_spec(words.read_text(encoding="utf-8"), where=str(words))
    if spec.name != folder.name:
        why = f"its name is '{spec.name}' but its folder is '{folder.name}'"
        raise BadDetector(folder.name, why=why, where=str(words))
    return Detector(spec, folder, package or _own_package(folder))


def _own_package(folder: Path) -> str:
    """An import name of the folder's own, another one after every edit: no stale module is reused."""
    contents = hashlib.sha256(str(folder.resolve()).encode())
    for path in sorted(folder.rglob("*.py")):
        contents.update(path.read_bytes())
    name = f"detectory_user_{folder.name}_{contents.hexdigest()[:12]}"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return name
