"""`rezone bands`: elementary, middle and high districts over the same blocks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.deadline import Deadline
from optimizer.errors import Fault, InputError
from scenarios.cli.flags import SEARCH, Asked, asks
from scenarios.cli.progress import ProgressLine, ProgressLines, solves

if TYPE_CHECKING:
    from optimizer.district import District
    from optimizer.objectives import Objective
    from scenarios.answer.bands import Found, Solved
    from scenarios.asking.options import Options, Settings

ROUNDS = 2  # of --together
SHORTEST = 0.2  # seconds that are always left to the solves still to come


@solves
@asks(*SEARCH, "gap", "solver", of_one=False)
def bands(
    asked: Asked,
    districts: Annotated[list[Path], typer.Argument(metavar="DISTRICT...", help="The bands' folders, lowest first.")],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write to: a folder a band, and feeders.csv.")],
    config: Annotated[
        list[Path] | None, typer.Option("--config", help="A TOML file for all bands, or one for each, in order.")
    ] = None,
    feeder_low: Annotated[
        float | None,
        typer.Option(
            help="At least this share (0 to 1) of the students of each school, but for the highest band's, go on "
            "together."
        ),
    ] = None,
    feeder_cost: Annotated[
        float | None, typer.Option(help="The cost of each further school that a school's students go on to.")
    ] = None,
    first: Annotated[str, typer.Option(help="Which band is solved first: highest or lowest.")] = "highest",
    together: Annotated[bool, typer.Option("--together", help="Solve all bands again in turns.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns, with --together.")] = ROUNDS,
) -> None:
    """Find zones for several grade bands over the same blocks, and say who goes on together.

    From the highest band down, each band's plan becomes the column feeder_above of the next; feeder_below holds the
    band below. With --together all are then solved again, each knowing the newest plans of both neighbours, and the
    round with the least sum of objectives is kept. The time limit is for all. Exit status 1: no valid plan of some band
    was found.
    """
    from scenarios.answer.bands import Tie, check, document, solve
    from scenarios.cli.job import need_plan
    from scenarios.folder import read_district
    from scenarios.writing.staging import answer_folder, writing

    settings = _settings(asked, districts, config or [])
    read = [read_district(folder) for folder in districts]
    tie = Tie(feeder_low, feeder_cost, rounds if together else 0, downwards=_downwards(first))
    check(read, settings, tie)  # before anything is written
    lines = ProgressLines()

    def watch(band: int, turn: int, objective: Objective, seconds: float | None) -> ProgressLine:
        what = f"{read[band].name}{f', round {turn}' if turn else ''}: "
        return lines.begin(what, objective, seconds)

    folder = answer_folder(out, "bands", *districts)
    solved = solve(read, settings, tie, seconds=_clock(settings[0].options, read), watch=watch)
    lines.close()
    found = document(solved, read, tie)
    for result in solved.bands.results:
        if result is not None:
            need_plan(result)
    with writing(folder, "bands") as new:
        _write(new, solved, found)
    _tell(solved, found, out)
    if not solved.bands.valid:
        raise typer.Exit(1)


def _downwards(first: str) -> bool:
    if first not in ("highest", "lowest"):
        raise InputError(Fault("--first", f"'{first}' is neither of them", "Give highest or lowest"))
    return first == "highest"


def _settings(asked: Asked, folders: Sequence[Path], configs: Sequence[Path]) -> list[Settings]:
    if len(folders) < 2:
        raise InputError(Fault("DISTRICT...", "there is only one band", "Name two folders or more, lowest band first"))
    if len(configs) > 1 and len(configs) != len(folders):
        problem = f"{len(configs)} files for {len(folders)} bands"
        raise InputError(Fault("--config", problem, "Give one for all bands, or one for each, in order"))
    each: list[Path | None] = list(configs)
    if len(configs) < 2:
        each = (each or [None]) * len(folders)
    return [
        replace(asked, folder=folder, config=config).settings() for folder, config in zip(folders, each, strict=True)
    ]


def _clock(options: Options, districts: Sequence[District]) -> Callable[[int], float | None]:
    """How long the next solve may take, of so many that are left."""
    from scenarios.cli.job import time_left

    deadline = Deadline(time_left(options, sum(0.5 + district.blocks / 5_000 for district in districts)))

    def seconds(left: int) -> float | None:
        return None if deadline.left is None else max(deadline.left, SHORTEST) / left

    return seconds


def _write(folder: Path, solved: Solved, found: Found) -> None:
    """A folder a band, feeders.csv and bands.json, in a folder of `writing`. Without a valid plan of every band no
    feeders."""
    from scenarios.answer.bands import column_table, feeder_table, folder_name
    from scenarios.answer.summary import summarise_run
    from scenarios.cli.started import STARTED
    from scenarios.paper.sheets import safe_csv
    from scenarios.report.output import Answer
    from scenarios.writing.files import write_json, write_text

    for k, (result, settings) in enumerate(zip(solved.bands.results, solved.settings, strict=True)):
        if result is None or settings is None:
            continue
        own = folder / folder_name(k)
        own.mkdir()
        columns = column_table(result)
        if result.valid and columns is not None:
            write_text(own / "feeder_columns.csv", columns.to_csv(index=False, lineterminator="\n"))
        Answer(result, summarise_run(result, settings, time.monotonic() - STARTED)).write(own)
    if solved.bands.valid:
        write_text(folder / "feeders.csv", safe_csv(feeder_table(solved.bands.plans)))
    write_json(folder / "bands.json", found)


def _tell(solved: Solved, found: Found, out: Path) -> None:
    from optimizer.measures import measure
    from optimizer.plan import Plan
    from scenarios.cli.tables import broken_in_words, comparison
    from scenarios.paper.absence import in_full
    from scenarios.reading.records import Broken

    for result, band in zip(solved.bands.results, found.bands, strict=True):
        typer.echo(f"{band.district} ({band.folder})")
        if result is None:
            typer.echo("Not solved, since no valid plan of another band was found.\n")
            continue
        if result.no_plan is not None:
            typer.echo(f"{in_full(result.no_plan)} The nearest plan found breaks:")
            typer.echo(broken_in_words(Broken.of(result.broken)) + "\n")
            continue
        district, today = result.plan.district, measure(Plan.today(result.plan.district))
        typer.echo(comparison(measure(result.plan), today, district.groups, district.travel.unit) + "\n")
    if not found.valid:
        return
    _tell_feeders(found)
    typer.echo(f"Who goes on where: {out / 'feeders.csv'}")


def _tell_feeders(found: Found) -> None:
    from scenarios.paper.plain import plain_in

    for row in found.feeders or ():
        before, after = (plain_in("share", share, "") for share in (row.together_status_quo, row.together))
        typer.echo(
            f"From {row.band} to {row.next_band}, {after} of students go on with the most of their school "
            f"(today {before}); schools are split {row.splits} times (today {row.splits_status_quo})."
        )
    if found.feeder_low is None and found.feeder_cost is None:
        typer.echo("The bands were not tied to each other: --feeder-low or --feeder-cost would do that.")
