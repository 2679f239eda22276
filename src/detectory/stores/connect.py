"""Connecting to a bucket: settings say where it is, the environment alone says who we are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from obstore.exceptions import BaseError
from obstore.store import GCSStore, S3Store

from detectory.errors import BadSetting
from detectory.stores.backend import Access
from detectory.stores.place import Place, parsed

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

CONNECT_TIMEOUT = timedelta(seconds=5)
SILENT_TIMEOUT = timedelta(seconds=30)
#: of one request with its whole body; one that says nothing is given up long before
WHOLE_TIMEOUT = timedelta(minutes=15)


def connected(url: str, access: Access) -> S3Store | GCSStore:
    """The bucket behind an address; nothing is sent yet.

    Raises `BadSetting` for settings that do not fit.
    """
    place = parsed(url)
    if access.endpoint.startswith("http://") and not access.allow_http:
        why = "it is not encrypted; objects.allow_http = true would allow that"
        raise BadSetting("objects.endpoint", why=why)
    kind = S3Store if place.scheme == "s3" else GCSStore
    config: Any = _settings(place, access)
    try:
        return kind(
            place.bucket,
            prefix=place.prefix or None,
            config=config,
            client_options=_client(access),
            retry_config=_retries(access),
        )
    except (BaseError, ValueError) as error:
        raise BadSetting("store", why=str(error).partition("\n")[0]) from error


def _settings(place: Place, access: Access) -> dict[str, Any]:
    """What is set, and nothing else: the rest is the environment's to say."""
    found: dict[str, Any] = {"skip_signature": True} if access.anonymous else {}
    if place.scheme == "s3" and access.endpoint:
        found["endpoint"] = access.endpoint
    if place.scheme == "s3" and access.region:
        found["region"] = access.region
    return found


def _client(access: Access) -> ClientConfig:
    return {
        "allow_http": access.allow_http,
        "connect_timeout": CONNECT_TIMEOUT,
        "read_timeout": SILENT_TIMEOUT,
        "timeout": WHOLE_TIMEOUT,
    }


def _retries(access: Access) -> RetryConfig:
    """The library's own: for answers of 5xx and lost connections, as far as it can tell them harmless."""
    return {
        "max_retries": 50,  # the time is the bound
        "retry_timeout": timedelta(seconds=access.retry_s),
        "backoff": {
            "init_backoff": timedelta(milliseconds=20),
            "max_backoff": timedelta(seconds=2),
            "base": 2,
        },
    }
