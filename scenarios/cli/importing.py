"""`rezone import`: from the files that people have to a district folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.errors import Fault, InputError

KINDS = ("gis",)


def import_(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="gis: layers and tables of your own.", show_default=False)
    ],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="MAPPING", help="The mapping; with --guess, all files to look at.", show_default=False),
    ],
    *,
    out: Annotated[Path, typer.Option(help="The district's folder; with --guess, the mapping to write.")],
    guess: Annotated[bool, typer.Option("--guess", help="Draft the mapping from these files.")] = False,
) -> None:
    """Make a district's folder from the files that you have, as a mapping says: blocks, zones, schools, students.

    IMPORTED.md and problems.html in it say what was read, put in, found and mended. Of students only counts leave.
    """
    from scenarios.importing.mapping import read_mapping
    from scenarios.writing.files import output_file, write_text
    from scenarios.writing.staging import answer_folder, writing

    if kind not in KINDS:
        later = " is not in this version yet" if kind == "census" else " is not known"
        raise InputError(Fault(f"rezone import {kind}", later.strip(), f"There is: {', '.join(KINDS)}"))
    if guess:
        from scenarios.importing.guess import guess as draft

        output_file(out)
        text = draft(files, out.parent)
        with writing(out.parent, None) as new:
            write_text(new / out.name, text)
        typer.echo(f"Mapping: {out}\nCorrect it, then: rezone import gis {out} --out DISTRICT")
        return
    if len(files) != 1:
        raise InputError(Fault("MAPPING", "is one file", "Name the mapping; or draft one of these with --guess"))
    from scenarios.importing.gis import import_gis, write_folder
    from scenarios.importing.told import imported_md, in_words, problems_page

    mapping = read_mapping(files[0])
    folder = answer_folder(out, "import", *mapping.districts)
    found = import_gis(mapping)
    with writing(folder, "import") as new:
        write_folder(found, new)
        write_text(new / "IMPORTED.md", imported_md(found))
        write_text(new / "problems.html", problems_page(found))
    typer.echo(f"{in_words(found)}\n\nDistrict: {out}; what was done: {out / 'IMPORTED.md'}")
