"""The one version, made from the git tag when the package was built; and those of libraries."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

__version__ = version("detectory")


@cache
def version_of(library: str) -> str:
    """The version of an installed distribution. Raises ``PackageNotFoundError``.

    >>> version_of("detectory") == __version__
    True
    """
    return version(library)
