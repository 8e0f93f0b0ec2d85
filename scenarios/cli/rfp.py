"""`rezone rfp`: the tables that requests for proposals ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.errors import Fault, InputError, nearest
from scenarios.cli.flags import DistrictFolder
from scenarios.reading.values import Table

if TYPE_CHECKING:
    from optimizer.district import District


def rfp(
    district: DistrictFolder,
    plans: Annotated[
        list[Path], typer.Argument(metavar="PLAN...", help="Plan files, layers of zones, or optimize's folders.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    neighbourhood: Annotated[str | None, typer.Option(help="The blocks' column that names neighbourhoods.")] = None,
    growth: Annotated[Path | None, typer.Option(help="CSV of school_id, year (1, 2, ...) and rate (0.02).")] = None,
    years: Annotated[int, typer.Option(min=1, max=20, help="Years of the projections.")] = 5,
    addresses: Annotated[
        Path | None, typer.Option(help="Addresses: CSV of address, lon, lat, or a layer of points.")
    ] = None,
    street: Annotated[str | None, typer.Option(help="The blocks' column that names streets.")] = None,
    public: Annotated[bool, typer.Option("--public", help="Leave out small counts, and what gives them away.")] = False,
    threshold: Annotated[float, typer.Option(min=3, help="With --public: counts under it are left out.")] = 10.0,
) -> None:
    """Write the tables that districts' requests for proposals ask for, with a checklist of what is there.

    Pupils by grade, race and poverty at each school, distances, split neighbourhoods, pupils moved by grade, options
    side by side with projections, street lists and GIS files, as CSV and one workbook.
    """
    import numpy as np

    from scenarios.answer.results import plan_of
    from scenarios.cli.score import names_of
    from scenarios.folder import read_district
    from scenarios.plans.file import listing, under_tables
    from scenarios.plans.layers import read_any_plan
    from scenarios.rfp import Asked, read_growth, write_rfp
    from scenarios.rfp.checklist import in_words
    from scenarios.writing.staging import answer_folder, writing

    folder = answer_folder(out, "rfp", district)
    rules = [_rules_of(path) for path in plans]
    read = listing(read_district(district), [rule for own in rules for rule in own])
    _check_column(read, neighbourhood, "--neighbourhood")
    files = [plan_of(path) if path.is_dir() else path for path in plans]
    given = {
        name: under_tables(read_any_plan(file, read).plan, own, as_read=True)
        for name, file, own in zip(names_of(plans), files, rules, strict=True)
    }
    flat = np.zeros((read.schools, years))
    asked = Asked(
        growth=flat if growth is None else read_growth(growth, read.school_ids, years),
        growth_given=growth is not None,
        neighbourhood=neighbourhood,
        streets=_streets(read, addresses, street),
        public=public,
        threshold=threshold,
    )
    with writing(folder, "rfp") as new:
        lines = write_rfp(new, given, asked)
    typer.echo(f"{read.name}\n{in_words(lines)}\n\nTables: {out / 'rfp.xlsx'}")


def _rules_of(path: Path) -> list[Table]:
    """The [[rules]] of optimize's folder, which say what schools its plan has; none of a plan file."""
    from scenarios.reading.results import read_summary

    file = path / "summary.json"
    return list(read_summary(file).rules) if path.is_dir() and file.is_file() else []


def _check_column(district: District, column: str | None, flag: str) -> None:
    if column is not None and column not in district.attributes:
        known = list(district.attributes)
        problem = f"the blocks have no column '{column}'{nearest(column, known)}"
        mend = f"Further columns are: {', '.join(known)}" if known else "The blocks have no further columns"
        raise InputError(Fault(flag, problem, mend))


def _streets(district: District, addresses: Path | None, street: str | None) -> list[tuple[str, int]]:
    """(street or address, its block), from the file, the column, or both; addresses outside all blocks are left out."""
    from scenarios.report.addresses import read_addresses

    _check_column(district, street, "--street")
    found: list[tuple[str, int]] = []
    if street is not None:
        found += [(str(v), b) for b, v in enumerate(district.attributes[street]) if isinstance(v, str) and v]
    if addresses is not None:
        if district.geography is None:
            raise InputError(Fault("--addresses", "needs a district with shapes", "Name streets with --street"))
        read = read_addresses(addresses, district.geography.crs, district.geography.polygon)
        found += [(text, block) for text, block in zip(read.text, read.block, strict=True) if block >= 0]
    return found
