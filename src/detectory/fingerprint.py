"""The digest of everything that a stage's result depends on: inputs, code, words, versions, seed.

Clocks, paths, signatures and the number of threads are left out: they change no result (except for the last
bits of a net's weights, which depend on how many threads added them up).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from detectory import models
from detectory.artifacts import digest_of, sha256_of_file
from detectory.detector import CONTRACT, Detector, Sources
from detectory.version import version_of

PACKAGE = Path(__file__).parent
SHORT = 12
SOURCE_CODE = frozenset({".py", ".pyx", ".pxd", ".jinja", ".css", ".toml"})


def inputs_of(
    detector: Detector,
    *,
    module: str,
    parents: Mapping[str, str],
    parts: Sequence[str],
    words: Sequence[str],
    code: Sequence[str],
    libraries: Sequence[str],
    seed: int,
    raw: Mapping[str, Any] | None,
    choice: Mapping[str, Any] | None = None,
    kinds: Iterable[str] = (),
) -> dict[str, Any]:
    """Everything that a result depends on; ``raw`` is for the stage that reads sources, ``choice`` and the
    ``kinds`` of model for those that fit."""
    spec: dict[str, Any] = msgspec.to_builtins(detector.spec)
    own_libraries = detector.spec.libraries if parts else []
    return {
        "module": module,
        "parents": dict(parents),
        "parts": {name: _digest_of_files(_files_of_part(detector, name)) for name in parts},
        "words": {name: spec[name] for name in words if name in spec},
        "code": {name: _code_digest(name) for name in (*code, f"{module.replace('.', '/')}.py")},
        "libraries": {name: version_of(name) for name in (*libraries, *own_libraries, *needed(kinds))},
        "seed": seed,
        "raw": raw and {"sample": raw["sample"], "sources": _sources(raw["sources"])},
        "choice": choice,
    }


def needed(kinds: Iterable[str]) -> list[str]:
    """The installed libraries that only some kinds of model need, and that these kinds do."""
    return sorted({name for kind in kinds for name in models.libraries(kind) if find_spec(name)})


def key_of(inputs: Mapping[str, Any]) -> str:
    """One digest of all inputs: the key by which a stage's artifact is found again."""
    return digest_of(inputs)


def summary_of(inputs: Mapping[str, Any]) -> dict[str, str]:
    """The same for people: a short digest, or the version of a library, by name.

    >>> summary_of({"parents": {"gold": "a" * 64}, "code": {}, "parts": {}, "words": {"label": {}},
    ...          "libraries": {"numpy": "2.4"}, "seed": 0, "raw": None, "choice": None})
    {'stage gold': 'aaaaaaaaaaaa', 'word label': '44136fa355b3', 'library numpy': '2.4', 'seed': '0'}
    """
    summary = {f"stage {name}": digest[:SHORT] for name, digest in inputs["parents"].items()}
    summary |= {f"file {name}.py": digest[:SHORT] for name, digest in inputs["parts"].items()}
    summary |= {f"word {name}": digest_of(word)[:SHORT] for name, word in inputs["words"].items()}
    summary |= {f"code {name}": digest[:SHORT] for name, digest in inputs["code"].items()}
    summary |= {f"library {name}": version for name, version in inputs["libraries"].items()}
    summary["seed"] = str(inputs["seed"])
    if inputs["choice"]:
        summary["choice"] = digest_of(inputs["choice"])[:SHORT]
    return summary | (_summary_of_raw(inputs["raw"]) if inputs["raw"] else {})


def _summary_of_raw(raw: Mapping[str, Any]) -> dict[str, str]:
    """Where raw rows came from; files by their names alone, since a path is nobody else's business."""
    sources = raw["sources"]
    summary = {name: str(sources[name]) for name in ("lists", "origin", "only_given")}
    summary |= {"sample": str(raw["sample"]), "mirror": sources["mirror"][:SHORT]}
    return summary | {f"source {name}": digest for name, digest in sources["given"]}


@functools.cache
def _code_digest(name: str) -> str:
    path = PACKAGE / name
    return _digest_of_files(sorted(_code_under(path)) if path.is_dir() else [path])


def _code_under(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix in SOURCE_CODE)


def _files_of_part(detector: Detector, part: str) -> list[Path]:
    """The part's file; for ``source`` every file beside the other parts too (its generators, its pins)."""
    if part != "source":
        return [detector.folder / f"{part}.py"]
    others = {detector.folder / f"{name}.py" for name in CONTRACT if name != "source"}
    others.add(detector.folder / "detector.toml")  # digested word by word
    return sorted(path for path in _code_under(detector.folder) if path not in others)


def _digest_of_files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources(sources: Sources) -> dict[str, Any]:
    index = sources.mirror / "index.json" if sources.mirror else None
    return {
        "lists": sources.lists,
        "mirror": sha256_of_file(index) if index else "",
        "given": [[path.name, sha256_of_file(path)] for path in sources.given],
        "only_given": sources.only_given,
        "origin": sources.origin,
    }
