"""``detectory serve``: promoted versions over HTTP."""

from __future__ import annotations

import click

from detectory.cli.grammar import Command
from detectory.cli.session import Session


@click.command("serve", cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--host", metavar="ADDRESS", help="Listen there (setting serving.host).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Listen on that port (setting serving.port).",
)
@click.pass_obj
def serve_command(session: Session, names: tuple[str, ...], host: str | None, port: int | None) -> None:
    """Serve the promoted versions of the named detectors, or of all.

    Not ready until every version reproduces its golden rows. Whoever is promoted or rolled back to later
    answers within two seconds, without a restart. In a container of SageMaker, Vertex AI or KServe the
    platform says where to listen, and brings the model.
    """
    from detectory.cli.gate import gate_of
    from detectory.cli.serving import keeper_of, model_place, predictor_of, releases_of
    from detectory.serve import platform
    from detectory.serve.run import serve
    from detectory.version import __version__

    there = platform.found(session.environment)
    given = {"serving.host": host, "serving.port": port}
    wanted = tuple(f"{key}={value}" for key, value in given.items() if value is not None)
    session.pairs = (*there.settings(), *session.pairs, *wanted)
    home = session.workspace()
    place = model_place(home, names, brought=there.model)
    serve(
        predictor_of(home, names, place),
        serving=home.settings.serving,
        version=__version__,
        releases=None if place else releases_of(home),
        platform=there,
        keeper=keeper_of(home),
        gate=gate_of(home, session.environment),
        otel=home.settings.otel,
    )
