"""9: a digest or a signature does not hold."""

from __future__ import annotations

from detectory.errors.tree import IntegrityError


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


class StudyDamaged(IntegrityError):
    """The file in which a search keeps its trials cannot be read."""

    code, title = "E9115", "The trials of a search are damaged"

    def __init__(self, path: str, *, why: str) -> None:
        super().__init__(
            "the trials of a search cannot be read",
            why=why,
            where=path,
            fix="search anew: detectory tune NAME --force; the file is removed, and its trials are lost",
        )
