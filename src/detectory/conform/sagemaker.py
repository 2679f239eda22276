"""Amazon SageMaker: what real-time, serverless and batch inference ask of a container."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectory.conform.clauses import answered, clause, expect, expect_refusal, expect_status
from detectory.conform.peer import Answer, NotApplicable, Peer

HOSTING = "SageMaker developer guide, Use Your Own Inference Code with Hosting Services"
BATCH = "SageMaker developer guide, Use Your Own Inference Code with Batch Transform"
SERVERLESS = "SageMaker developer guide, Serverless Inference"
API = "SageMaker API reference, InvokeEndpoint"
CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
VISIBLE = re.compile(r"[\x20-\x7e]{0,1024}")
ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
CONNECT_S, PING_S, START_S, ANSWER_S, STOP_S = 0.25, 2, 4 * 60, 60, 30
PAYLOAD = 4 << 20  # of a serverless endpoint, the smallest there is


@clause(f"{HOSTING}, health check")
def ping(peer: Peer) -> None:
    """GET /ping answers 200 when the container is ready; its body does not matter."""
    expect_status(peer.get("/ping"), 200)


@clause(f"{HOSTING}, health check")
def ping_in_time(peer: Peer) -> None:
    """GET /ping answers within 2 seconds."""
    took = peer.get("/ping").seconds
    expect(took <= PING_S, f"it took {took:.1f} s")


@clause(f"{HOSTING}, inference requests, 250 milliseconds")
def socket_in_time(peer: Peer) -> None:
    """A connection is accepted within 250 milliseconds."""
    took = peer.get("/ping").connect_s
    expect(took <= CONNECT_S, f"it took {took * 1e3:.0f} ms")


@clause(f"{HOSTING}, inference requests")
def csv(peer: Peer) -> None:
    """POST /invocations takes text/csv."""
    expect_status(_invoke(peer, CSV), 200)


@clause(f"{HOSTING}, inference requests")
def json(peer: Peer) -> None:
    """POST /invocations takes application/json."""
    expect_status(_invoke(peer, JSON), 200)


@clause(f"{HOSTING}, inference requests")
def json_lines(peer: Peer) -> None:
    """POST /invocations takes application/jsonlines."""
    expect_status(_invoke(peer, JSON_LINES), 200)


@clause(f"{HOSTING}, inference requests, Accept")
def accept_csv(peer: Peer) -> None:
    """Where text/csv is accepted, that is what comes."""
    _expect_kind(_accepting(peer, CSV), CSV)


@clause(f"{HOSTING}, inference requests, Accept")
def accept_json(peer: Peer) -> None:
    """Where application/json is accepted, that is what comes."""
    _expect_kind(_accepting(peer, JSON), JSON)


@clause(f"{BATCH}, splitting and assembling by line")
def line_for_line(peer: Peer) -> None:
    """CSV without a header is answered with one line a line, in CSV."""
    answer = _invoke(peer, CSV, accept=CSV)
    if answer.status != 200 or answer.kind != CSV:
        raise NotApplicable("it is not answered in CSV")
    sent, came = peer.example.bodies[CSV], answer.body
    expect(_lines(sent) == _lines(came), f"{_lines(sent)} lines were sent, {_lines(came)} came")


@clause(f"{BATCH}, splitting by line")
def last_line(peer: Peer) -> None:
    """It makes no difference whether the last line ends."""
    body = peer.example.bodies.get(CSV)
    if body is None or _invoke(peer, CSV).status != 200:
        raise NotApplicable("there is no example in CSV that is answered")
    ended, open_ended = body.rstrip(b"\n") + b"\n", body.rstrip(b"\n")
    for one in (ended, open_ended):
        answer = peer.post("/invocations", one, CSV)
        expect_status(answer, 200)


@clause(f"{HOSTING}, inference requests, 60 seconds")
def answer_in_time(peer: Peer) -> None:
    """POST /invocations answers within 60 seconds."""
    for answer in _answers(peer):
        expect(answer.seconds <= ANSWER_S, f"it took {answer.seconds:.0f} s")


@clause(f"{API}, headers")
def unknown_headers(peer: Peer) -> None:
    """A header that the container does not know does no harm."""
    for kind, body in peer.example.bodies.items():
        if peer.post("/invocations", body, kind).status == 200:
            expect_status(peer.post("/invocations", body, kind, x_conform_unknown="1"), 200)


@clause(f"{API}, CustomAttributes")
def custom_attributes(peer: Peer) -> None:
    """Custom attributes that come back are at most 1024 visible ASCII characters."""
    kind, body = next(iter(peer.example.bodies.items()))
    answer = peer.post("/invocations", body, kind, x_amzn_sagemaker_custom_attributes="trace=conform")
    if ATTRIBUTES not in answer.headers:
        raise NotApplicable("none come back")
    expect(VISIBLE.fullmatch(answer.headers[ATTRIBUTES]) is not None, "InvokeEndpoint would refuse them")


@clause(f"{HOSTING}, inference requests, errors")
def malformed(peer: Peer) -> None:
    """A body that is no JSON is the caller's fault: 4xx, not a failure of the model."""
    expect_refusal(peer.post("/invocations", b'{"instances": [', JSON))


@clause(f"{HOSTING}, inference requests, ContentType")
def unknown_kind(peer: Peer) -> None:
    """A content type that is not taken is the caller's fault."""
    expect_refusal(peer.post("/invocations", b"\x00", "application/x-conform"))


@clause(f"{SERVERLESS}, maximum payload")
def payload(peer: Peer) -> None:
    """A payload of 4 MB is taken."""
    body = peer.example.bodies.get(JSON)
    if body is None or _invoke(peer, JSON).status != 200:
        raise NotApplicable("there is no example in JSON that is answered")
    expect_status(peer.post("/invocations", body.ljust(PAYLOAD), JSON), 200)  # blanks are JSON, too


@clause(f"{BATCH}, GET /execution-parameters")
def execution_parameters(peer: Peer) -> None:
    """GET /execution-parameters, where it is offered, tells concurrency, strategy and payload."""
    answer = peer.get("/execution-parameters")
    if answer.status == 404:
        raise NotApplicable("it is not offered")
    told = answer.json()
    for name in ("MaxConcurrentTransforms", "MaxPayloadInMB"):
        expect(type(told.get(name)) is int and told[name] > 0, f"{name} is {told.get(name)!r}")
    expect(told.get("BatchStrategy") in ("SINGLE_RECORD", "MULTI_RECORD"), "there is no such BatchStrategy")


@clause(f"{HOSTING}, health check, 4 minutes")
def start_in_time(peer: Peer) -> None:
    """The container is ready within 4 minutes of its start."""
    if peer.started is None:
        raise NotApplicable("the server was not started for this")
    expect(peer.started.ready_s <= START_S, f"it took {peer.started.ready_s:.0f} s")


@clause(f"{HOSTING}, how SageMaker stops a container")
def stop_in_time(peer: Peer) -> None:
    """SIGTERM ends the container within 30 seconds, before SIGKILL does."""
    if peer.started is None:
        raise NotApplicable("the server was not started for this")
    took, by_itself = peer.started.stop()
    expect(by_itself and took <= STOP_S, f"it had to be killed after {took:.0f} s")


def _invoke(peer: Peer, kind: str, **headers: str) -> Answer:
    if kind not in peer.example.bodies:
        raise NotApplicable(f"there is no example in {kind}")
    return peer.post("/invocations", peer.example.bodies[kind], kind, **headers)


def _answers(peer: Peer) -> Iterator[Answer]:
    return (peer.post("/invocations", body, kind) for kind, body in peer.example.bodies.items())


def _accepting(peer: Peer, kind: str) -> list[Answer]:
    bodies = peer.example.bodies.items()
    found = [peer.post("/invocations", body, sent, accept=kind) for sent, body in bodies]
    if not any(answer.status == 200 for answer in found):
        raise NotApplicable("no example is answered")
    return [answer for answer in found if answer.status == 200]


def _expect_kind(answers: list[Answer], kind: str) -> None:
    for answer in answers:
        expect(answer.kind == kind, f"{answer.kind or 'nothing'} came")
        if kind == JSON:
            answered(answer)


def _lines(body: bytes) -> int:
    return len(body.rstrip(b"\r\n").splitlines())
