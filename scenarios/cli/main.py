"""The command `rezone`: which commands there are, and how errors reach people."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from optimizer.errors import InputError
from scenarios.cli import commands
from scenarios.cli.bands import bands
from scenarios.cli.bound import bound
from scenarios.cli.compare import compare
from scenarios.cli.doubts import hear_doubts
from scenarios.cli.explain import explain
from scenarios.cli.export import export
from scenarios.cli.frontier import frontier
from scenarios.cli.publish import publish
from scenarios.cli.report import report
from scenarios.cli.rfp import rfp
from scenarios.cli.run import run
from scenarios.cli.score import score
from scenarios.cli.sensitivity import sensitivity
from scenarios.cli.transition import transition
from scenarios.cli.verify import verify
from scenarios.plugins import plugin_fault
from scenarios.version import rezone_version

# Commands of later versions: they say so instead of being unknown, and what to do until then.
LATER = {
    "serve": "Until then: keep blocks with the rule lock (--rule), and measure plans that you draw with rezone score",
    "import": "Until then: make the folder with GIS and a spreadsheet, as docs/files.md has it",
    "travel": "Until then: put a travel.csv into the folder, as docs/files.md has it; without it, straight lines count",
    "ensemble": "Until then: compare with today's zones and the nearest-school plan, which rezone optimize prints",
}

app = typer.Typer(
    name="rezone",
    help="School attendance zones that even out exposure to poverty, within seats, travel and other limits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"rezone {rezone_version()}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    """School attendance zones that even out exposure to poverty, within seats, travel and other limits.

    A first try: rezone demo. Then, on a folder of your own: rezone check DISTRICT, and
    rezone optimize DISTRICT --out DIR.
    """
    hear_doubts()


COMMANDS = (
    commands.demo,
    commands.check,
    commands.evaluate,
    commands.optimize,
    bound,
    verify,
    explain,
    sensitivity,
    frontier,
    transition,
    bands,
    run,
    report,
    compare,
    score,
    export,
    publish,
    rfp,
    commands.generate,
)
for _command in COMMANDS:
    app.command()(_command)


def _later(name: str) -> None:
    @app.command(
        name,
        hidden=True,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def run(context: typer.Context) -> None:
        raise InputError(commands.not_there_yet(name, LATER[name]))


for _name in LATER:
    _later(_name)


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 the answer is no, 2 the input or the call is wrong."""
    try:
        app()
    except InputError as error:
        for fault in error.faults:
            typer.echo(f"error: {fault}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("stopped before there was a plan", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone: leave quietly, and keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        own = plugin_fault(error)
        if own is None:
            raise
        typer.echo(f"error: {own}", err=True)
        sys.exit(2)
