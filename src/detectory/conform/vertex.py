"""Vertex AI: what online prediction asks of a custom container."""

from __future__ import annotations

import json
from typing import Any

from detectory.conform.clauses import answered, clause, expect, expect_refusal, expect_status
from detectory.conform.peer import Answer, NotApplicable, Peer

REQUIREMENTS = "Vertex AI, Custom container requirements for prediction"
HEALTH_S = 10
PAYLOAD = 1_500_000


@clause(f"{REQUIREMENTS}, health checks")
def health(peer: Peer) -> None:
    """GET on the health route answers 200 when the container can predict; its body does not matter."""
    expect_status(peer.get(peer.health), 200)


@clause(f"{REQUIREMENTS}, health checks")
def health_in_time(peer: Peer) -> None:
    """GET on the health route answers within 10 seconds."""
    took = peer.get(peer.health).seconds
    expect(took <= HEALTH_S, f"it took {took:.1f} s")


@clause(f"{REQUIREMENTS}, prediction requests")
def predict(peer: Peer) -> None:
    """POST of {"instances": […]} on the predict route answers 200."""
    expect_status(_predict(peer), 200)


@clause(f"{REQUIREMENTS}, response requirements")
def predictions(peer: Peer) -> None:
    """The answer is a JSON object with the list 'predictions'."""
    answer = _predict(peer)
    if answer.status != 200:
        raise NotApplicable(f"the request itself is answered with {answer.status}")
    told = answer.json()
    expect(isinstance(told, dict) and isinstance(told.get("predictions"), list), "there is no such list")


@clause(f"{REQUIREMENTS}, response requirements")
def as_many(peer: Peer) -> None:
    """There are as many predictions as instances."""
    for instances in (peer.example.rows[:1], peer.example.rows, peer.example.rows * 3):
        came = len(_predicted(peer, instances))
        expect(came == len(instances), f"{len(instances)} instances were sent, {came} predictions came")


@clause(f"{REQUIREMENTS}, response requirements")
def same_order(peer: Peer) -> None:
    """Predictions come in the order of the instances."""
    forward = _predicted(peer, peer.example.rows)
    backward = _predicted(peer, peer.example.rows[::-1])
    if len(forward) != len(peer.example.rows) or len(backward) != len(forward):
        raise NotApplicable("there are not as many predictions as instances")
    if _stable(forward) == _stable(forward[::-1]):
        raise NotApplicable("the instances of the example are answered alike")
    expect(_stable(forward) == _stable(backward[::-1]), "another order gives other predictions")


@clause(f"{REQUIREMENTS}, request requirements, parameters")
def parameters(peer: Peer) -> None:
    """Parameters beside the instances do no harm."""
    _predicted(peer, peer.example.rows)
    expect_status(_predict(peer, parameters={"conform_unknown": 1}), 200)


@clause(f"{REQUIREMENTS}, response requirements, content type")
def json_answer(peer: Peer) -> None:
    """The answer says that it is application/json."""
    answer = _predict(peer)
    if answer.status != 200:
        raise NotApplicable(f"the request itself is answered with {answer.status}")
    expect(answer.kind == "application/json", f"it says {answer.kind or 'nothing'}")


@clause(f"{REQUIREMENTS}, request and response size")
def payload(peer: Peer) -> None:
    """A request of 1.5 MB is taken."""
    body = json.dumps({"instances": peer.example.rows}).encode()
    _predicted(peer, peer.example.rows)
    expect_status(peer.post(peer.predict, body.ljust(PAYLOAD)), 200)  # blanks are JSON, too


@clause(f"{REQUIREMENTS}, response requirements, errors")
def malformed(peer: Peer) -> None:
    """A body that is no JSON is not answered with 200."""
    expect_refusal(peer.post(peer.predict, b'{"instances": ['))


@clause(f"{REQUIREMENTS}, request requirements")
def no_instances(peer: Peer) -> None:
    """A request without instances is not answered with 200."""
    expect_refusal(peer.post_json(peer.predict, {"parameters": {}}))


def _predict(peer: Peer, **more: Any) -> Answer:
    return peer.post_json(peer.predict, {"instances": peer.example.rows, **more})


def _predicted(peer: Peer, instances: list[Any]) -> list[Any]:
    told = answered(peer.post_json(peer.predict, {"instances": instances}))
    found = told.get("predictions") if isinstance(told, dict) else None
    if not isinstance(found, list):
        raise NotApplicable("there are no predictions")
    return found


def _stable(found: list[Any]) -> list[Any]:
    """What is predicted; identifiers differ from answer to answer."""
    return [_without_ids(one) for one in found]


def _without_ids(one: Any) -> Any:
    return {name: value for name, value in one.items() if name[-2:] != "id"} if isinstance(one, dict) else one
