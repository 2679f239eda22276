"""Who a server lets in: the keys of the ledger, an issuer's tokens, limits of its own or shared ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from detectory.serve.gate import Gate
from detectory.serve.keys import Keys
from detectory.settings import referred

if TYPE_CHECKING:
    from detectory.library import Workspace
    from detectory.serve.shared_limits import SharedBuckets
    from detectory.serve.tokens import Tokens


def gate_of(home: Workspace, environment: Mapping[str, str]) -> Gate:
    """The gate that the settings describe. Raises `BadSetting`, or `MissingExtra` for a library."""
    settings = home.settings
    return Gate(
        settings.serving,
        admission=settings.admission,
        limits=settings.limits,
        keys=_keys(home),
        tokens=_tokens(home),
        limiter=_shared(home, environment),
    )


def _keys(home: Workspace) -> Keys | None:
    """The keys of the ledger; of one that keeps nothing there are none."""
    from detectory.ledger.keys import LedgerKeys

    database = home.ledger
    return None if database is None else Keys(LedgerKeys(database).all)


def _tokens(home: Workspace) -> Tokens | None:
    oidc = home.settings.oidc
    if not oidc.issuer:
        return None
    from detectory.serve.jwks import fetcher
    from detectory.serve.tokens import Tokens

    return Tokens(oidc, fetcher(oidc.jwks, root=home.root))


def _shared(home: Workspace, environment: Mapping[str, str]) -> SharedBuckets | None:
    limits = home.settings.limits
    if not limits.url:
        return None
    from detectory.serve.shared_limits import SharedBuckets

    url = referred("limits.url", limits.url, env=environment, root=home.root)
    return SharedBuckets(url, refuses_alone=limits.when_away == "refuse")
