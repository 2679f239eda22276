"""Register: what was compressed and what was judged, byte for byte, as one signed version.

In: the artifacts of compress and judge with the detector's own files, or a version and what another
threshold changes of it. Out: a version number. The bytes that were judged are the bytes that are signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from detectory import bundle, elsewhere
from detectory.artifacts import Artifact, Store
from detectory.detector import REAL_LISTS, Detector
from detectory.errors import ArtifactDamaged
from detectory.registry.versions import add, changing
from detectory.signing import TrustedKey, keyid_of
from detectory.version import __version__


def register(
    detector: Detector,
    made: Mapping[str, Artifact],
    *,
    store: Store,
    key: Ed25519PrivateKey,
    trusted: Sequence[TrustedKey],
) -> tuple[int, bool]:
    """Sign a version from the artifacts of a run; gives its number and whether it is new.

    The same bytes are not registered twice: the number they have already is given. A version that
    cannot be opened (damaged, or signed by a stranger) does not count as having them.
    """
    files = _files(made)
    manifest = bundle.assemble(
        files, detector=detector.name, heads=_heads(made), lineage=_lineage(detector, made)
    )
    return _once(files, manifest, store=store, key=key, trusted=trusted)


def register_recertified(
    number: int,
    opened: bundle.Opened,
    changed: Mapping[str, bytes],
    *,
    evidence: Mapping[str, Any],
    store: Store,
    key: Ed25519PrivateKey,
    trusted: Sequence[TrustedKey],
) -> tuple[int, bool]:
    """Sign version ``number`` again with the files that another threshold changes, as a new version.

    Graphs, ``parse.py`` and ``features.py`` are the same bytes. The lineage names the version it came
    from and the ``evidence`` (rows, file and digest); it no longer names the judgement it replaces.
    """
    old, files = opened.manifest, {**opened.files, **changed}
    origin = {"version": number, "digest": opened.digest, **evidence}
    stages = {name: digest for name, digest in old.lineage["stages"].items() if name != "judge"}
    lineage = {**old.lineage, "made_by": _made_by(), "stages": stages, "recertified_from": origin}
    manifest = bundle.assemble(files, detector=old.detector, heads=old.heads, lineage=lineage)
    return _once(files, manifest, store=store, key=key, trusted=trusted)


def _once(
    files: Mapping[str, bytes],
    manifest: bundle.Manifest,
    *,
    store: Store,
    key: Ed25519PrivateKey,
    trusted: Sequence[TrustedKey],
) -> tuple[int, bool]:
    digest = hashlib.sha256(bundle.payload_of(manifest)).hexdigest()
    own = TrustedKey(keyid_of(key.public_key()), key.public_key())
    with changing(store, manifest.detector):
        signed = bundle.signed(files, manifest, key)
        return add(store, manifest.detector, digest, signed, trusted=[own, *trusted])


def _files(made: Mapping[str, Artifact]) -> dict[str, bytes]:
    """What was judged and what was judged of it; nothing is read from the detector's folder again."""
    compress, judge = made["compress"], made["judge"]
    if judge.manifest["parents"]["compress"] != compress.digest:
        raise ArtifactDamaged(str(judge.folder), expected=compress.digest, found="a verdict on other graphs")
    return {name: artifact.read(name) for artifact in (compress, judge) for name in artifact.names()}


def _heads(made: Mapping[str, Artifact]) -> dict[str, bundle.Head]:
    heads: Mapping[str, Any] = made["compress"].facts["heads"]
    return {name: bundle.Head(**head) for name, head in heads.items()}


def _lineage(detector: Detector, made: Mapping[str, Artifact]) -> dict[str, Any]:
    """Where the version comes from, for ever: what it was made of, and whether that was everything."""
    bronze, silver = made["bronze"].facts, made["silver"].facts
    return {
        "made_by": _made_by(),
        "stages": {name: artifact.digest for name, artifact in made.items()},
        "origins": silver["origins"],
        "sources": bronze["sources"],
        "sample": bronze["sample"],
        "complete": bronze["sample"] >= 1,
        "trained_labels": made["split"].facts["trained_labels"],
        "searches": made["fit"].facts["searches"],
        "libraries": {name: version(name) for name in ("numpy", "onnxruntime", *detector.spec.libraries)},
        "notes": [
            *_notes(bronze, silver),
            *elsewhere.notes(made["fit"].facts, made["compress"].facts),
        ],
    }


def _made_by() -> str:
    return f"detectory {__version__}"


def _notes(bronze: Mapping[str, Any], silver: Mapping[str, Any]) -> list[str]:
    """What whoever trusts this version should know of its rows."""
    notes = [
        f"{count:,} rows are {origin}" for origin, count in silver["origins"].items() if origin != "real"
    ]
    if bronze["sample"] < 1:
        notes.append(f"incomplete: a sample of {bronze['sample']:.2%} of the raw rows")
    notes.append(REAL_LISTS[bronze["lists"]])
    return notes
