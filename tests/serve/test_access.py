"""Every address of the app, by every method: public, or nothing without a key that has its scope."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from detectory.apikey import SCOPES
from detectory.errors import NoSuchRoute
from detectory.ledger.database import Database
from detectory.ledger.keeper import Keeper
from detectory.serve.access import PUBLIC, TABLE, Access
from detectory.serve.app import App, create_app
from detectory.serve.platform import Platform
from detectory.serve.predictor import Predictor
from detectory.settings import Limits, Serving
from tests.serve import templates
from tests.serve.conftest import asking
from tests.serve.gates import Shelf, gate_of

HERE = Platform()
NEEDS = {**TABLE, HERE.health_route: PUBLIC, HERE.predict_route: "predict"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


def bare() -> App:
    return create_app(Predictor({}), serving=Serving(), version="0", keeper=Keeper(Database("none.db")))


def path_of(template: str) -> str:
    """An address of that template."""
    return re.sub(r"\{\w+\}", "1", template)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="module")
def closed(
    shelf: Shelf, predictor: Predictor, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., httpx.Response]:
    """An app that has a key for each scope."""
    shelf.held = {scope: shelf.add(scope) for scope in SCOPES}  # type: ignore[attr-defined]  # for these tests
    gate = gate_of(shelf, limits=Limits(anonymous=0))
    ledger = str(tmp_path_factory.mktemp("ledger") / "ledger.db")
    return asking(
        create_app(predictor, serving=Serving(), version="0", gate=gate, keeper=Keeper(Database(ledger)))
    )


@pytest.mark.parametrize("template", sorted(templates.of(bare())))
def test_an_address_needs_a_key_with_its_scope_or_is_public(
    template: str, shelf: Shelf, closed: Callable[..., httpx.Response]
) -> None:
    path, scope = path_of(template), NEEDS[template]
    for method in METHODS:
        if scope == PUBLIC:
            assert closed(method, path).status_code not in (401, 403)
            continue
        refused = closed(method, path)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="detectory"')
        for other, text in shelf.held.items():  # type: ignore[attr-defined]  # made above
            status = closed(method, path, headers={"authorization": f"Bearer {text}"}).status_code
            assert (status == 403) == (other != scope), (method, other)
            assert status != 401


def test_the_table_names_no_address_that_there_is_not() -> None:
    assert set(TABLE) <= templates.of(bare())


def test_the_public_addresses_are_these() -> None:
    public = {template for template, scope in TABLE.items() if scope == PUBLIC}
    assert {path for path in public if not path.startswith(("/docs", "/v2"))} == {
        "/", "/livez", "/healthz", "/startupz", "/readyz", "/openapi.json", "/ping",
        "/version", "/execution-parameters", "/v1/models/{name}",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["", "/v1", "/v1/detectors/", "/v1/detectors/a/b/score", "/livez/", "//livez"]
)
def test_an_address_that_nobody_thought_of_is_not_let_through(path: str) -> None:
    with pytest.raises(NoSuchRoute, match="nothing is answered"):
        Access().scope_of(path)


def test_the_documentation_can_be_left_out(predictor: Predictor) -> None:
    ask = asking(create_app(predictor, serving=Serving(docs=False), version="0"))

    assert [ask("GET", path).status_code for path in ("/", "/docs", "/openapi.json")] == [404, 404, 404]
    assert ask("GET", "/livez").status_code == 200
