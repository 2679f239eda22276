"""Open Inference Protocol V2 over HTTP: what KServe, Triton, MLServer and their clients rely on."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from detectory.conform.clauses import answered, clause, expect, expect_status
from detectory.conform.peer import Answer, NotApplicable, Peer
from detectory.conform.tensors import DATATYPES, expect_error, expect_members, flat, kinds_of, nested, type_of

SPECIFICATION = "kserve/open-inference-protocol, inference_rest.md"
KSERVE = "kserve/kserve, protocol/rest/v2_endpoints.py"
MLSERVER = "SeldonIO/MLServer, user guide, Content Types"
Json = dict[str, Any]


@clause(f"{SPECIFICATION}, Server Live")
def live(peer: Peer) -> None:
    """GET /v2/health/live answers 200."""
    expect_status(peer.get("/v2/health/live"), 200)


@clause(f"{SPECIFICATION}, Server Ready")
def ready(peer: Peer) -> None:
    """GET /v2/health/ready answers 200 when every model can answer."""
    expect_status(peer.get("/v2/health/ready"), 200)


@clause(f"{SPECIFICATION}, Server Metadata")
def server_metadata(peer: Peer) -> None:
    """GET /v2 tells name, version and extensions."""
    answer = peer.get("/v2")
    expect_status(answer, 200)
    told = answer.json()
    expect_members(told, {"name": str, "version": str, "extensions": list})


@clause(f"{SPECIFICATION}, Model Metadata")
def model_metadata(peer: Peer) -> None:
    """GET /v2/models/M tells name, platform, inputs and outputs."""
    answer = peer.get(_model(peer))
    expect_status(answer, 200)
    expect_members(answer.json(), {"name": str, "platform": str, "inputs": list, "outputs": list})


@clause(f"{SPECIFICATION}, Model Metadata, $metadata_tensor")
def metadata_tensors(peer: Peer) -> None:
    """Each input and output of the metadata has a name, a datatype of the protocol and a shape."""
    told = answered(peer.get(_model(peer)))
    for tensor in [*told.get("inputs", []), *told.get("outputs", [])]:
        expect_members(tensor, {"name": str, "datatype": str, "shape": list})
        expect(tensor["datatype"] in DATATYPES, f"there is no datatype {tensor['datatype']!r}")


@clause(f"{SPECIFICATION}, Model Ready")
def model_ready(peer: Peer) -> None:
    """GET /v2/models/M/ready answers 200."""
    expect_status(peer.get(f"{_model(peer)}/ready"), 200)


@clause(f"{SPECIFICATION}, Model Metadata, versions")
def version_metadata(peer: Peer) -> None:
    """GET /v2/models/M/versions/V tells the same model, for every version listed."""
    for version in _versions(peer):
        answer = peer.get(f"{_model(peer)}/versions/{version}")
        expect_status(answer, 200)
        expect(answer.json().get("name") == peer.example.model, "it tells another model's name")


@clause(f"{SPECIFICATION}, Model Ready, versions")
def version_ready(peer: Peer) -> None:
    """GET /v2/models/M/versions/V/ready answers 200, for every version listed."""
    for version in _versions(peer):
        expect_status(peer.get(f"{_model(peer)}/versions/{version}/ready"), 200)


@clause(f"{KSERVE}, GET /v2/models")
def model_list(peer: Peer) -> None:
    """GET /v2/models, where it is offered, lists the model."""
    answer = peer.get("/v2/models")
    if answer.status == 404:
        raise NotApplicable("it is not offered")
    expect(peer.example.model in answer.json().get("models", []), "the model is not listed")


@clause(f"{SPECIFICATION}, Inference")
def infer(peer: Peer) -> None:
    """POST /v2/models/M/infer answers 200 with the model's name and outputs."""
    answer = _infer(peer)
    expect_status(answer, 200)
    expect_members(answer.json(), {"model_name": str, "outputs": list})


@clause(f"{SPECIFICATION}, Inference, $response_output")
def output_members(peer: Peer) -> None:
    """Each output has a name, a shape, a datatype of the protocol and data."""
    for output in _outputs(_infer(peer)):
        expect_members(output, {"name": str, "shape": list, "datatype": str, "data": list})
        expect(output["datatype"] in DATATYPES, f"there is no datatype {output['datatype']!r}")


@clause(f"{SPECIFICATION}, Tensor Data")
def output_shapes(peer: Peer) -> None:
    """The data of each output fill its shape."""
    for output in _whole(peer):
        held, wanted = len(flat(output["data"])), math.prod(output["shape"])
        expect(held == wanted, f"{output['name']!r} holds {held} values, its shape {wanted}")


@clause(f"{SPECIFICATION}, Tensor Data Types")
def output_values(peer: Peer) -> None:
    """The data of each output are of its datatype; null stands for NaN among floats."""
    for output in _whole(peer):
        kinds = kinds_of(output["datatype"])
        stray = [value for value in flat(output["data"]) if type(value) not in kinds]
        expect(not stray, f"{output['name']!r} is {output['datatype']} and holds a {type_of(stray)}")


@clause(f"{SPECIFICATION}, Inference, id")
def identifier(peer: Peer) -> None:
    """The id of a request comes back with its answer."""
    told = answered(_infer(peer, id="conform-42"))
    expect(told.get("id") == "conform-42", f"the id that comes back is {told.get('id')!r}")


@clause(f"{SPECIFICATION}, Inference, model_version")
def version_infer(peer: Peer) -> None:
    """POST /v2/models/M/versions/V/infer is answered by that version, for every version listed."""
    for version in _versions(peer):
        answer = peer.post_json(f"{_model(peer)}/versions/{version}/infer", peer.example.request)
        expect_status(answer, 200)
        found = answer.json().get("model_version")
        expect(found == version, f"version {version} was asked, {found!r} answers")


@clause(f"{SPECIFICATION}, Tensor Data, nested and flat")
def nested_data(peer: Peer) -> None:
    """Nested and flat data of the same values are answered alike."""
    inputs = peer.example.request["inputs"]
    if all(len(tensor["shape"]) < 2 for tensor in inputs):
        raise NotApplicable("the inputs of the example have one axis")
    as_flat = [{**tensor, "data": flat(tensor["data"])} for tensor in inputs]
    as_nested = [{**tensor, "data": nested(flat(tensor["data"]), tensor["shape"])} for tensor in inputs]
    one, other = answered(_infer(peer, inputs=as_flat)), _infer(peer, inputs=as_nested)
    expect_status(other, 200)
    expect(_data(one) == _data(other.json()), "they are answered differently")


@clause(f"{SPECIFICATION}, Inference, outputs")
def chosen_outputs(peer: Peer) -> None:
    """Where a request names outputs, these alone come."""
    names = [output["name"] for output in _whole(peer)]
    if len(names) < 2:
        raise NotApplicable("the model has one output")
    told = answered(_infer(peer, outputs=[{"name": names[-1]}]))
    found = [output["name"] for output in told["outputs"]]
    expect(found == [names[-1]], f"{names[-1]!r} was asked for, {found} came")


@clause(f"{SPECIFICATION}, Inference, parameters")
def parameters(peer: Peer) -> None:
    """A parameter that the server does not know does no harm."""
    expect_status(_infer(peer, parameters={"conform_unknown": True}), 200)


@clause(f"{MLSERVER}, pd")
def table(peer: Peer) -> None:
    """A table may be sent as a column an input, with the content type 'pd'."""
    if any(math.prod(tensor["shape"][1:]) != 1 for tensor in peer.example.request["inputs"]):
        raise NotApplicable("the inputs of the example are no columns")
    expect_status(_infer(peer, parameters={"content_type": "pd"}), 200)


@clause(f"{SPECIFICATION}, Inference, errors")
def unknown_model(peer: Peer) -> None:
    """A model that there is not is refused with {"error": …}."""
    expect_error(peer.post_json("/v2/models/conform-no-such-model/infer", peer.example.request))


@clause(f"{SPECIFICATION}, Inference, errors")
def unknown_version(peer: Peer) -> None:
    """A version that there is not is refused with {"error": …}."""
    answer = peer.post_json(f"{_model(peer)}/versions/999999/infer", peer.example.request)
    expect_error(replace(answer, status=400) if answer.status == 501 else answer)  # KServe has no versions


@clause(f"{SPECIFICATION}, Inference, errors")
def malformed(peer: Peer) -> None:
    """A body that is no JSON is refused with {"error": …}."""
    expect_error(peer.post(f"{_model(peer)}/infer", b'{"inputs": ['))


@clause(f"{SPECIFICATION}, Inference, $request_input")
def no_inputs(peer: Peer) -> None:
    """A request without inputs is refused with {"error": …}."""
    expect_error(peer.post_json(f"{_model(peer)}/infer", {"id": "1"}))


@clause(f"{SPECIFICATION}, Tensor Data")
def wrong_shape(peer: Peer) -> None:
    """Data that do not fill their shape are refused with {"error": …}."""
    first, *rest = peer.example.request["inputs"]
    shape = [size + 1 for size in first["shape"]]
    expect_error(_infer(peer, inputs=[{**first, "shape": shape}, *rest]))


@clause(f"{SPECIFICATION}, Tensor Data Types")
def wrong_datatype(peer: Peer) -> None:
    """A datatype that there is not is refused with {"error": …}."""
    first, *rest = peer.example.request["inputs"]
    expect_error(_infer(peer, inputs=[{**first, "datatype": "CONFORM"}, *rest]))


def _model(peer: Peer) -> str:
    return f"/v2/models/{peer.example.model}"


def _infer(peer: Peer, **changes: Any) -> Answer:
    return peer.post_json(f"{_model(peer)}/infer", {**peer.example.request, **changes})


def _versions(peer: Peer) -> list[str]:
    versions: list[str] = answered(peer.get(_model(peer))).get("versions") or []
    if not versions:
        raise NotApplicable("the metadata list no version")
    return versions


def _outputs(answer: Answer) -> list[Json]:
    outputs = answered(answer).get("outputs")
    if not isinstance(outputs, list):
        raise NotApplicable("there are no outputs")
    return outputs


def _whole(peer: Peer) -> list[Json]:
    """Outputs that have all their members: that they have is another clause."""
    outputs = _outputs(_infer(peer))
    if any({"name", "shape", "datatype", "data"} - set(output) for output in outputs):
        raise NotApplicable("an output lacks a member")
    return outputs


def _data(told: Json) -> dict[str, Any]:
    """What is answered; identifiers differ from answer to answer."""
    return {one["name"]: flat(one["data"]) for one in told["outputs"] if not one["name"].endswith("id")}
