"""`rezone serve`: the page where a plan is negotiated."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.errors import Fault, InputError
from scenarios import interrupts
from scenarios.cli.flags import SEARCH, Asked, Draws, asks

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from scenarios.paper.words import Words
    from scenarios.table.guard import Access

Answering = tuple["ASGIApp", Callable[[], None], Callable[[], None]]  # what begins once it answers, and what ends it
NEEDED = ("starlette", "uvicorn")
USUAL = "-table"  # ends the name of the folder for plans, where none is asked for


@asks(*SEARCH)
def serve(
    asked: Asked,
    *,
    out: Annotated[
        Path | None, typer.Option(help="The folder of the plans. Default: one beside here, named at the start.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Where to listen; 0 is any that is free. Default: 8642.")
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(help="Listen at this address, for others too: the address printed then holds a token."),
    ] = None,
    language: Annotated[str, typer.Option(help="The page's language: en, es or zh-Hant.")] = "en",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    draws: Draws = None,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only",
            help="For the public: the report of a bundle as rezone publish makes it, kept in the folder; wishes may be "
            "left, and wait for who draws. Nothing else is there.",
        ),
    ] = False,
    addresses: Annotated[
        Path | None, typer.Option(help="Addresses that can be looked up, as rezone report has them.")
    ] = None,
) -> None:
    """Open the table at which a plan is drawn and negotiated: a page for a browser, served from this machine.

    Every edit is kept in the folder at once. Ctrl-C ends it; the next call goes on with what is there.
    """
    _need_extra()
    from scenarios.paper.words import words
    from scenarios.table.holding import Holding
    from scenarios.table.server import access_of, address_of, listening
    from scenarios.table.server import serve as answer
    from scenarios.writing.staging import answer_folder

    t = words(language)
    folder = answer_folder(out or Path(f"{asked.district.resolve().name}{USUAL}"), "serve", asked.district)
    with nullcontext() if read_only else Holding(folder) as held, listening(host or "127.0.0.1", port) as bound:
        access = access_of(bound, host)
        if read_only:
            app, start, close = _public(asked, t, folder, access, addresses)
        else:
            app, start, close = _application(asked, t, folder, access, addresses=addresses, draws=draws or 0)
        address = address_of(access, host)

        def began() -> None:
            interrupts.hold()
            if held is not None:
                held.say(address)
            typer.echo(address)
            if browser:
                webbrowser.open(address)
            start()

        kept = f"the public sees {folder / 'public'}" if read_only else f"plans are kept in {folder}"
        typer.echo(f"{kept}; Ctrl-C ends the server", err=True)
        answer(app, bound, interrupts.stop(), began=began, leaving=close)


def _public(asked: Asked, t: Words, folder: Path, access: Access, addresses: Path | None) -> Answering:
    """What answers the public."""
    from scenarios.table.journal import FILE
    from scenarios.table.proposals import Proposals
    from scenarios.table.public import COOKIE, Shown, public_application, published, with_addresses

    docs = published(folder, asked.read(), asked.settings())
    shown = Shown.of(docs, t.language, with_addresses(docs, addresses))
    proposals = Proposals(folder / FILE)
    app = public_application(shown, proposals, replace(access, cookie=COOKIE), t.language)
    return app, lambda: None, proposals.close


def _application(
    asked: Asked, t: Words, folder: Path, access: Access, *, addresses: Path | None, draws: int
) -> Answering:
    """What answers. Where the district cannot be used, that is one page, which says why."""
    try:
        read = asked.read()
    except InputError as error:
        from scenarios.table.app import unready
        from scenarios.table.static import page

        if not asked.district.is_dir():
            raise
        for line in error.lines:
            typer.echo(f"error: {line}", err=True)
        index = page(t, asked.district.name, "unready.html", lines=error.lines)
        return unready(index, access, t.language), lambda: None, lambda: None
    from concurrent.futures import ThreadPoolExecutor

    from scenarios.drawing.map_data import drawn_shapes

    drawing = ThreadPoolExecutor(1)  # the map, beside all that is imported and laid meanwhile
    if read.geography is not None:
        drawing.submit(drawn_shapes, read.geography)
    drawing.shutdown(wait=False)
    from scenarios.table.app import application
    from scenarios.table.opened import laid

    settings = asked.settings()
    table = laid(read, settings, t.language, folder, draws, source=asked.district, addresses=addresses)
    return application(table, access), table.jobs.start, table.close


def _need_extra() -> None:
    """Raises InputError naming the command that installs what the server is built of."""
    if any(find_spec(name) is None for name in NEEDED):
        mend = "Install it: pip install 'rezone[serve]'"
        raise InputError(Fault("rezone serve", f"needs {' and '.join(NEEDED)}, which are not installed", mend))
