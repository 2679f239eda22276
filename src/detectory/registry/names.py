"""Names that may become a folder of a store: checked before any path is made of them."""

from __future__ import annotations

import re

from detectory.errors import BadName

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def checked(name: str) -> str:
    """The name itself. Raises `BadName` for one that could lead out of its folder.

    >>> checked("dga")
    'dga'
    >>> checked("../dga")
    Traceback (most recent call last):
    detectory.errors.usage.BadName: error[E2006]: '../dga' is not the name of a detector...
    """
    if not NAME.fullmatch(name):
        raise BadName(name)
    return name
