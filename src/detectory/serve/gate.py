"""The door: who asks, whether they may, and how often.

Comes in: the headers of a request, the address it comes from, the scope that it needs. Goes out: a ticket, or
a refusal. Never: a wait, a word to the network or to a disk, save to the Redis of `shared_limits`: it stands
before every request and takes microseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from threading import Event
from typing import Protocol

from detectory.apikey import SCOPES
from detectory.errors import (
    BadSetting,
    Busy,
    DetectoryError,
    NotReady,
    OpenToAll,
    ScopeMissing,
    WhoAsks,
    did_you_mean,
)
from detectory.serve.access import PUBLIC
from detectory.serve.addresses import Proxies, is_loopback
from detectory.serve.admission import Bulkheads
from detectory.serve.keys import Grant, Keys
from detectory.serve.limits import Buckets, Limit, Limiter
from detectory.serve.tickets import Ticket
from detectory.settings import Admission, Limits, Serving

BEARER = "bearer "
Headers = Iterable[tuple[bytes, bytes]]


class Tokens(Protocol):
    """Somebody else's word for who asks, followed in a thread."""

    def follow(self, stopped: Event) -> None:
        """Read again and again whom to believe."""

    def grant(self, text: str) -> Grant | None:
        """Whom a token belongs to; None where it is not believed."""


class Gate:
    """Lets requests in. Where there is no key at all, and none can come, everybody may do everything.

    >>> Gate().enter([], "127.0.0.1", "predict").key
    ''
    """

    def __init__(
        self,
        serving: Serving | None = None,
        *,
        admission: Admission | None = None,
        limits: Limits | None = None,
        keys: Keys | None = None,
        tokens: Tokens | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        """Raises `BadSetting` where the settings name a scope or a network that there is not."""
        serving, limits = serving or Serving(), limits or Limits()
        self.keys, self._tokens, self.limiter = keys, tokens, limiter or Buckets()
        self._proxies = Proxies(serving.proxies)
        admission = admission or Admission()
        self.bulkheads, self._deadline_s = Bulkheads(admission), admission.deadline_ms / 1e3
        self._anonymous = _checked(serving.anonymous)
        self._by_key = Limit("key", limits.keyed) if limits.keyed else None
        self._by_address = Limit("anonymous", limits.anonymous) if limits.anonymous else None
        self._by_anybody = None if is_loopback(serving.host) else self._by_address
        self.refused = Counter[str]()

    def enter(self, headers: Headers, peer: str, scope: str) -> Ticket:
        """Let a request in.

        Raises `WhoAsks`, `ScopeMissing`, `RateLimited`, `Overloaded` where there is no room for what it asks,
        or `NotReady` before the keys were read.
        """
        if scope == PUBLIC:
            return Ticket("", self._deadline_s)
        authorization, forwarded, length, deadline_s = "", "", 0, self._deadline_s
        for name, value in headers:
            if name == b"authorization":
                authorization = value.decode("latin-1")
            elif name == b"content-length" and value.isdigit():
                length = int(value[:20])
            elif name == b"x-forwarded-for":
                forwarded += "," + value.decode("latin-1")
            elif name == b"x-request-timeout":
                deadline_s = sooner(deadline_s, value)
        self.bulkheads.check_room(scope, length)
        try:
            return self._let_in(authorization, scope, self._proxies.caller(peer, forwarded), deadline_s)
        except DetectoryError as error:
            self.refused[_reason(error)] += 1
            raise

    def check_reach(self, serving: Serving) -> None:
        """Raises `OpenToAll` where others reach the server and nobody needs a key.

        Only there the keys are read at once, and what their store raises is raised.
        """
        if is_loopback(serving.host) or serving.insecure:
            return
        if self.keys is not None:
            self.keys.read()
        if self.is_open():
            raise OpenToAll(serving.host)

    def tasks(self) -> list[Callable[[], None]]:
        """What goes on beside answering, each in a thread of its own."""
        followed = [one for one in (self.keys, self._tokens) if one is not None]
        return [partial(one.follow, Event()) for one in followed]

    def is_open(self) -> bool:
        """Whether nobody needs a key. Raises `NotReady` before the keys were read."""
        if self.keys is not None and self.keys.known is None:
            raise NotReady({"keys": "not read yet"})
        return self._tokens is None and (self.keys is None or not self.keys.known)

    def _let_in(self, authorization: str, scope: str, address: str, deadline_s: float) -> Ticket:
        if self.is_open():
            return self._ticket("", address, self._by_anybody, deadline_s)
        grant = self._grant(authorization)
        if grant is None:  # a wrong key costs too, so that guessing is slow
            ticket = self._ticket("", address, self._by_address, deadline_s)
            if authorization or scope not in self._anonymous:
                raise WhoAsks
            return ticket
        if scope not in grant.scopes:
            raise ScopeMissing(scope, held=grant.scopes)
        return self._ticket(grant.who, f"key:{grant.who}", self._by_key, deadline_s)

    def _ticket(self, key: str, counted: str, limit: Limit | None, deadline_s: float) -> Ticket:
        ticket = Ticket(key, deadline_s, counted, self.limiter, limit)
        ticket.take(1)
        return ticket

    def _grant(self, authorization: str) -> Grant | None:
        if authorization[: len(BEARER)].lower() != BEARER:
            return None
        text = authorization[len(BEARER) :].strip()
        found = self.keys.grant(text) if self.keys is not None else None
        return self._tokens.grant(text) if found is None and self._tokens is not None else found


def sooner(deadline_s: float, header: bytes) -> float:
    """The deadline, or what X-Request-Timeout says (seconds) where that is sooner and makes sense.

    >>> sooner(2.0, b"0.5"), sooner(2.0, b"60"), sooner(2.0, b"-1"), sooner(2.0, b"nan"), sooner(2.0, b"soon")
    (0.5, 2.0, 2.0, 2.0, 2.0)
    """
    try:
        asked_s = float(header)
    except ValueError:
        return deadline_s
    return asked_s if 0.0 < asked_s < deadline_s else deadline_s


def _checked(scopes: Iterable[str]) -> frozenset[str]:
    for scope in scopes:
        if scope not in SCOPES:
            raise BadSetting("serving.anonymous", why=did_you_mean(scope, SCOPES))
    return frozenset(scopes)


def _reason(error: DetectoryError) -> str:
    match error:
        case WhoAsks():
            return "caller_unknown"
        case ScopeMissing():
            return "scope_missing"
        case NotReady():
            return "keys_unknown"
        case Busy():
            return "rate_limited"
    return "other"
