"""JSON that strangers send → what it should be, or what is wrong with it and where.

Comes in: bytes, and a decoder that knows their shape. Goes out: what they say. Never: msgspec's own errors.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from detectory.errors import RequestInvalid, RequestMalformed

Said = TypeVar("Said")

#: what decoding raises for bytes that are no JSON at all; `msgspec.ValidationError` is caught before
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
PATH = re.compile(r"(?P<why>.*) - at `\$(?P<path>.*)`", re.DOTALL)
MISSING = re.compile(r"Object (?:missing required|contains unknown) field `(?P<field>.*)`", re.DOTALL)


def decoded(decoder: msgspec.json.Decoder[Said], body: bytes) -> Said:
    """What a body says. Raises `RequestMalformed` or `RequestInvalid`.

    >>> decoded(msgspec.json.Decoder(list[int]), b"[1, 2]")
    [1, 2]
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from error
    except UNREADABLE as error:
        raise malformed(error) from error


def invalid(message: str) -> RequestInvalid:
    """msgspec's sentence, cut into a JSON pointer and a reason.

    >>> error = invalid("Expected `str`, got `int` - at `$.rows[3].domain`")
    >>> error.where, error.why
    ('/rows/3/domain', 'Expected `str`, got `int`')
    """
    found = PATH.fullmatch(message)
    why, path = (found["why"], found["path"]) if found else (message, "")
    named = MISSING.fullmatch(why)
    pointer = pointer_of(path) + (f"/{_escaped(named['field'])}" if named else "")
    return RequestInvalid(pointer=pointer, why=why[:200])


def pointer_of(path: str) -> str:
    """A path as msgspec writes it, as a JSON pointer (RFC 6901).

    >>> pointer_of(".rows[3].domain"), pointer_of("")
    ('/rows/3/domain', '')
    """
    return re.sub(r"\.|\[", "/", path).replace("]", "")


def _escaped(name: str) -> str:
    return name[:100].replace("~", "~0").replace("/", "~1")


def malformed(error: Exception) -> RequestMalformed:
    """What keeps bytes from being JSON at all.

    >>> malformed(RecursionError("maximum recursion depth exceeded")).why
    'it is nested too deep'
    """
    match error:
        case UnicodeDecodeError():
            return RequestMalformed(why="it is not UTF-8")
        case RecursionError():
            return RequestMalformed(why="it is nested too deep")
    return RequestMalformed(why=str(error))
