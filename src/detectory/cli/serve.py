"""``detectory serve``: promoted versions over HTTP."""

from __future__ import annotations

import click

from detectory.cli.grammar import Command
from detectory.cli.session import Session


@click.command("serve", cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--host", metavar="ADDRESS", help="Listen there (setting serving.host).")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on that port (setting serving.port).")
@click.pass_obj
def serve_command(session: Session, names: tuple[str, ...], host: str | None, port: int | None) -> None:
    """Serve the promoted versions of the named detectors, or of all.

    Not ready until every version reproduces its golden rows. Whoever is promoted or rolled back to later
    answers within two seconds, without a restart.
    """
    from detectory.cli.serving import predictor_of, releases_of
    from detectory.serve.run import serve
    from detectory.version import __version__

    given = {"serving.host": host, "serving.port": port}
    session.pairs += tuple(f"{key}={value}" for key, value in given.items() if value is not None)
    home = session.workspace()
    predictor, releases = predictor_of(home, names), releases_of(home)
    serve(predictor, serving=home.settings.serving, version=__version__, releases=releases)
