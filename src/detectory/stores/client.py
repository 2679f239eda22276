"""A bucket over the network: every call tried again for a while, and none of them twice in effect.

Comes in: names and bytes. Goes out: bytes, or an error that names the object. Never: a change made
twice because its answer was lost. After an answer that says "somebody was first", or none at all, the
object is read back, and its bytes say whether it was us.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from detectory.errors import StoreAway
from detectory.stores.backend import Access, Tagged
from detectory.stores.connect import connected
from detectory.stores.interruptible import interruptible
from detectory.stores.local import disk_errors

T = TypeVar("T")
PARTS_AT_ONCE = 4
FIRST_WAIT_S, LONGEST_WAIT_S = 0.02, 1.0
#: what a later try cannot mend; 408, 409 and 429 it can
LASTING = re.compile(r"status code: 4(?!08|09|29)\d\d|builder error")


class Listed(NamedTuple):
    """An object of a listing: its name, its size in bytes, and the tag of its state."""

    name: str
    size: int
    tag: str


class _Unsettled(Exception):
    """A conflict with somebody who left nothing behind: try again."""


class Client:
    """The objects under one address, names relative to it. Raises `StoreAway` when trying did not help."""

    def __init__(self, url: str, access: Access) -> None:
        self._url, self._retry_s = url, access.retry_s
        self._store = connected(url, access)

    def where(self, name: str) -> str:
        """The address of an object."""
        return f"{self._url}/{name}".rstrip("/")

    def get(self, name: str) -> Tagged | None:
        """An object's bytes and tag, None if there is none."""

        def attempt() -> Tagged:
            answer = obstore.get(self._store, name)
            tag = {"e_tag": answer.meta["e_tag"], "version": answer.meta["version"]}
            return Tagged(answer.bytes().to_bytes(), {key: value for key, value in tag.items() if value})

        return self._patiently(name, attempt)

    def fetch(self, name: str, path: Path) -> str | None:
        """Write an object to a file, as it comes; gives its tag, None if there is no such object."""

        def attempt() -> str:
            answer = obstore.get(self._store, name)
            with disk_errors(path), path.open("wb") as out:
                for piece in answer.stream():
                    out.write(piece)
            return str(answer.meta["e_tag"])

        return self._patiently(name, attempt)

    def put(self, name: str, body: bytes | Path) -> None:
        """Write an object, in place of the one before it: as often as it takes, it is the same bytes."""
        write = partial(obstore.put, self._store, name, body, max_concurrency=PARTS_AT_ONCE)
        self._patiently(name, lambda: bool(write()), may_be_missing=False)

    def create(self, name: str, data: bytes) -> bool:
        """Write an object only if there is none; False if there is one of other bytes."""
        return self._conditional(name, data, "create", is_ours=lambda found: found == data)

    def swap(self, name: str, data: bytes, tag: Any, *, is_ours: Callable[[bytes], bool]) -> bool:
        """Write an object only if it still has this tag (None: if there is none)."""
        if tag == {}:
            raise StoreAway(self.where(name), reason="the server gives objects no ETag to compare")
        return self._conditional(name, data, tag or "create", is_ours=is_ours)

    def names(self, folder: str) -> list[str]:
        """Names directly under a folder, sorted; folders among them."""

        def attempt() -> list[str]:
            found = obstore.list_with_delimiter(self._store, folder)
            paths = [*found["common_prefixes"], *(item["path"] for item in found["objects"])]
            return sorted({path.rstrip("/").rpartition("/")[2] for path in paths})

        return self._patiently(folder, attempt) or []

    def listed(self, folder: str) -> list[Listed]:
        """Every object under a folder, however deep, sorted."""

        def attempt() -> list[Listed]:
            pages: Iterator[Any] = iter(obstore.list(self._store, folder or None))
            found = [(item["path"], item["size"], str(item["e_tag"])) for page in pages for item in page]
            return [Listed(*one) for one in sorted(found)]

        return self._patiently(folder, attempt) or []

    def delete(self, name: str) -> None:
        """Remove an object; it may be gone already."""
        self._patiently(name, lambda: obstore.delete(self._store, name))

    # ── trying again ─────────────────────────────────────────────────────────────────────────────

    def _conditional(self, name: str, data: bytes, mode: Any, *, is_ours: Callable[[bytes], bool]) -> bool:
        def attempt() -> bool:
            try:
                return bool(obstore.put(self._store, name, data, mode=mode, use_multipart=False))
            except (AlreadyExistsError, PreconditionError) as error:
                found = self.get(name)
                if found is None and mode == "create":
                    raise _Unsettled from error
                return found is not None and is_ours(found.data)

        return bool(self._patiently(name, attempt, may_be_missing=False))

    def _patiently(self, name: str, attempt: Callable[[], T], *, may_be_missing: bool = True) -> T | None:
        """Try until it works or the time is up; None where the object is not there."""
        ends, wait_s = time.monotonic() + self._retry_s, FIRST_WAIT_S
        while True:
            try:
                return interruptible(attempt)
            except FileNotFoundError as error:
                if may_be_missing and "NoSuchBucket" not in str(error):
                    return None
                raise self._away(name, error) from error
            except (BaseError, _Unsettled) as error:
                if LASTING.search(str(error)) or time.monotonic() + wait_s > ends:
                    raise self._away(name, error) from error
            time.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _away(self, name: str, error: Exception) -> StoreAway:
        return StoreAway(self.where(name), reason=reason_of(error))


def reason_of(error: Exception) -> str:
    """What the library says, without its own debugging and the server's markup.

    >>> reason_of(OSError("PUT http://a/b - 404 Not Found: <Error><Code>NoSuchBucket</Code></Error>"))
    'PUT http://a/b - 404 Not Found: NoSuchBucket'
    """
    said = str(error).partition("\n\nDebug source")[0]
    plain, markup, body = said.partition("<")
    code = re.search(r"<Code>(\w+)</Code>", markup + body)
    return f"{plain.strip()} {code[1] if code else ''}".strip().rstrip(":") or type(error).__name__
