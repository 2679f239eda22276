"""Pages: what templates make of sections, with the look that all pages share.

A page is self-contained: it opens from a file, asks the network for nothing, runs no script, and follows the
reader's light or dark. Everything but the drawings made here is escaped.
"""

from __future__ import annotations

from typing import Any


def rendered(template: str, *, package: str, **known: Any) -> str:
    """A template of a package, which may extend ``page.html.jinja`` and use the pieces beside it."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    folders = [PackageLoader(name, "") for name in dict.fromkeys((package, __package__ or ""))]
    environment = Environment(
        loader=ChoiceLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawing"] = Markup
    return environment.get_template(template).render(**known)
