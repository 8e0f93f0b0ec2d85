"""`rezone transition`: the way to a plan, year by year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.errors import InputError
from optimizer.transition import SIBLING_RATE, Policy, parse_grades
from scenarios.cli.flags import Asked, asks

if TYPE_CHECKING:
    from scenarios.transition import Ask
    from scenarios.transition.records import Found, YearRow

ARGUMENTS = ("grades", "grandfather", "phase_in", "siblings", "sibling_rate")


@asks()
def transition(
    asked: Asked,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan file: block_id,school_id.")],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the tables and the page to.")],
    phase_in: Annotated[
        str, typer.Option(help="entrants: new entrants go to the plan's school, grade by grade; or all-at-once.")
    ] = "entrants",
    grandfather: Annotated[
        str | None, typer.Option(help="With all-at-once: grades of the first year that stay to the end, such as 4,5.")
    ] = None,
    siblings: Annotated[
        float, typer.Option(help="Share (0 to 1) of students with an older sibling at today's school who stay with it.")
    ] = 0.0,
    sibling_rate: Annotated[
        float, typer.Option(help="Share of entrants with an older sibling in the school's grades: an assumption.")
    ] = SIBLING_RATE,
    start_year: Annotated[int | None, typer.Option(min=1900, max=2200, help="The year in which year 1 begins.")] = None,
    grades: Annotated[
        str | None, typer.Option(help="Grades of the schools, such as K-5 (the default without grade columns).")
    ] = None,
) -> None:
    """Phase a plan in, year by year: students at each school, seats, exposure and moves, until the plan is reached.

    Students by grade come from the blocks' columns students_grade_<g>; without them an even split over the grades is
    assumed. Years that go beyond a limit of size are flagged. Exit status 0, also then.
    """
    from optimizer.rules import under
    from scenarios.asking.options import rules_of
    from scenarios.plans.file import read_plan
    from scenarios.transition import document
    from scenarios.writing.staging import answer_folder, writing

    with _naming_flags():
        ask = _ask(plan, phase_in, (grandfather, grades), (siblings, sibling_rate), start_year)
    settings = asked.settings()
    # Read under the rules: a plan may send blocks to a school that a rule opens.
    read = read_plan(plan, under(asked.read(), rules_of(settings)))
    with _naming_flags():
        found = document(read, ask, settings)
    folder = answer_folder(out, "transition", asked.district)
    with writing(folder, "transition") as new:
        _write(new, found)
    _tell(found)
    typer.echo(f"\nPage: {out / 'transition.html'}")


def _ask(
    plan: Path, phase_in: str, grades: tuple[str | None, str | None], siblings: tuple[float, float], start: int | None
) -> Ask:
    """The flags as one question."""
    from scenarios.transition import Ask

    kept, names = (
        None if text is None else parse_grades(text, flag)
        for text, flag in zip(grades, ("grandfather", "grades"), strict=True)
    )
    policy = Policy(phase_in=phase_in, grandfather=kept or (), siblings=siblings[0], sibling_rate=siblings[1])  # type: ignore[arg-type]  # checked there
    return Ask(policy, names, start, plan.name)


@contextmanager
def _naming_flags() -> Iterator[None]:
    """Faults of arguments are raised as those of flags."""
    try:
        yield
    except InputError as error:
        raise InputError(
            replace(fault, where="--" + fault.where.replace("_", "-")) if fault.where in ARGUMENTS else fault
            for fault in error.faults
        ) from None


def _write(folder: Path, found: Found) -> None:
    """All files, in a folder of `writing`."""
    from scenarios.paper.sheets import safe_csv
    from scenarios.transition import render, schools_table, years_table
    from scenarios.writing.files import write_json, write_text

    write_text(folder / "transition.csv", safe_csv(schools_table(found)))
    write_text(folder / "years.csv", safe_csv(years_table(found)))
    write_text(folder / "transition.html", render(found))
    write_json(folder / "transition.json", found)


def _tell(found: Found) -> None:
    from scenarios.cli.tables import broken_in_words, lay_out
    from scenarios.transition.words import largest, names_of

    typer.echo(found.asked.district)
    rows = [_line(year, found) for year in found.years]
    over = f"over {largest(found)}"
    head = ("", "at plan's school", "changed school", "disparity", "by race", *found.groups, "fullest", over)
    used = [k for k in range(len(head)) if any(row[k] != "-" for row in rows)]
    typer.echo(lay_out([tuple(row[k] for k in used) for row in (head, *rows)]))
    if found.groups:
        typer.echo("by race: dissimilarity. Under a group's name: the poverty that it meets at school.")
    typer.echo(f"\n{found.summary}")
    if not found.plan_valid:
        typer.echo("The plan itself is NOT valid:")
        typer.echo(broken_in_words(found.plan_broken_limits, names_of(found)))
    _tell_broken(found)
    typer.echo("\nWhat this rests on:")
    for sentence in found.assumptions:
        typer.echo(f"  - {sentence}")


def _line(year: YearRow, found: Found) -> tuple[str, ...]:
    from scenarios.paper.measures import RACE, plain
    from scenarios.paper.plain import plain_in
    from scenarios.transition.words import named

    measures = year.measures
    return (
        named(year),
        plain_in("share", year.at_plan_school, ""),
        plain_in("count", year.changed_school, ""),
        plain("disparity", measures["disparity"], ""),
        plain(RACE, measures.get(RACE), ""),
        *(plain_in("share", measures[f"exposure_to_poverty.{group}"], "") for group in found.groups),
        plain("utilisation_max", measures["utilisation_max"], ""),
        str(sum(school.over_capacity > 0 for school in year.schools)),
    )


def _tell_broken(found: Found) -> None:
    """Each limit and school once, in the year that breaks it most."""
    from scenarios.cli.tables import broken_in_words
    from scenarios.reading.records import Broken
    from scenarios.transition.words import names_of

    worst: dict[tuple[str, str | None], Broken] = {}
    for year in found.years[1:]:
        for row in year.broken_limits:
            key = row.limit, row.school
            if not row.inherited and (key not in worst or row.by > worst[key].by):
                worst[key] = row
    if worst:
        typer.echo("\nBroken on the way more than today, in the worst year of each:")
        typer.echo(broken_in_words(list(worst.values()), names_of(found)))
