"""``detectory keys``: made and shown once, listed without a secret, revoked for good."""

from __future__ import annotations

import re
from pathlib import Path

from detectory.apikey import digest_of
from detectory.cli.gate import gate_of
from detectory.library import workspace
from detectory.serve.gate import Gate
from tests.cli.conftest import Ask


def gate_at(root: Path) -> Gate:
    """The gate of a server on that workspace, that has read its keys."""
    gate = gate_of(workspace(root), {})
    assert gate.keys is not None
    gate.keys.read()
    return gate


def test_a_key_is_shown_once_and_opens_what_it_says(ask: Ask, tmp_path: Path) -> None:
    text = ask("keys", "create", "soc", "--scope", "predict", "--scope", "metrics", at=tmp_path).out.strip()

    gate = gate_at(tmp_path)
    assert gate.keys is not None
    grant = gate.keys.grant(text)
    assert grant is not None
    assert grant.scopes == {"predict", "metrics"}
    (told,) = ask("keys", "list", "--json", at=tmp_path).json["keys"]
    assert (told["id"], told["name"], told["state"], told["expires"]) == (grant.who, "soc", "valid", None)


def test_neither_the_list_nor_the_ledger_holds_the_key(ask: Ask, tmp_path: Path) -> None:
    text = ask("keys", "create", "soc", at=tmp_path).out.strip()
    secret = text.split("_", 2)[2]

    listed = ask("keys", "list", at=tmp_path)
    whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert secret not in listed.out + listed.err
    assert digest_of(text) not in listed.out
    assert secret.encode() not in whole
    assert digest_of(text).encode() in whole


def test_days_that_are_no_number_are_said_to_be_none(ask: Ask, tmp_path: Path) -> None:
    said = ask("keys", "create", "guest", "--days", "soon", at=tmp_path)
    assert (said.code, "'soon' is not a whole number" in said.err) == (2, True)


def test_a_key_expires_after_its_days(ask: Ask, tmp_path: Path) -> None:
    document = ask("keys", "create", "guest", "--days", "7", "--json", at=tmp_path).json

    made, ends = (document[name][:10] for name in ("created", "expires"))
    assert made < ends
    assert re.fullmatch(r"dk_[0-9a-f]{12}_[\w-]{43}", document["key"])


def test_a_revoked_key_stays_in_the_list_and_opens_nothing(ask: Ask, tmp_path: Path) -> None:
    document = ask("keys", "create", "soc", "--json", at=tmp_path).json

    assert ask("keys", "revoke", document["id"], at=tmp_path).code == 2  # nobody said yes
    assert ask("keys", "revoke", document["id"], "--yes", at=tmp_path).code == 0
    assert ask("keys", "revoke", document["id"], "--yes", at=tmp_path).code == 0  # as often as you like

    (told,) = ask("keys", "list", "--json", at=tmp_path).json["keys"]
    gate = gate_at(tmp_path)
    assert told["state"] == "revoked"
    assert gate.keys is not None
    assert gate.keys.grant(document["key"]) is None
    assert not gate.is_open()


def test_what_there_is_not_is_answered_with_what_there_is(ask: Ask, tmp_path: Path) -> None:
    unknown = ask("keys", "create", "soc", "--scope", "predikt", at=tmp_path)
    assert (unknown.code, "did you mean 'predict'?" in unknown.err) == (2, True)
    key = ask("keys", "create", "soc", "--json", at=tmp_path).json["id"]
    said = ask("keys", "revoke", "0", "--yes", at=tmp_path)
    assert (said.code, key in said.err) == (6, True)


def test_where_nothing_is_kept_there_are_no_keys(ask: Ask, tmp_path: Path) -> None:
    said = ask("--set", "ledger.url=none", "keys", "create", "soc", at=tmp_path)
    assert (said.code, "keys are kept in the ledger" in said.err) == (3, True)


def test_to_ask_for_the_keys_makes_no_ledger(ask: Ask, tmp_path: Path) -> None:
    assert "everybody may ask" in ask("keys", "list", at=tmp_path).out
    assert gate_at(tmp_path).is_open()
    assert not list(tmp_path.rglob("*.db*"))


def test_a_password_of_a_redis_is_referred_to_and_not_set(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "detectory.toml").write_text('[limits]\nurl = "env:REDIS"\n')
    assert gate_of(workspace(tmp_path), {"REDIS": "redis://:SENTINEL@127.0.0.1:1"}).limiter.away == 0
    shown = ask("config", "show", at=tmp_path).out
    assert "SENTINEL" not in shown
