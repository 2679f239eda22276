"""The door: who is let in, who is not, and how often."""

from __future__ import annotations

import pytest

from detectory.errors import BadSetting, NotReady, RateLimited, ScopeMissing, WhoAsks
from detectory.serve.gate import Gate
from detectory.serve.keys import Keys
from detectory.serve.limits import Buckets
from detectory.settings import Limits, Serving
from tests.serve.gates import Shelf, bearer, gate_of

HERE = "127.0.0.1"


def test_on_a_laptop_without_a_key_everybody_may_do_everything_as_often_as_they_like() -> None:
    gate = gate_of(Shelf())

    for _ in range(100):
        assert gate.enter([], HERE, "metrics").headers() == ()


def test_with_the_first_key_the_door_closes() -> None:
    shelf = Shelf()
    gate = gate_of(shelf)
    gate.enter([], HERE, "predict")
    text = shelf.add("predict")
    assert gate.keys is not None
    gate.keys.read()

    with pytest.raises(WhoAsks, match="this needs a key"):
        gate.enter([], HERE, "predict")
    assert gate.enter(bearer(text), HERE, "predict").key == shelf.keys[0].id


def test_before_the_keys_are_read_nobody_is_let_in() -> None:
    with pytest.raises(NotReady, match="keys"):
        Gate(keys=Keys(Shelf().all)).enter([], HERE, "predict")


def test_a_key_opens_what_its_scopes_say_and_no_more() -> None:
    shelf = Shelf()
    text = shelf.add("predict", "metrics")
    gate = gate_of(shelf)

    gate.enter(bearer(text), HERE, "metrics")
    with pytest.raises(ScopeMissing, match="needs a key with the scope 'feedback'") as refused:
        gate.enter(bearer(text), HERE, "feedback")
    assert refused.value.why == "the key has: metrics, predict"
    assert gate.refused == {"scope_missing": 1}


def test_a_scheme_is_read_in_any_case_and_another_one_is_none() -> None:
    shelf = Shelf()
    text = shelf.add("predict")
    gate = gate_of(shelf)

    gate.enter([(b"authorization", b"bEaReR " + text.encode())], HERE, "predict")
    for said in (b"Basic " + text.encode(), text.encode(), b"", b"Bearer", b"Bearer \xff\x00"):
        with pytest.raises(WhoAsks, match="needs a key"):
            gate.enter([(b"authorization", said)], HERE, "predict")


def test_the_eleventh_in_a_minute_without_a_key_is_refused_with_the_seconds_to_wait() -> None:
    shelf = Shelf()
    shelf.add("metrics")
    still = Buckets(clock=lambda: 0.0)
    gate = gate_of(shelf, serving=Serving(anonymous=("predict",)), limiter=still)

    for _ in range(10):
        gate.enter([], "192.0.2.1", "predict")
    with pytest.raises(RateLimited, match="over the limit of 10 rows in 60 seconds") as refused:
        gate.enter([], "192.0.2.1", "predict")

    assert refused.value.retry_after == 6
    gate.enter([], "192.0.2.2", "predict")
    with pytest.raises(WhoAsks, match="needs a key"):
        gate.enter([], "192.0.2.3", "explain")


def test_a_request_costs_its_rows() -> None:
    gate = Gate(Serving(host="0.0.0.0", insecure=True))

    ticket = gate.enter([], "192.0.2.1", "predict")
    ticket.scored(8)

    assert dict(ticket.headers()) == {
        b"ratelimit-policy": b'"anonymous";q=10;w=60',
        b"ratelimit": b'"anonymous";r=2;t=48',
    }
    with pytest.raises(RateLimited, match="over the limit"):
        gate.enter([], "192.0.2.1", "predict").scored(3)
    with pytest.raises(RateLimited, match="over the limit") as never:
        gate.enter([], "192.0.2.1", "predict").scored(12)
    assert never.value.why == "this request costs 12, which never fits"


def test_who_waits_as_long_as_told_is_let_in() -> None:
    now = [0.0]
    gate = Gate(Serving(host="0.0.0.0", insecure=True), limiter=Buckets(clock=lambda: now[0]))

    gate.enter([], "192.0.2.1", "predict").scored(8)
    refused_ticket = gate.enter([], "192.0.2.1", "predict")
    with pytest.raises(RateLimited, match="over the limit") as refused:
        refused_ticket.scored(4)
    now[0] += refused.value.retry_after

    assert refused.value.why == "this request costs 4"
    assert refused_ticket.headers() == ()  # the problem document has them
    gate.enter([], "192.0.2.1", "predict").scored(4)


def test_guessing_keys_is_slow_and_does_not_hurt_who_has_one() -> None:
    shelf = Shelf()
    text = shelf.add("predict")
    gate = gate_of(shelf)

    for _ in range(10):
        with pytest.raises(WhoAsks, match="needs a key"):
            gate.enter(bearer(text[:-1]), HERE, "predict")
    with pytest.raises(RateLimited, match="over the limit"):
        gate.enter(bearer(text[:-1]), HERE, "predict")
    gate.enter(bearer(text), HERE, "predict")


def test_each_key_has_a_limit_of_its_own() -> None:
    shelf = Shelf()
    one, other = shelf.add("predict"), shelf.add("predict")
    gate = gate_of(shelf, limits=Limits(keyed=1))

    gate.enter(bearer(one), HERE, "predict")
    with pytest.raises(RateLimited, match="over the limit of 1 rows"):
        gate.enter(bearer(one), HERE, "predict")
    gate.enter(bearer(other), HERE, "predict")


def test_an_address_that_the_caller_writes_himself_does_not_help() -> None:
    gate = Gate(Serving(host="0.0.0.0", insecure=True), limits=Limits(anonymous=1))

    gate.enter([(b"x-forwarded-for", b"198.51.100.1")], "192.0.2.1", "predict")
    with pytest.raises(RateLimited, match="over the limit"):
        gate.enter([(b"x-forwarded-for", b"198.51.100.2")], "192.0.2.1", "predict")


def test_behind_a_configured_proxy_each_caller_counts_for_himself_and_nobody_for_another() -> None:
    serving = Serving(host="0.0.0.0", insecure=True, proxies=("10.0.0.0/8",))
    gate = Gate(serving, limits=Limits(anonymous=1))

    gate.enter([(b"x-forwarded-for", b"198.51.100.1")], "10.0.0.1", "predict")
    gate.enter([(b"x-forwarded-for", b"198.51.100.2")], "10.0.0.1", "predict")
    with pytest.raises(RateLimited, match="over the limit"):  # what stands on the left anybody may have typed
        gate.enter([(b"x-forwarded-for", b"203.0.113.9, 198.51.100.2")], "10.0.0.1", "predict")


def test_a_proxy_is_known_by_its_ipv4_address_on_a_socket_for_both_versions() -> None:
    serving = Serving(host="::", insecure=True, proxies=("10.0.0.0/8",))
    gate = Gate(serving, limits=Limits(anonymous=1))

    gate.enter([(b"x-forwarded-for", b"198.51.100.1")], "::ffff:10.0.0.1", "predict")
    gate.enter([(b"x-forwarded-for", b"198.51.100.2")], "::ffff:10.0.0.1", "predict")


def test_all_addresses_of_one_subscriber_are_one_caller() -> None:
    gate = Gate(Serving(host="::", insecure=True), limits=Limits(anonymous=1))

    gate.enter([], "2001:db8:1:2::1", "predict")
    with pytest.raises(RateLimited, match="over the limit"):
        gate.enter([], "2001:db8:1:2:ffff::9", "predict")
    gate.enter([], "2001:db8:1:3::1", "predict")


def test_probes_are_never_refused() -> None:
    gate = Gate(Serving(host="0.0.0.0", insecure=True), limits=Limits(anonymous=1))

    for _ in range(100):
        gate.enter([], "192.0.2.1", "")


@pytest.mark.parametrize("name", ["scope", "network"])
def test_a_setting_that_names_what_there_is_not_is_refused(name: str) -> None:
    wrong = Serving(anonymous=("predicts",)) if name == "scope" else Serving(proxies=("10.0.0.0/33",))

    with pytest.raises(BadSetting, match="serving"):
        Gate(wrong)
