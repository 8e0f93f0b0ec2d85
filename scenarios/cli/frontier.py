"""`rezone frontier`: the curve from today's zones to the best plan."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scenarios import interrupts
from scenarios.cli.flags import SEARCH, Asked, asks
from scenarios.cli.progress import solves
from scenarios.reading.most import most

if TYPE_CHECKING:
    from optimizer.frontier import Curve
    from scenarios.asking.options import Settings
    from scenarios.frontier.document import Found


@solves
@asks(*SEARCH)
def frontier(
    asked: Asked,
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the table, the plans and the plot to.")],
    points: Annotated[int, typer.Option(min=2, max=most("points"), help="How many points, both ends among them.")] = 12,
    against: Annotated[
        Literal["moved", "travel_mean"], typer.Option(help="What the curve is drawn against.")
    ] = "moved",
) -> None:
    """What each share of change buys: the best plan found under each cap on students moved, from none to as many as the
    best plan moves, each with its bound; and the single areas whose move gains most for each student.

    The time limit (default 60 seconds) is for all together. Ctrl-C keeps what there is. Exit status 1: no valid plan.
    """
    from optimizer.frontier import frontier as solve
    from optimizer.frontier import single_moves
    from scenarios.asking.near import objective_for
    from scenarios.asking.options import rules_of
    from scenarios.cli.job import time_left
    from scenarios.cli.started import STARTED
    from scenarios.frontier import document, write_curve
    from scenarios.writing.staging import answer_folder, writing

    settings, read = asked.settings(), asked.read()
    objective, rules, options = objective_for(settings, read), rules_of(settings), settings.options
    folder = answer_folder(out, "frontier", asked.district)
    moves = single_moves(read, objective, rules)
    seconds = time_left(options, 1.0 + read.blocks / 10_000 + points * read.blocks / 15_000)
    curve = solve(
        read,
        objective,
        rules,
        against=against,
        points=points,
        time_limit=seconds,
        iterations=options.iterations,
        seed=options.seed,
        threads=options.threads,
        progress=_tell_progress,
        stop=interrupts.stop(),
    )
    if curve.stopped and not curve.points:
        raise KeyboardInterrupt
    if not curve.points:
        _tell_none(read.name, curve, settings, folder)
        raise typer.Exit(1)
    found = document(curve, moves, settings, time.monotonic() - STARTED)
    with writing(folder, "frontier") as new:
        write_curve(new, curve, found)
    _tell(found)
    typer.echo(f"\nPlot: {out / 'frontier.svg'}")


def _tell_none(name: str, curve: Curve, settings: Settings, folder: Path) -> None:
    from scenarios.cli.started import STARTED
    from scenarios.paper.absence import NEXT, in_a_clause
    from scenarios.report.output import write_no_plan

    assert curve.nothing is not None  # without points
    write_no_plan(folder, "frontier", curve.nothing, settings, time.monotonic() - STARTED)
    no_plan = curve.no_plan or "not found"
    typer.echo(f"{name}: {in_a_clause(no_plan)}. {NEXT[no_plan]}")


def _tell_progress(done: int, total: int, value: float) -> None:
    interrupts.hold()  # what is found so far is kept
    if done:
        typer.echo(f"point {done} of {total} found", err=True)


def _tell(found: Found) -> None:
    from scenarios.cli.tables import COUNTED_WORDS, lay_out
    from scenarios.frontier.document import missing_in_words
    from scenarios.paper.measures import RACE, plain
    from scenarios.paper.movers import ALL, counts_differ, with_counted
    from scenarios.paper.plain import plain_in

    unit, points = found.asked.travel_unit, found.told != ""

    def value(number: float) -> str:
        return plain_in("points", number, unit) if points else f"{number:.5g}"

    def cap(number: float | None) -> str:
        return "none" if number is None else plain(found.against, number, unit)

    every = [row.measures for row in found.points]
    both = counts_differ(every)
    movers = ("moved", "counted") if both else ("moved",)
    head = ("plan", "cap", *movers, "objective", "none below", "by race", "mean travel", "leads on")
    rows: list[tuple[str, ...]] = [head]
    for row in found.points:
        m = row.measures
        less = row.bound - 0.00005 if points else row.bound
        rows.append(
            (
                f"{row.point:02d}",
                cap(row.cap),
                *(plain(name, m[name], unit) for name in with_counted([ALL], every)),
                value(row.objective_value),
                value(less) if less > 0 else "-",
                plain(RACE, m.get(RACE), unit),
                plain("travel_mean", m["travel_mean"], unit),
                "yes" if row.nested else "",
            )
        )
    typer.echo(f"{found.asked.district}: today {value(found.objective_value_status_quo)}")
    typer.echo(lay_out(rows))
    for line in missing_in_words(found.missing, cap):
        typer.echo(line)
    typer.echo("\nnone below: no valid plan under this cap has less, which is proved. by race: dissimilarity.")
    if both:
        typer.echo(COUNTED_WORDS + (" The cap is on it." if found.against == "moved" else ""))
    typer.echo("leads on: its moves are all among those of the next plan.")
    _tell_moves(found)
    if found.stopped:
        typer.echo("Stopped early: some bounds are missing, and perhaps points.")


def _tell_moves(found: Found) -> None:
    from scenarios.paper.plain import plain_in

    if found.moves:
        typer.echo("\nSingle areas whose move gains most for each student, each valid by itself:")
    for move in found.moves[:5]:
        many = f"{len(move.blocks)} blocks" if len(move.blocks) > 1 else f"block {move.blocks[0]}"
        gain = plain_in("points", move.gain, found.asked.travel_unit) if found.told else f"{move.gain:.3g}"
        typer.echo(f"  {many}, {move.students:g} students, from {move.from_} to {move.to}: {gain} less")
