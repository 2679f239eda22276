"""API keys: shown once, kept as a digest, known again, and gone when they are revoked."""

from __future__ import annotations

import re
import threading
import time

import pytest

from detectory import apikey
from detectory.serve.keys import Keys
from tests.serve.gates import NOW, Shelf


def test_a_key_has_32_random_bytes_and_its_record_holds_none_of_them() -> None:
    text, key = apikey.new("soc", ["predict"], now=NOW)

    assert re.fullmatch(r"dk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", text)
    assert text.split("_", 2)[2] not in repr(key)
    assert len({apikey.new("soc", [], now=NOW)[0] for _ in range(100)}) == 100


NO_KEYS = {
    "nothing": lambda text: "",
    "one letter less": lambda text: text[:-1],
    "one letter more": lambda text: text + "A",
    "another letter": lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
    "another case": lambda text: text.swapcase(),
    "the id alone": lambda text: text[:16],
    "no secret": lambda text: text[:16] + "_",
    "another prefix": lambda text: "xx" + text[2:],
    "a space in it": lambda text: text[:20] + " " + text[20:],
    "its digest": lambda text: text[:16] + "_" + apikey.digest_of(text),
    "a NUL after it": lambda text: text + "\x00",
    "no ASCII": lambda text: text[:16] + "_" + "é" * 40,
    "a lot": lambda text: text + "A" * 100_000,
}


@pytest.mark.parametrize("spoilt", NO_KEYS.values(), ids=NO_KEYS.keys())
def test_what_is_not_the_very_key_opens_nothing(spoilt: object) -> None:
    shelf = Shelf()
    text = shelf.add("predict")
    keys = Keys(shelf.all)
    keys.read()

    assert keys.grant(text) is not None
    assert keys.grant(spoilt(text)) is None  # type: ignore[operator]  # each takes and gives a text


def test_an_expired_key_and_a_revoked_one_open_nothing() -> None:
    shelf, now = Shelf(), [NOW]
    keys = Keys(shelf.all, clock=lambda: now[0])
    text = shelf.add("predict", expires=NOW + 10)
    keys.read()

    assert keys.grant(text) is not None
    now[0] += 10
    assert keys.grant(text) is None


def test_a_revoked_key_is_refused_after_the_next_read() -> None:
    shelf = Shelf()
    text = shelf.add("predict")
    keys, stopped = Keys(shelf.all, clock=lambda: NOW), threading.Event()
    thread = threading.Thread(target=keys.follow, args=(stopped,), kwargs={"every_s": 0.01})
    thread.start()
    try:
        assert eventually(lambda: keys.grant(text) is not None)
        (key,) = shelf.keys
        shelf.keys = [apikey.Key(key.id, key.name, key.sha256, key.scopes, key.created, revoked=NOW)]
        assert eventually(lambda: keys.grant(text) is None)
    finally:
        stopped.set()
        thread.join()


def test_a_store_that_is_away_leaves_the_keys_that_are_known(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    text = shelf.add("predict")
    keys = Keys(shelf.all, clock=lambda: NOW)
    keys.read()
    shelf.away = True

    for _ in range(3):
        keys.try_to_read()

    assert keys.grant(text) is not None
    assert [record.message for record in caplog.records] == ["keys cannot be read"]
    shelf.away = False
    keys.try_to_read()
    assert keys.age_s < 60


def test_a_store_that_has_lost_its_keys_does_not_open_the_door() -> None:
    shelf = Shelf()
    shelf.add("predict")
    keys = Keys(shelf.all)
    keys.read()
    shelf.keys = []

    keys.read()

    assert keys.known


def eventually(holds: object, *, seconds: float = 20) -> bool:
    """Whether it holds within that time."""
    until = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]  # a question
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True
