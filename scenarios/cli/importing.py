"""`rezone import`: from the files that people have to a district folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from optimizer.errors import Fault, InputError

if TYPE_CHECKING:
    from optimizer.district import District
    from scenarios.importing.gis import Imported
    from scenarios.importing.mapping import Asked

M = TypeVar("M", bound="Asked")
F = TypeVar("F", bound="Imported")

KINDS = ("gis", "census")


def import_(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="gis: layers and tables of your own. census: what the census and NCES publish.",
            show_default=False,
        ),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="MAPPING", help="The mapping; with --guess, all files to look at.", show_default=False),
    ],
    *,
    out: Annotated[Path, typer.Option(help="The district's folder; with --guess, the mapping to write.")],
    guess: Annotated[bool, typer.Option("--guess", help="Draft the mapping of gis from these files.")] = False,
) -> None:
    """Make a district's folder from the files that you have, as a mapping says: blocks, zones, schools, students.

    IMPORTED.md and problems.html in it say what was read, put in, estimated, found and mended. Of students only counts
    leave.
    """
    if kind not in KINDS:
        raise InputError(Fault(f"rezone import {kind}", "is not known", f"There is: {', '.join(KINDS)}"))
    if guess:
        _draft(kind, files, out)
        return
    if len(files) != 1:
        raise InputError(Fault("MAPPING", "is one file", "Name the mapping; or draft one of these with --guess"))
    if kind == "gis":
        from scenarios.importing.gis import import_gis, write_folder
        from scenarios.importing.mapping import read_mapping

        _import(read_mapping(files[0]), import_gis, write_folder, out)
    else:
        from scenarios.census.census import import_census, write_census
        from scenarios.census.mapping import read_census_mapping

        _import(read_census_mapping(files[0]), import_census, write_census, out)


def _draft(kind: str, files: list[Path], out: Path) -> None:
    from scenarios.importing.guess import guess
    from scenarios.writing.files import output_file, write_text
    from scenarios.writing.staging import writing

    if kind != "gis":
        mend = "Write its mapping from docs/import.md: publications are told by what they hold"
        raise InputError(Fault("--guess", f"drafts no mapping of {kind}", mend))
    output_file(out)
    text = guess(files, out.parent)
    with writing(out.parent, None) as new:
        write_text(new / out.name, text)
    typer.echo(f"Mapping: {out}\nCorrect it, then: rezone import gis {out} --out DISTRICT")


def _import(mapping: M, read: Callable[[M], F], write: Callable[[F, Path], District], out: Path) -> None:
    from scenarios.importing.told import imported_md, in_words, problems_page
    from scenarios.writing.files import write_text
    from scenarios.writing.staging import answer_folder, writing

    folder = answer_folder(out, "import", *mapping.districts)
    found = read(mapping)
    with writing(folder, "import") as new:
        write(found, new)
        write_text(new / "IMPORTED.md", imported_md(found))
        write_text(new / "problems.html", problems_page(found))
    typer.echo(f"{in_words(found)}\n\nDistrict: {out}; what was done: {out / 'IMPORTED.md'}")
