"""`rezone report`: one page that a board, a family and a court can read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from optimizer.errors import Fault, InputError
from scenarios.cli.flags import Asked, Draws, asks

if TYPE_CHECKING:
    from optimizer.district import District
    from scenarios.answer.redraws import Redraws
    from scenarios.paper.words import Words
    from scenarios.report.page import Further
    from scenarios.report.sources import Gathered


@asks("seed", of_one=False)
def report(
    asked: Asked,
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...",
            help="Folders of optimize, run or frontier, plan files, or the district's own folder for today's zones. "
            "Several stand side by side.",
        ),
    ],
    *,
    out: Annotated[Path, typer.Option(help="The page to write, such as report.html.")],
    language: Annotated[str, typer.Option(help="en, es or zh-Hant.")] = "en",
    district: Annotated[
        Path | None, typer.Option(help="The district's folder, for all but folders of optimize.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also write it as PDF; needs Chromium.")] = False,
    paper: Annotated[Literal["letter", "a4"], typer.Option(help="Paper of the PDF.")] = "letter",
    maps: Annotated[Path | None, typer.Option(help="A folder for the maps as SVG, and PNG with Chromium.")] = None,
    addresses: Annotated[
        Path | None, typer.Option(help="Address points to search: a CSV file of address,lon,lat or a layer.")
    ] = None,
    context: Annotated[Path | None, typer.Option(help="Lines to draw on the map, such as streets and rivers.")] = None,
    transition: Annotated[Path | None, typer.Option(help="What rezone transition wrote: when the plan comes.")] = None,
    draws: Draws = None,
) -> None:
    """Write the report of a run, or of several plans beside each other: one page that opens without a network.

    It holds small counts of children and says so; what may be published comes from rezone publish.
    """
    from scenarios.paper.words import words
    from scenarios.report import render
    from scenarios.report.browser import find_chromium
    from scenarios.report.given import Ask
    from scenarios.report.sources import is_district, read_sources
    from scenarios.writing.files import output_file, output_folder, write_text
    from scenarios.writing.staging import writing

    t = words(language)
    district = district or next((source for source in sources if is_district(source)), None)
    apart = [] if district is None else [district]
    output_file(out, *apart)
    if maps is not None:
        output_folder(maps, *apart, flag="--maps")
    asked = replace(asked, folder=district)
    settings, read = asked.settings(), None if district is None else asked.read()
    ask = Ask(settings, _redraws(draws, district, read, settings.options.seed), limited=asked.any)
    found = read_sources(sources, read, ask)
    further = _further(found, (addresses, context, transition), t)
    page = render(found.docs, language=language, further=further)
    with writing(out.parent, None) as new:
        write_text(new / out.name, page)
        if maps is not None:
            with writing(maps, "report", "--maps") as drawn:
                _write_maps(found, drawn, t)
    typer.echo(f"Report: {out}")
    if maps is not None:
        typer.echo(f"Maps: {maps}" + ("" if find_chromium() else " (SVG alone: PNG needs Chromium)"))
    if pdf:
        with writing(out.parent, None) as new:
            _write_pdf(page, (new / out.name).with_suffix(".pdf"), paper)
        typer.echo(f"PDF: {out.with_suffix('.pdf')}")


def _redraws(draws: int | None, folder: Path | None, read: District | None, seed: int) -> Redraws | None:
    from scenarios.answer.redraws import redraws_of

    if draws is None:
        return None
    if folder is None or read is None:
        mend = "Name plan files, and the district with --district; or say --draws to rezone optimize"
        raise InputError(Fault("--draws", "is for plan files: the page of a finished run is as it was made", mend))
    return redraws_of(folder, read, draws, seed)


def _further(found: Gathered, files: tuple[Path | None, Path | None, Path | None], t: Words) -> Further:
    """What the files add to the map. Raises InputError where the district has no shapes for them."""
    from scenarios.drawing.map_data import frame_of, shapes_of
    from scenarios.reading.pack import unpack
    from scenarios.report.addresses import read_addresses, read_context
    from scenarios.report.page import Further
    from scenarios.report.when import read_transition, when_in_words

    addresses, context, transition = files
    further = Further(curve=found.curve, missing=found.missing, paths=found.paths)
    extras = further.extras
    if transition is not None:
        extras = replace(extras, when=when_in_words(read_transition(transition), t))
    if addresses is not None or context is not None:
        packed = found.docs[0].map
        if packed is None:
            raise InputError(Fault("--addresses, --context", "the district has no shapes", "Leave them out"))
        data = unpack(packed)
        frame, crs = frame_of(data)
        if addresses is not None:
            polygons = frame.metres_of(shapes_of(data).polygons())
            extras = replace(extras, addresses=read_addresses(addresses, crs, polygons))
        if context is not None:
            extras = replace(extras, context=read_context(context, crs, frame))
    return replace(further, extras=extras)


def _write_maps(found: Gathered, folder: Path, t: Words) -> None:
    from scenarios.report.browser import find_chromium, to_png
    from scenarios.report.drawn import drawings
    from scenarios.writing.files import write_text

    titles = [str(t("today")), *(doc.name or str(t("plan")) for doc in found.docs)]
    for name, drawn in drawings(found.docs, titles, t).items():
        file = folder / f"{name}.svg"
        write_text(file, drawn.file())
        if find_chromium():
            to_png(file, file.with_suffix(".png"), (int(drawn.width), int(drawn.height)))


def _write_pdf(page: str, out: Path, paper: str) -> None:
    import tempfile

    from scenarios.report.browser import to_pdf

    sheet = f"<style>@page {{ size: {paper}; }}</style></head>"
    with tempfile.TemporaryDirectory(prefix="rezone-") as folder:
        file = Path(folder) / "report.html"
        file.write_text(page.replace("</head>", sheet, 1), encoding="utf-8")
        to_pdf(file, out)
