"""Every clause holds for our server, and a server that breaks one breaks that one alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from detectory.conform import mlflow, sagemaker, v2, vertex
from detectory.conform.clauses import clauses_of, findings
from detectory.conform.examples import of_fields
from detectory.conform.peer import Answer, Headers, Peer, Send, Started
from detectory.runtime import Scorer
from detectory.serve.app import create_app
from detectory.serve.predictor import Predictor
from detectory.settings import Serving
from tests.conform import broken_clauses
from tests.conform.faults import Fault, at, broken, status
from tests.serve.conftest import asking, dga_folder, key, scorer  # noqa: F401  # fixtures

CONTRACTS: dict[ModuleType, Mapping[str, Fault]] = {
    v2: broken_clauses.V2,
    sagemaker: broken_clauses.SAGEMAKER,
    vertex: broken_clauses.VERTEX,
    mlflow: broken_clauses.MLFLOW,
}
FIELDS = {"domain": {"type": "string", "example": "x1y2z3w4.com"}}
GOOD = Started(1, lambda: (1, True))


@pytest.fixture(scope="module")
def send(scorer: Scorer) -> Send:  # noqa: F811
    """Our server in this process; the same request is asked once."""
    predictor = Predictor({"dga": lambda: scorer})
    predictor.load()
    ask = asking(create_app(predictor, serving=Serving(), version="1.2.3"))

    @cache
    def once(method: str, path: str, body: bytes, headers: tuple[tuple[str, str], ...]) -> Answer:
        answer = ask(method, path, content=body, headers=dict(headers))
        return Answer(answer.status_code, dict(answer.headers), answer.content)

    def of(method: str, path: str, body: bytes, headers: Headers) -> Answer:
        return once(method, path, body, tuple(headers.items()))

    return of


def outcomes(contract: ModuleType, send: Send, started: Started | None = GOOD) -> dict[str, str]:
    """Clause → outcome."""
    peer = Peer(send, of_fields("dga", FIELDS), started=started)
    return {one.clause: f"{one.outcome} {one.why}".strip() for one in findings(contract, peer)}


def name_of(contract: ModuleType) -> str:
    return contract.__name__.rpartition(".")[2]


@pytest.mark.parametrize("contract", CONTRACTS, ids=name_of)
def test_our_server_keeps_every_clause(contract: ModuleType, send: Send) -> None:
    assert set(outcomes(contract, send).values()) == {"passed"}


@pytest.mark.parametrize(
    ("contract", "name"),
    [(contract, name) for contract, known in CONTRACTS.items() for name in known],
    ids=lambda value: value if isinstance(value, str) else name_of(value),
)
def test_a_server_that_breaks_a_clause_breaks_that_one_alone(
    contract: ModuleType, name: str, send: Send
) -> None:
    found = outcomes(contract, broken(send, CONTRACTS[contract][name]))

    assert [clause for clause, outcome in found.items() if outcome.startswith("failed")] == [name]


@pytest.mark.parametrize("name", broken_clauses.SLOW)
def test_a_server_that_starts_or_stops_too_late_breaks_that_clause_alone(name: str, send: Send) -> None:
    found = outcomes(sagemaker, send, broken_clauses.SLOW[name])

    assert [clause for clause, outcome in found.items() if outcome.startswith("failed")] == [name]


@pytest.mark.parametrize("contract", CONTRACTS, ids=name_of)
def test_every_clause_says_what_it_asks_and_who_asks_it_and_has_a_fault(contract: ModuleType) -> None:
    clauses = clauses_of(contract)

    assert all(one.text.endswith(".") and ", " in one.source for one in clauses)
    slow = broken_clauses.SLOW if contract is sagemaker else {}
    assert {one.name for one in clauses} == {*CONTRACTS[contract], *slow}


def test_what_is_not_offered_is_not_applicable(send: Send) -> None:
    away = Fault(at("/execution-parameters"), status(404))
    found = outcomes(sagemaker, broken(send, away), started=None)

    assert found["execution_parameters"] == "not applicable it is not offered"
    assert found["stop_in_time"] == "not applicable the server was not started for this"


def test_the_page_of_contracts_names_every_address_that_a_clause_asks(root: Path) -> None:
    page = (root / "docs/reference/contracts.md").read_text()

    for path in ("/v2/health/live", "/invocations", "/ping", "/execution-parameters", "$AIP_PREDICT_ROUTE"):
        assert path in page
