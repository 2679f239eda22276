"""What was imported for a detector: artifacts with a graph, and one document that lists them.

Comes in: a file, and what it is to be. Goes out: candidates by request. The list is changed only as it was
read (compare-and-swap): of two imports at once none is lost.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from detectory.artifacts import Store, digest_of
from detectory.errors import CandidateTaken, UnknownCandidate
from detectory.models.candidate import Candidate
from detectory.models.recipe import Recipe
from detectory.version import __version__

if TYPE_CHECKING:  # every run looks here, and onnx and xgboost take seconds to import
    from detectory.imported.given import Given
    from detectory.imported.wanted import Wanted

KIND = "imported"
#: seconds that another change of the list is waited for
WAIT_S = 30.0


class Entry(msgspec.Struct, frozen=True):
    """An imported model as the list has it: ``file`` is the name it came under, ``at`` when."""

    name: str
    head: str
    inputs: list[str]
    classes: list[str]
    file: str
    sha256: str
    artifact: str
    at: str

    @property
    def label(self) -> str:
        """Head and name."""
        return f"{self.head}.{self.name}"


def take(
    store: Store, detector: str, path: Path, wanted: Wanted, *, own: Sequence[Candidate | Recipe]
) -> Entry:
    """Import a file as a candidate; ``own`` is what the detector names itself.

    The same file under the same name again changes nothing. Raises `CandidateTaken` for a name that another
    candidate has, `ModelUnreadable`, and `ModelUnfit`.
    """
    label = f"{wanted.head}.{wanted.name}"
    if any(f"{one.head}.{one.name}" == label for one in own):
        raise CandidateTaken(
            label, whose="one of the detector's model.py", fix="name it otherwise: --as NAME"
        )
    found = _written(store, detector, path, wanted)

    def added(before: list[Entry]) -> list[Entry]:
        same = next((entry for entry in before if entry.label == label), None)
        if same and same.artifact != found.artifact:
            fix = f"detectory models forget {detector} {label}   or name this one otherwise: --as NAME"
            raise CandidateTaken(label, whose=f"imported from {same.file} ({same.sha256[:12]})", fix=fix)
        return before if same else [*before, found]

    return next(entry for entry in changed(store, detector, added) if entry.label == label)


def forget(store: Store, detector: str, name: str) -> Entry:
    """Take a model off the list, by HEAD.NAME, or NAME where one head has it; versions made of it stay.

    Raises `UnknownCandidate`.
    """
    gone: list[Entry] = []

    def without(before: list[Entry]) -> list[Entry]:
        gone[:] = [entry for entry in before if name in (entry.label, entry.name)]
        if len(gone) != 1:
            fix = f"detectory models imported {detector}"
            raise UnknownCandidate(name, known={entry.label for entry in before}, fix=fix)
        return [entry for entry in before if entry not in gone]

    changed(store, detector, without)
    return gone[0]


def listed(store: Store, detector: str) -> list[Entry]:
    """What was imported for a detector, in the order of import."""
    return _entries(store.document(_document(detector)))


def given(store: Store, detector: str) -> tuple[Given, ...]:
    """The imported models as candidates, by request."""
    return tuple(_given(store, detector, entry) for entry in listed(store, detector))


def _given(store: Store, detector: str, entry: Entry) -> Given:
    from detectory.imported.given import Given

    head: Any = entry.head
    candidate = Candidate(entry.name, head, KIND, tuple(entry.inputs), by_request=True)
    return Given(candidate, store.get(f"{detector}/{KIND}", entry.artifact))


def _written(store: Store, detector: str, path: Path, wanted: Wanted) -> Entry:
    """The artifact of a file, made once: read, checked and converted."""
    from detectory.imported import apart, files

    kind, now = f"{detector}/{KIND}", datetime.now(UTC).isoformat(timespec="seconds")
    data, _ = files.read(path)
    facts = _facts(path.name, data, wanted)
    key = digest_of(facts | {"made_by": __version__})
    if store.find(kind, key=key) is None:
        who = {"by": f"detectory {__version__}", "at": now}
        with (
            store.writing(kind, key=key, parents={}, made=who) as out,
            tempfile.TemporaryDirectory() as given,
        ):
            (given_file := Path(given) / "model").write_bytes(data)
            apart.read(given_file, out.folder, wanted, where=str(path))
            out.facts.update(facts)
    digest = store.document(f"{kind}/by-key/{key}.json")["artifact"]  # type: ignore[index]  # it was written above
    return Entry(
        wanted.name, wanted.head, [tensor.name for tensor in wanted.tensors], list(wanted.classes),
        path.name, facts["sha256"], digest, now,
    )  # fmt: skip


def _facts(file: str, data: bytes, wanted: Wanted) -> dict[str, Any]:
    tensors = {
        tensor.name: [tensor.dtype, *([tensor.width] if tensor.width else [])] for tensor in wanted.tensors
    }
    return {
        "name": wanted.name,
        "head": wanted.head,
        "tensors": tensors,
        "classes": list(wanted.classes),
        "file": file,
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def changed(store: Store, detector: str, change: Callable[[list[Entry]], list[Entry]]) -> list[Entry]:
    """Change the list as it was read, and once more where somebody else was faster."""
    with store.locked(f"{detector}/{KIND}", wait_s=WAIT_S):
        while True:
            before = store.swappable(_document(detector))
            entries = change(_entries(before.body))
            if store.swap(before, {"entries": [msgspec.to_builtins(entry) for entry in entries]}):
                return entries


def _entries(body: Mapping[str, Any] | None) -> list[Entry]:
    return msgspec.convert((body or {}).get("entries", []), list[Entry])


def _document(detector: str) -> str:
    return f"{detector}/{KIND}.json"
