"""`rezone publish`: a bundle for the public."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.errors import Fault, InputError
from scenarios.cli.export import FromDistrict, Scenarios, read_named

Folders = Annotated[
    list[Path],
    typer.Argument(
        metavar="DIR...",
        help="Folders that rezone optimize wrote, of one district; with --district also plan files and folders that "
        "rezone run wrote.",
    ),
]


def publish(
    folders: Folders,
    *,
    out: Annotated[Path, typer.Option(help="The folder for the bundle: new or empty.")],
    district: FromDistrict = None,
    threshold: Annotated[float, typer.Option(min=3, help="Counts of children under it are left out.")] = 10.0,
    twin: Annotated[
        bool,
        typer.Option("--twin", help="Add a synthetic district, so that others can run the model (with --district)."),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the twin.")] = 0,
    scenario: Scenarios = None,
) -> None:
    """Write a bundle that may be published: no count of children under the threshold is in it or can be worked out.

    Publish all plans of a district in one bundle: two bundles can be set against each other.
    """
    import numpy as np

    from scenarios.publish import protect, write_bundle
    from scenarios.publish.twin import twin_of
    from scenarios.writing.staging import answer_folder, writing

    if twin and district is None:
        raise InputError(Fault("--twin", "needs the district's own shapes", "Name its folder with --district"))
    folder = answer_folder(out, "publish", *([] if district is None else [district]))
    _check_empty(out)
    runs = read_named(folders, district, scenario)
    found = protect(runs, threshold=threshold)
    first = found.docs[runs[0].name]
    other = twin_of(runs[0].plan.district.today, first, np.random.default_rng(seed)) if twin else None
    with writing(folder, "publish") as new:
        _check_empty(out)
        written = write_bundle(new, runs, found, twin=other)
    left_out = sum(doc.published.suppressed for doc in found.docs.values())
    typer.echo(f"{left_out:,} counts are left out, so that none under {threshold:g} can be worked out.")
    if "report.html" not in written:
        typer.echo("Too little is left for a report page: the district is too small, or the plans differ too finely.")
    typer.echo(f"Bundle: {out}, {len(written) + 1} files. What is in it, and what is not: {out / 'README.txt'}")


def _check_empty(out: Path) -> None:
    """Refuse a folder with other files than an earlier bundle's: they would be published along with the new one."""
    from scenarios.publish.bundle import others_in

    other = others_in(out)
    if other:
        problem = f"'{out}' holds other files, which would be published too"
        mend = "Name a folder that is new or empty, or that holds an earlier bundle alone"
        raise InputError(Fault("--out", problem, mend, ids=tuple(other)))
