"""The command `rezone`: which commands there are, and how errors reach people."""

from __future__ import annotations

import functools
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from optimizer.errors import LINE, Fault, InputError, cut
from scenarios import interrupts
from scenarios.asking.plugins import plugin_fault
from scenarios.cli import commands
from scenarios.cli.bands import bands
from scenarios.cli.bound import bound
from scenarios.cli.calls import Command
from scenarios.cli.compare import compare
from scenarios.cli.explain import explain
from scenarios.cli.export import export
from scenarios.cli.forecast import forecast
from scenarios.cli.frontier import frontier
from scenarios.cli.importing import import_
from scenarios.cli.publish import publish
from scenarios.cli.repair import repair
from scenarios.cli.report import report
from scenarios.cli.rfp import rfp
from scenarios.cli.run import run
from scenarios.cli.score import score
from scenarios.cli.sensitivity import sensitivity
from scenarios.cli.serve import serve
from scenarios.cli.streams import hear_doubts, prepare
from scenarios.cli.transition import transition
from scenarios.cli.travel import travel
from scenarios.cli.verify import verify
from scenarios.version import rezone_version
from scenarios.writing.files import IMPOSSIBLE, MADE, OutputError, leave_nothing

# Commands of later versions: they say so instead of being unknown, and what to do until then.
LATER = {
    "why": "Until then: rezone evaluate and the map of rezone report say what a plan does where",
    "ensemble": "Until then: compare with today's zones and the nearest-school plan, which rezone optimize prints",
}

# What the system says where a library cannot be loaded, or a thread cannot begin, for want of memory.
NO_MEMORY = ("failed to map segment", "annot allocate memory", "can't start new thread")
TRACEBACK = "REZONE_TRACEBACK"  # set, it shows where in the program a fault arose

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
    repair,
    bound,
    verify,
    explain,
    sensitivity,
    frontier,
    transition,
    bands,
    import_,
    travel,
    forecast,
    run,
    report,
    compare,
    score,
    export,
    publish,
    rfp,
    serve,
    commands.generate,
)


class _Stopped(BaseException):
    """Somebody pressed Ctrl-C."""


def _stopped(command: Callable[..., None]) -> Callable[..., None]:
    """The command, whose KeyboardInterrupt reaches `main`: typer would end without a word."""

    @functools.wraps(command)
    def run(**given: Any) -> None:
        try:
            command(**given)
        except KeyboardInterrupt:
            raise _Stopped from None

    return run


for _command in COMMANDS:
    app.command(_command.__name__.strip("_").replace("_", "-"), cls=Command)(_stopped(_command))


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
    """Run the command line. Exit status: 0 done; 1 the answer is no; 2 the input or the call is wrong; 3 the system
    failed; 130 or 143 stopped before there was a plan."""
    # What calls this from Python keeps its own streams and signals.
    if interrupts.listening() or sys._getframe(1).f_globals.get("__name__") == "__main__":
        interrupts.listen()
        prepare()
    interrupts.begin()
    MADE.clear()
    interrupts.on_leaving(leave_nothing)
    try:
        app()
    except (KeyboardInterrupt, _Stopped):
        leave_nothing()
        typer.echo(interrupts.WORDS, err=True)
        sys.exit(interrupts.STATUS[signal.SIGINT])
    except BaseException as error:
        ended = _in_words(error)
        if ended is None:
            if not isinstance(error, SystemExit) or error.code:
                leave_nothing()
            raise
        leave_nothing()
        status, lines = ended
        for line in lines:
            typer.echo(cut(f"error: {line}", LINE), err=True)
        sys.exit(status)


def _in_words(error: BaseException) -> tuple[int, list[str]] | None:
    """The one place where what a command raises becomes an exit status and words; None where it has spoken itself."""
    own = plugin_fault(error)
    if isinstance(error, InputError):
        return 2, error.lines
    if own is not None:
        return 2, [str(own)]
    if isinstance(error, OSError) and error.errno in IMPOSSIBLE:
        return 2, [str(Fault(str(error.filename), "is a name that no file can have", "Name another path"))]
    if isinstance(error, SystemExit):
        return None
    return 3, [_failure(error)]


def _failure(error: BaseException) -> str:
    """What keeps the system from doing what it is asked."""
    if isinstance(error, OutputError):
        return str(error)
    if isinstance(error, MemoryError) or any(words in str(error) for words in NO_MEMORY):
        return "memory: there is not enough of it. Close other programs, or take a machine that has more"
    if isinstance(error, OSError):
        place = "standard output" if error.filename is None else f"'{error.filename}'"
        return f"{place}: the system failed ({error.strerror or error}). Mend what it says, and repeat the command"
    if os.environ.get(TRACEBACK):
        raise error
    return f"rezone: {_where(error)}. This is a fault of the program: please report it; {TRACEBACK}=1 shows more"


def _where(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}: {text}"
