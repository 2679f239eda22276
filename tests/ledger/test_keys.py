"""API keys in the ledger, whichever database it is."""

from __future__ import annotations

import pytest

from detectory import apikey
from detectory.errors import UnknownApiKey
from detectory.ledger.database import Database
from detectory.ledger.keys import LedgerKeys


def test_a_key_is_read_as_it_was_added(database: Database) -> None:
    keys = LedgerKeys(database)
    _, first = apikey.new("soc", ["predict", "feedback"], now=1.5, expires=9.0)
    _, second = apikey.new("prometheus", ["metrics"], now=2.0)

    keys.add(second)
    keys.add(first)

    assert keys.all() == [first, second]


def test_a_key_is_revoked_once_and_for_good(database: Database) -> None:
    keys = LedgerKeys(database)
    text, key = apikey.new("soc", ["predict"], now=1.0)
    keys.add(key)

    keys.revoke(key.id, now=5.0)
    keys.revoke(key.id, now=6.0)

    (kept,) = keys.all()
    assert (kept.revoked, kept.is_usable(5.5), kept.opened_by(text)) == (5.0, False, True)
    with pytest.raises(UnknownApiKey, match="no API key has the id 'nobody'"):
        keys.revoke("nobody", now=7.0)
