"""The one version, made from the git tag when the package was built."""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("detectory")
