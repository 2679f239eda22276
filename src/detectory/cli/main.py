"""The entry of ``detectory``: global options, the list of commands, and what an error becomes.

Exit codes: 0 done, 1 a bug, 2 … 9 as `detectory.errors` draws them, 130 interrupted, 141 nobody reads.
"""

from __future__ import annotations

import os
import sys

import click

from detectory import failpoints
from detectory.cli.grammar import LazyGroup, Listed, unpacked
from detectory.cli.session import Session

LISTING = {
    "new": Listed("new", "Make a detector of your own from a table."),
    "run": Listed("run", "Make, judge, sign and promote a version, from source."),
    "train": Listed("train", "Fit candidates, all or one, without search."),
    "tune": Listed("tune", "Search for better parameters of candidates."),
    "compress": Listed("compress", "Make candidates smaller and faster, and show what ships."),
    "evaluate": Listed("evaluate", "Judge a version on your own labelled file."),
    "threshold": Listed("threshold", "Certify the threshold on your own benign rows."),
    "runs": Listed("runs", "List, show, compare, send and remove what runs left in the journal."),
    "report": Listed("report", "Show what a version was judged on, and how it did."),
    "score": Listed("score", "Score the rows of a file or of standard input."),
    "serve": Listed("serve", "Serve promoted versions over HTTP."),
    "conform": Listed("conform", "Hold a server to a platform's contract."),
    "models": Listed("models", "List, promote, check, move and sign versions."),
    "replay": Listed("replay", "Answer rows again with another version, before it serves."),
    "canary": Listed("canary", "Try a version beside the champion that serves."),
    "keys": Listed("keys", "Make, list and revoke the keys of callers."),
    "feedback": Listed("feedback", "Give, list, move, take back and purge labels."),
    "list": Listed("detectors", "List the detectors there are."),
    "config": Listed("config", "Show the settings and where they come from."),
    "doctor": Listed("doctor", "Check this installation and workspace."),
    "explain-error": Listed("explain", "Explain an error code."),
}
INTERRUPTED, NOBODY_READS = 130, 141


def _version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if not value or context.resilient_parsing:
        return
    from detectory.version import __version__

    click.echo(f"detectory {__version__}")
    context.exit()


@click.group(
    cls=LazyGroup,
    listing=LISTING,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
@click.pass_context
def cli(context: click.Context) -> None:
    """Detectory: detectors from raw telemetry to a guarded endpoint.

    Without a command it says the next sensible step.
    """
    if context.invoked_subcommand is None:
        from detectory.cli.step import show_step

        show_step(context.ensure_object(Session))


def main() -> None:
    """Run the command line and leave with its exit code."""
    if "_DETECTORY_COMPLETE" in os.environ:  # a shell asks for completions; click answers it
        cli.main(prog_name="detectory")
    session = Session(environment=os.environ)
    sys.exit(answered(sys.argv[1:], session))


def answered(arguments: list[str], session: Session) -> int:
    """Run one command; every outcome becomes an exit code and a sentence, never a traceback."""
    try:
        failpoints.arm(session.environment.get(failpoints.VARIABLE, ""))
        with cli.make_context("detectory", unpacked(arguments), obj=session) as context:
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as asked:
        session.complain(asked.format_message())
        return asked.exit_code
    except (KeyboardInterrupt, EOFError, click.Abort):
        session.complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # what is still buffered has no reader; without this the interpreter complains at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except Exception as error:  # noqa: BLE001  # the one place where everything is answered
        from detectory.cli.failure import told

        return told(error, arguments, session)
    return 0


if __name__ == "__main__":
    main()
