"""A bundle: everything needed to score, signed. Nothing of it is loaded before it is believed.

Comes in: files (heads as ONNX, the detector's words, parse and features, threshold, golden rows,
verdict) and facts about them. Goes out: the same files with a signed manifest, or an `Opened`
bundle whose every byte was checked first. Never: pickle, a file that the manifest does not list.

The signature is the boundary: whoever may sign may run code here. That ``parse.py`` and ``features.py``
import only what travels with them is checked too, so that they work elsewhere, not to confine them.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from detectory import kernels
from detectory.artifacts import canonical
from detectory.errors import BundleRefused
from detectory.schema import Features, Parsed, Rows, Without
from detectory.signing import TrustedKey, sign, verified_payload

ENVELOPE = "bundle.dsse.json"
SCHEMA_VERSION = 1
MAX_BYTES = 256 << 20
NAME = re.compile(r"[a-z0-9][a-z0-9._/-]{0,80}")
SUFFIXES = frozenset({".onnx", ".toml", ".py", ".json", ".md", ".html"})
#: what parse.py and features.py may import besides the standard library's pure parts
ALLOWED = ("numpy", "detectory.schema", "detectory.blocks", "detectory.kernels")
STANDARD = frozenset(
    {"__future__", "bisect", "collections", "dataclasses", "datetime", "enum", "functools", "itertools"}
    | {"math", "operator", "re", "string", "typing", "unicodedata", "ipaddress"}
)
#: CPython counts the depth of a tree for all threads together (gh-106905): two at once can raise SystemError
_PARSING = Lock()


class File(msgspec.Struct, frozen=True):
    """One file of the bundle."""

    size: int
    sha256: str


class Head(msgspec.Struct, frozen=True):
    """One model of the bundle: its file, the tensors it takes and the classes it tells apart.

    ``trees`` is the file of the tables that explain its answers; empty where it is not made of trees.
    """

    file: str
    inputs: list[str]
    classes: list[str] = []
    trees: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """What is signed: the files by digest, the heads, and where everything came from."""

    schema_version: int
    detector: str
    kernel_abi: int
    heads: dict[str, Head]
    files: dict[str, File]
    lineage: dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """A bundle whose signature and digests hold. Its parts are made on first use."""

    where: str
    digest: str
    manifest: Manifest
    files: Mapping[str, bytes]

    @cached_property
    def parse(self) -> Callable[..., Parsed]:
        """The bundle's own ``parse``."""
        function: Callable[..., Parsed] = self._module("parse").parse
        return function

    @cached_property
    def without_parts(self) -> Callable[[Rows], Without] | None:
        """The function that takes parts out of entities; None where ``parse.py`` defines none."""
        function: Callable[[Rows], Without] | None = getattr(self._module("parse"), "without_parts", None)
        return function

    @cached_property
    def features(self) -> Callable[..., Features]:
        """The bundle's own ``features``."""
        function: Callable[..., Features] = self._module("features").features
        return function

    def said_of_features(self, constant: str) -> Any:
        """A constant of ``features.py`` that says what features are; empty where it has none."""
        return getattr(self._module("features"), constant, {})

    def without(self, names: Iterable[str]) -> Opened:
        """The same with fewer files at hand."""
        gone = frozenset(names)
        return replace(self, files={name: data for name, data in self.files.items() if name not in gone})

    def json(self, name: str) -> Any:
        """A JSON file of the bundle, decoded."""
        return msgspec.json.decode(self.files[name])

    def _module(self, part: str) -> ModuleType:
        """Import one Python file from its checked bytes, under a name of this bundle's own."""
        name = f"detectory_bundle_{self.digest[:16]}_{part}"
        if name in sys.modules:
            return sys.modules[name]
        source = self.files[f"{part}.py"].decode()
        module = ModuleType(name)
        sys.modules[name] = module  # dataclasses look their module up while it is being made
        try:
            exec(compile(source, f"{self.where}/{part}.py", "exec"), module.__dict__)  # noqa: S102  # signed
        except BaseException:
            del sys.modules[name]  # a module that failed half-way is never found again
            raise
        return module


def assemble(
    files: Mapping[str, bytes], *, detector: str, heads: Mapping[str, Head], lineage: Mapping[str, Any]
) -> Manifest:
    """The manifest of these files. Raises `BundleRefused` for a file that may not travel."""
    for name, data in files.items():
        _check_name(name, where=detector)
        if name.endswith(".py"):
            _check_imports(name, data, where=detector)
    listed = {name: File(len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
    return Manifest(SCHEMA_VERSION, detector, kernels.ABI, dict(heads), listed, dict(lineage))


def payload_of(manifest: Manifest) -> bytes:
    """The bytes that are signed; their SHA-256 is the bundle's digest."""
    return canonical(msgspec.to_builtins(manifest))


def signed(files: Mapping[str, bytes], manifest: Manifest, key: Ed25519PrivateKey) -> dict[str, bytes]:
    """The files and the envelope over their manifest: a whole bundle."""
    return {**files, ENVELOPE: sign(payload_of(manifest), key)}


def open_folder(folder: Path, trusted: Sequence[TrustedKey]) -> Opened:
    """Open a bundle from a folder: signature first, then every file's digest.

    Raises `SignatureInvalid` when no trusted key signed it, and `BundleRefused` when a file is
    missing, changed, a link, or more than the manifest lists.
    """
    envelope = _read(folder, ENVELOPE, limit=1 << 20)
    payload = verified_payload(envelope, trusted, where=str(folder))
    try:
        manifest = msgspec.json.decode(payload, type=Manifest)
    except msgspec.DecodeError as error:
        raise BundleRefused(str(folder), why=f"its manifest is of another form: {error}") from error
    _check_manifest(manifest, folder)
    files = {name: _read_listed(folder, name, file) for name, file in manifest.files.items()}
    return Opened(str(folder), hashlib.sha256(payload).hexdigest(), manifest, files)


def _check_manifest(manifest: Manifest, folder: Path) -> None:
    where = str(folder)
    if manifest.schema_version != SCHEMA_VERSION:
        raise BundleRefused(where, why=f"its form {manifest.schema_version} is not {SCHEMA_VERSION}")
    if manifest.kernel_abi != kernels.ABI:
        raise BundleRefused(
            where, why=f"it needs kernels of ABI {manifest.kernel_abi}, these are {kernels.ABI}"
        )
    if sum(file.size for file in manifest.files.values()) > MAX_BYTES:
        raise BundleRefused(where, why=f"it is larger than {MAX_BYTES >> 20} MiB")
    for name in manifest.files:
        _check_name(name, where=where)
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir() or p.is_symlink()}
    if unlisted := found - set(manifest.files) - {ENVELOPE}:
        raise BundleRefused(where, why=f"the manifest does not list {', '.join(sorted(unlisted)[:5])}")


def _check_name(name: str, *, where: str) -> None:
    path = Path(name)
    if not NAME.fullmatch(name) or ".." in path.parts or path.is_absolute() or path.suffix not in SUFFIXES:
        raise BundleRefused(where, why=f"the name '{name[:80]}' may not be in a bundle")


def _read_listed(folder: Path, name: str, listed: File) -> bytes:
    data = _read(folder, name, limit=listed.size)
    if hashlib.sha256(data).hexdigest() != listed.sha256:
        raise BundleRefused(str(folder), why=f"{name} is not the file that was signed")
    if name.endswith(".py"):
        _check_imports(name, data, where=str(folder))
    return data


def _read(folder: Path, name: str, *, limit: int) -> bytes:
    path = folder / name
    if not path.is_file() or path.is_symlink() or not path.resolve().is_relative_to(folder.resolve()):
        raise BundleRefused(str(folder), why=f"{name} is missing, or is no plain file of this folder")
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise BundleRefused(str(folder), why=f"{name} is larger than it should be")
    return data


def _check_imports(name: str, source: bytes, *, where: str) -> None:
    with _PARSING:
        tree = ast.parse(source)
    for _, module in foreign_imports(tree):
        raise BundleRefused(where, why=f"{name} imports '{module}', which does not travel with it")


def foreign_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the name of every import that may not travel in a bundle.

    >>> list(foreign_imports(ast.parse("import numpy\\nimport os")))
    [(2, 'os')]
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = ["." * node.level + (node.module or "")]
        else:
            continue
        yield from ((node.lineno, module) for module in modules if not _may_import(module))


def _may_import(module: str) -> bool:
    if module.partition(".")[0] in STANDARD:
        return True
    return any(module == allowed or module.startswith(allowed + ".") for allowed in ALLOWED)
