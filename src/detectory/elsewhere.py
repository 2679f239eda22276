"""What is said for ever of a head whose model was trained elsewhere: nobody here knows on what.

In: the facts of fit and compress. Out: sentences for the report and for the lineage of the version.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def notes(fit: Mapping[str, Any], compress: Mapping[str, Any]) -> list[str]:
    """A sentence for each head whose chosen model was not trained here, or was made of one that was not.

    >>> one = {"head": "score", "name": "theirs", "elsewhere": {"file": "b.json", "sha256": "ab" * 32}}
    >>> made = [{"head": "score", "name": "int8", "of": "theirs"}]
    >>> notes({"candidates": [one]}, {"chosen_score": "int8", "candidates": made})[0][:67]
    "the model 'theirs' of the head 'score' was trained elsewhere (b.jso"
    """
    made_of = {(one["head"], one["name"]): one.get("of") for one in compress["candidates"]}
    return [
        _note(one)
        for one in fit["candidates"]
        if one.get("elsewhere") and one["name"] in _origins(one["head"], compress, made_of)
    ]


def _origins(
    head: str, compress: Mapping[str, Any], made_of: Mapping[tuple[str, str], str | None]
) -> set[str | None]:
    """What a head's chosen model is called, and all that it was made of, one of the other."""
    name, found = compress.get(f"chosen_{head}"), set[str | None]()
    while name and name not in found:
        found.add(name)
        name = made_of.get((head, name))
    return found


def _note(one: Mapping[str, Any]) -> str:
    file, digest = one["elsewhere"]["file"], one["elsewhere"]["sha256"][:12]
    model = f"the model '{one['name']}' of the head '{one['head']}'"
    return (
        f"{model} was trained elsewhere ({file}, sha256 {digest}), on rows that nobody here knows: "
        "test rows may be among them, and its figures too good"
    )
