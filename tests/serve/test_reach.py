"""An address that others reach is not listened on without a key, unless somebody answers for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from detectory.errors import CannotListen, OpenToAll
from detectory.serve.gate import Gate
from detectory.serve.keys import Keys
from detectory.serve.predictor import Predictor
from detectory.serve.run import serve
from detectory.settings import Serving
from tests.serve.gates import Shelf

ELSEWHERE = "192.0.2.1"  # of documentation (RFC 5737): nobody has it, so that no test listens to others


def serving(host: str, *, insecure: bool = False) -> Serving:
    return Serving(host=host, port=0, insecure=insecure)


@pytest.mark.parametrize("host", [ELSEWHERE, "0.0.0.0", "::", "::ffff:192.0.2.1", "example.org", ""])
def test_without_a_key_no_other_address_is_listened_on(host: str) -> None:
    with pytest.raises(OpenToAll, match="others reach it, and there is no key"):
        serve(Predictor({}), serving=serving(host), version="0", gate=Gate(keys=Keys(Shelf().all)))


@pytest.mark.parametrize("let", [lambda: serving(ELSEWHERE, insecure=True), lambda: serving(ELSEWHERE)])
def test_with_a_key_or_by_word_it_is(let: Callable[[], Serving]) -> None:
    shelf, wanted = Shelf(), let()
    if not wanted.insecure:
        shelf.add("predict")

    with pytest.raises(CannotListen, match="cannot listen on 192"):  # it tried
        serve(Predictor({}), serving=wanted, version="0", gate=Gate(keys=Keys(shelf.all)))


def test_an_issuer_of_tokens_is_enough() -> None:
    class Nobody:
        def grant(self, text: str) -> None:
            """Believe nothing."""

        def follow(self, stopped: object) -> None:
            """Read nothing."""

    with pytest.raises(CannotListen, match="cannot listen on 192"):
        serve(Predictor({}), serving=serving(ELSEWHERE), version="0", gate=Gate(tokens=Nobody()))


def test_where_the_keys_cannot_be_read_it_does_not_start_for_others() -> None:
    with pytest.raises(OSError, match="the database is away"):
        serve(
            Predictor({}), serving=serving(ELSEWHERE), version="0", gate=Gate(keys=Keys(Shelf(away=True).all))
        )
