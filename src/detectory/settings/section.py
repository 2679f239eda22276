"""What a section is: fields, each with a built-in value, bounds and a line that tells what it is for."""

import msgspec


def about(text: str, *, least: float | None = None, most: float | None = None) -> msgspec.Meta:
    """What a field is for, as the reference and ``detectory config`` tell it, and its bounds."""
    return msgspec.Meta(description=text, ge=least, le=most)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all sections: an unknown key is an error."""
