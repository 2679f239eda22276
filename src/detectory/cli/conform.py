"""``detectory conform``: hold a server to a contract, clause by clause."""

from __future__ import annotations

from pathlib import Path

import click

from detectory.cli.grammar import Command
from detectory.cli.session import Session

CONTRACTS = ("sagemaker", "vertex", "v2", "mlflow")


@click.command("conform", cls=Command)
@click.argument("contract", type=click.Choice(CONTRACTS))
@click.argument("url", required=False)
@click.option(
    "--detector", metavar="NAME", default="", help="Ask for this detector, or model of another server."
)
@click.option(
    "--example",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A request that the server answers; needed where it is not Detectory's.",
)
@click.option(
    "--key", metavar="REFERENCE", default="", help="API key to show, as env:NAME or file:PATH holds it."
)
@click.pass_obj
def conform_command(
    session: Session, contract: str, url: str | None, detector: str, example: Path | None, key: str
) -> None:
    """Hold the server at URL to every clause of a contract; without URL one of this workspace.

    Of Vertex AI the routes are AIP_HEALTH_ROUTE and AIP_PREDICT_ROUTE, or /health and /predict. Leaves with
    exit code 5 when a clause does not hold.
    """
    from detectory.cli import conforming
    from detectory.cli.table import table
    from detectory.errors import ContractBroken

    with conforming.peer(session, contract, url, detector, example, key=key) as peer:
        found = [one.as_dict() for one in conforming.findings(contract, peer)]
    session.answer(
        {"contract": contract, "findings": found}, table(found, ("outcome", "clause", "text", "why"))
    )
    counts = {word: sum(one["outcome"] == word for one in found) for word in ("passed", "failed")}
    session.say(f"{counts['passed']} clauses hold, {counts['failed']} do not")
    if broken := [one["clause"] for one in found if one["outcome"] == "failed"]:
        raise ContractBroken(contract, broken=broken)
    if url is None:
        session.next("detectory serve")
