"""`rezone export`: plans for GIS and office programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.errors import Fault, InputError, nearest

if TYPE_CHECKING:
    from scenarios.exports import Run

Runs = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN...",
        help="Folders that rezone optimize wrote; with --district also plan files and folders that rezone run wrote.",
    ),
]
FromDistrict = Annotated[
    Path | None, typer.Option("--district", help="The runs' district folder, where they do not carry it.")
]


Scenarios = Annotated[
    list[str] | None, typer.Option("--scenario", help="Of folders of rezone run only this one; may be repeated.")
]


def export(
    runs: Runs,
    *,
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    formats: Annotated[
        str, typer.Option("--format", help="Any of gpkg, geojson, shapefile, xlsx, with commas between.")
    ] = "gpkg,geojson,shapefile,xlsx",
    district: FromDistrict = None,
    scenario: Scenarios = None,
    for_checker: Annotated[
        bool,
        typer.Option(
            "--for-checker",
            help="Instead: one run's plan and certificate beside plain CSV files, with proof_checker.py to check them.",
        ),
    ] = False,
) -> None:
    """Write plans as GeoPackage, GeoJSON, shapefiles (zipped) and a workbook, with scores and provenance inside.

    They hold small counts of children and are for planning; rezone publish makes files for the public.
    """
    from scenarios.exports import FORMATS, write_export, write_for_checker
    from scenarios.writing.staging import answer_folder, writing

    wanted = [word.strip() for word in formats.split(",") if word.strip()]
    for word in wanted or [formats]:
        if word not in FORMATS:
            problem = f"'{word}' is not a format{nearest(word, FORMATS)}"
            raise InputError(Fault("--format", problem, f"Formats are: {', '.join(FORMATS)}"))
    folder = answer_folder(out, "export", *([] if district is None else [district]))
    found = read_named(runs, district, scenario)
    if for_checker and len(found) > 1:
        raise InputError(Fault("--for-checker", f"is for one plan, and these are {len(found)}", "Name one run"))
    with writing(folder, "export") as new:
        written = write_for_checker(new, found[0], district) if for_checker else write_export(new, found, wanted)
    for path in written:
        typer.echo(out / path.name)


def read_named(sources: list[Path], district: Path | None, scenarios: list[str] | None = None) -> list[Run]:
    """The runs and plan files named, under the limits of the district's folder."""
    from scenarios.asking.settling import settle
    from scenarios.exports import read_runs
    from scenarios.folder import read_district, read_limits
    from scenarios.report.given import Ask

    if district is None:
        return read_runs(sources)
    ask = Ask(settle({}, None, read_limits(district)))
    return read_runs(sources, read_district(district), ask, tuple(scenarios or ()))
