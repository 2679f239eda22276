"""Signatures: nothing is believed that a trusted key did not sign."""

import stat
from pathlib import Path

import pytest

from detectory import signing
from detectory.errors import KeyExists, NoKey, SignatureInvalid


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "signing.key"
    signing.new_key(path)
    return path


def test_a_payload_signed_by_a_trusted_key_comes_back(key: Path) -> None:
    envelope = signing.sign(b"payload", signing.private_key(key))
    trusted = signing.trusted_keys([key.with_suffix(".pub")])
    assert signing.verified_payload(envelope, trusted, where="here") == b"payload"


def test_the_private_key_is_for_its_owner_alone(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_key_that_the_system_refuses_to_read_is_told_as_such() -> None:
    with pytest.raises(NoKey, match="the key cannot be used") as caught:
        signing.private_key(Path("/proc/self/mem"))  # root, too, cannot read its first page
    assert caught.value.why == "Input/output error"


def test_a_key_is_never_written_over(key: Path) -> None:
    with pytest.raises(KeyExists, match="there is a key already"):
        signing.new_key(key)


def test_a_public_key_is_never_written_over_either(key: Path) -> None:
    key.unlink()
    with pytest.raises(KeyExists, match="there is a key already") as caught:
        signing.new_key(key)
    assert caught.value.where == str(key.with_suffix(".pub"))


def test_a_strange_key_is_not_believed(key: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.key"
    signing.new_key(stranger)
    envelope = signing.sign(b"payload", signing.private_key(stranger))
    with pytest.raises(SignatureInvalid, match="does not hold"):
        signing.verified_payload(envelope, signing.trusted_keys([key.with_suffix(".pub")]), where="here")


def test_nothing_is_believed_when_no_key_is_trusted(key: Path) -> None:
    envelope = signing.sign(b"payload", signing.private_key(key))
    with pytest.raises(SignatureInvalid, match="does not hold"):
        signing.verified_payload(envelope, [], where="here")


def test_every_flipped_bit_of_an_envelope_is_refused(key: Path) -> None:
    envelope = signing.sign(b'{"files":{}}', signing.private_key(key))
    trusted = signing.trusted_keys([key.with_suffix(".pub")])
    for at in range(len(envelope)):
        damaged = envelope[:at] + bytes([envelope[at] ^ 1]) + envelope[at + 1 :]
        try:
            assert signing.verified_payload(damaged, trusted, where="here") == b'{"files":{}}'
        except SignatureInvalid:
            continue
        # what is left is a change of the key id's or base64's spelling that signs the same payload
        assert damaged != envelope


def test_a_file_that_is_no_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_text("nothing")
    with pytest.raises(NoKey, match="cannot be used"):
        signing.private_key(tmp_path / "signing.key")
    with pytest.raises(NoKey, match="cannot be used"):
        signing.private_key(tmp_path / "missing.key")
