"""`rezone sensitivity`: what each limit costs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.flags import SEARCH, Asked, asks
from scenarios.cli.progress import ProgressLine, ProgressLines, solves

if TYPE_CHECKING:
    from optimizer.result import Result
    from scenarios.sensitivity import Row
    from scenarios.sensitivity.cases import Place
    from scenarios.sensitivity.table import Found, Shown


@solves
@asks(*SEARCH)
def sensitivity(
    asked: Asked,
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the table, the plot and the plans to.")],
) -> None:
    """Tighten and loosen one limit at a time, and say how good the best plan found is then, and how good any could be.

    The time limit is for all together. Seats are scaled where they are given; where not, the most that the size
    tolerance allows is. Ctrl-C keeps what there is. Exit status 1: no valid plan was found with the limits as given.
    """
    from scenarios.asking.near import objective_for
    from scenarios.cli.job import need_plan, time_left
    from scenarios.cli.started import STARTED
    from scenarios.report.output import write_no_plan
    from scenarios.sensitivity import carry, document, make_cases, run_cases
    from scenarios.writing.staging import answer_folder, writing

    settings, read = asked.settings(), asked.read()
    objective = objective_for(settings, read)
    cases = make_cases(read, settings)
    folder = answer_folder(out, "sensitivity", asked.district)
    seconds = time_left(settings.options, 0.4 + len(cases) * read.blocks / 40_000)  # carrying and writing come last
    lines = ProgressLines()

    def watch(k: int, seconds: float | None) -> ProgressLine:
        what = f"{k + 1} of {len(cases)} ({_case_in_words(cases[k].limit, cases[k].at)}): "
        return lines.begin(what, objective, seconds)

    results = run_cases(cases, objective, settings.options, seconds, watch)
    lines.close()
    need_plan(results[0])
    if not results[0].valid:
        write_no_plan(folder, "sensitivity", results[0], settings, time.monotonic() - STARTED)
        _tell_infeasible(results[0])
        raise typer.Exit(1)
    rows = carry(cases, results)
    found = document(rows, settings, time.monotonic() - STARTED)
    with writing(folder, "sensitivity") as new:
        _write(new, rows, found)
    _tell(found)
    typer.echo(f"\nPlot: {out / 'sensitivity.svg'}")


def _case_in_words(limit: str, at: Mapping[str, Place]) -> str:
    return "as given" if limit == "base" else f"{limit} {at[limit][1]}"


def _write(folder: Path, rows: Sequence[Row], found: Found) -> None:
    """All files, in a folder of `writing`."""
    from scenarios.plans.file import write_plan
    from scenarios.sensitivity import draw, table_csv
    from scenarios.writing.files import write_json, write_text

    (folder / "plans").mkdir()
    for row, shown in zip(rows, found.rows, strict=True):
        if row.plan is not None:
            write_plan(folder / str(shown.plan), row.plan)
    write_text(folder / "sensitivity.csv", table_csv(found))
    write_text(folder / "sensitivity.svg", draw(found))
    write_json(folder / "sensitivity.json", found)


def _tell_infeasible(result: Result) -> None:
    from scenarios.cli.tables import broken_in_words
    from scenarios.paper.absence import NEXT, in_a_clause
    from scenarios.reading.records import Broken

    no_plan = result.no_plan or "not found"
    why = in_a_clause(no_plan)
    typer.echo(f"{result.plan.district.name}: with the limits as given, {why}, so that there is nothing to compare")
    typer.echo(f"with. {NEXT[no_plan]} The nearest plan found breaks:")
    typer.echo(broken_in_words(Broken.of(result.broken)))


def _tell(found: Found) -> None:
    from scenarios.cli.tables import COUNTED_WORDS, lay_out
    from scenarios.paper.movers import ALL, COUNTED, counts_differ

    points = found.objective == "disparity"
    value = ("disparity", "none below", "") if points else ("objective", "none below", "disparity")
    head = ("", *value, "by race", "moved", "counted", "mean travel", "over seats", "carried from")
    rows = [head, *(_line(row, found.asked.travel_unit, points) for row in found.rows)]
    both = counts_differ({ALL: row.moved_share, COUNTED: row.moved_counted} for row in found.rows)
    used = [k for k in range(len(head)) if any(row[k] for row in rows) and (both or head[k] != "counted")]
    typer.echo(found.asked.district)
    typer.echo(lay_out([tuple(row[k] for k in used) for row in rows]))
    typer.echo(
        "\nnone below: no valid plan has less, which is proved. by race: dissimilarity. mean travel: against today."
    )
    if both:
        typer.echo(COUNTED_WORDS)
    if any((row.excess or 0) > 0.5 for row in found.rows):
        typer.echo("over seats: students over seats or under smallest sizes, which come before the objective: rows")
        typer.echo("that differ in them do not compare.")
    typer.echo("carried from: the row whose plan or bound this is, since it holds here too.")
    if any(row.no_plan == "not found" for row in found.rows):
        typer.echo(
            "none found in the time: there may be a plan; a longer --time-limit, or more --iterations, may find it."
        )
    if found.stopped:
        typer.echo("Stopped early: the last rows have only what was carried to them.")


def _line(row: Shown, unit: str, points: bool) -> tuple[str, ...]:
    from scenarios.paper.absence import in_a_cell
    from scenarios.paper.measures import RACE, plain

    name = f"{row.row:02d} {_case_in_words(row.limit, row.at)}"
    if row.objective_value is None or row.bound is None or row.excess is None:
        why = "not run" if row.no_plan is None else in_a_cell(row.no_plan)
        return (name, why, *[""] * 8)
    style = "points" if points else "number"
    sources = (("plan", row.plan_from), ("bound", row.bound_from))
    carried = [f"{what} {place:02d}" for what, place in sources if place != row.row]
    return (
        name,
        _value(row.objective_value, style),
        _bound(row.bound, style),
        "" if points else plain("disparity", row.disparity, unit),
        plain(RACE, row.race, unit),
        plain("moved_share", row.moved_share, unit),
        plain("moved_counted", row.moved_counted, unit),
        _travel(row.mean_travel_change, unit),
        f"{row.excess:,.0f}" if row.excess > 0.5 else "",
        ", ".join(carried),
    )


def _bound(bound: float, style: str) -> str:
    """Rounded down, so that no more is claimed than is proved; a dash where that is nothing."""
    less = bound - 0.00005 if style == "points" else bound
    return _value(less, style) if less > 0 else "-"


def _travel(change: float | None, unit: str) -> str:
    if change is None:
        return "-"
    return f"{change:+,.0f} m" if unit == "m" else f"{change:+.1f} min"


def _value(value: float, style: str) -> str:
    from scenarios.paper.measures import plain

    return plain("disparity", value, "") if style == "points" else f"{value:.6g}"
