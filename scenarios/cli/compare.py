"""`rezone compare`: many plans beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.errors import Fault, InputError
from scenarios.cli.flags import Draws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimizer.district import District
    from scenarios.answer.several import Several
    from scenarios.comparison import Comparison
    from scenarios.comparison.differ import Differences
    from scenarios.comparison.lines import Line

DISTRICTS, PLANS = 5, 25  # that are printed at most,
LONG = 60  # and letters of a plan's name


def compare(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders that rezone run or rezone optimize wrote.")
    ],
    out: Annotated[Path, typer.Option(help="The folder to write the tables and the page to.")],
    district: Annotated[
        list[Path] | None, typer.Option(help="A district's folder: then students are counted and maps drawn.")
    ] = None,
    criteria: Annotated[
        str | None,
        typer.Option(
            help="Measures that dominated plans and ranks are judged by. Default: disparity,dissimilarity.race,"
            "moved_share,travel_mean, those that are known."
        ),
    ] = None,
    draws: Draws = None,
) -> None:
    """Set every plan against the status quo and against the others: measures, dominated plans, ranks, differences."""
    from scenarios.cli.tables import several_in_words
    from scenarios.comparison import compare as compare_plans
    from scenarios.comparison import differences, read_results, write_comparison
    from scenarios.comparison.page import older_words
    from scenarios.folder import read_district
    from scenarios.paper.wording import counted
    from scenarios.writing.staging import answer_folder, writing

    if draws is not None and not district:
        mend = "Name the folder of the plans' district with --district"
        raise InputError(Fault("--draws", "needs the counts by block, which results do not hold", mend))
    folder = answer_folder(out, "compare", *(district or []))
    judged = None if criteria is None else [name.strip() for name in criteria.split(",")]
    compared = compare_plans(read_results(folders), criteria=judged)
    read = [_named(read_district(folder), folder, compared.districts) for folder in district or []]
    found = differences(compared, read)
    drawn = _drawn(compared, found, dict(zip(district or [], read, strict=True)), draws)
    with writing(folder, "compare") as new:
        write_comparison(new, compared, found, drawn)
    units = {one.name: one.travel.unit for one in read}
    for name in compared.districts[:DISTRICTS]:
        _tell(compared, name, units.get(name) or compared.unit(name))
        if name in drawn:
            typer.echo(several_in_words(drawn[name], units[name]) + "\n")
    if (more := len(compared.districts) - DISTRICTS) > 0:
        typer.echo(f"In compare.csv alone: {counted(more, 'further district')}.\n")
    if lost := len(compared.without):
        typer.echo(f"{counted(lost, 'run')} {'has' if lost == 1 else 'have'} no plan: the page says why.")
    typer.echo("by race: dissimilarity. first: share of all weightings under which the plan is first; ranks: its best")
    typer.echo(
        "and worst rank under them. x: dominated, another plan is as good in everything and better in something."
    )
    if compared.table["excess"].notna().any():
        typer.echo("over seats: students over seats or under smallest sizes.")
    if older := older_words(compared):
        typer.echo(older)
    typer.echo(f"Page: {out / 'compare.html'}")


def _named(district: District, folder: Path, known: Sequence[str]) -> District:
    """The district under the name that it has in the comparison."""
    from dataclasses import replace

    from scenarios.comparison.compare import with_folder

    name = with_folder(district.name, folder.resolve().name)
    return replace(district, name=name) if name in known else district


def _drawn(
    compared: Comparison, found: Differences, districts: dict[Path, District], draws: int | None
) -> dict[str, Several]:
    """By district its plans on redrawn counts; of those whose folder is at hand."""
    from scenarios.answer.redraws import redraws_of
    from scenarios.comparison.redrawn import redrawn

    if draws is None:
        return {}
    each = {
        one.name: redrawn(compared, found, one.name, redraws_of(folder, one, draws, 0))
        for folder, one in districts.items()
    }
    return {name: several for name, several in each.items() if several is not None}


def _tell(compared: Comparison, name: str, unit: str) -> None:
    from optimizer.measures import Place
    from scenarios.cli.tables import COUNTED_WORDS, lay_out
    from scenarios.comparison.compare import best_rows
    from scenarios.comparison.lines import lines
    from scenarios.paper.measures import EXCESS, known_of, short, tabled
    from scenarios.paper.movers import counts_differ
    from scenarios.writing.terminal import printable

    every = compared.of(name)
    shown = lines(compared, best_rows(every, PLANS))
    measured = [line.measures for line in shown]
    used = known_of((*tabled(Place.LISTED, measured), EXCESS), *measured)
    head = ("", *(short(name, "head") for name in used), "first", "ranks", "")
    typer.echo(printable(name))
    typer.echo(lay_out([head, *(_cells(line, used, unit) for line in shown)]))
    if counts_differ(measured):
        typer.echo(COUNTED_WORDS)
    more = len(every) - len(shown)
    typer.echo(f"and {more} more in compare.csv\n" if more else "")


def _cells(line: Line, columns: list[str], unit: str) -> tuple[str, ...]:
    from scenarios.paper.measures import plain, shortened
    from scenarios.paper.plain import plain_in

    return (
        shortened(line.plan, LONG),
        *(plain(name, line.measures[name], unit) for name in columns),
        "" if line.first is None else plain_in("share", line.first, ""),
        line.ranked("-"),
        "x" if line.dominated else "",
    )
