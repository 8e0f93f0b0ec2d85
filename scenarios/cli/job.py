"""The main job of `optimize` and `demo`: search, write, and print the result as a short table."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import typer

from optimizer.district import District
from optimizer.objectives import Disparity, Objective, make_objective
from optimizer.optimize import PROVING, TIME_LIMIT, optimize
from optimizer.result import Result
from scenarios.cli import STARTED
from scenarios.cli.progress import ProgressLine
from scenarios.cli.tables import bound_in_words, broken_in_words, comparison
from scenarios.files import output_folder
from scenarios.folder import read_district
from scenarios.folder.hashes import folder_hashes
from scenarios.options import Options, Settings, rules_of
from scenarios.summary import summarise_run


def run_job(source: Path, settings: Settings, out: Path) -> None:
    """Read the district's folder, search, write all files to `out`, print. Raises typer.Exit(1) where there is no valid
    plan."""
    district, inputs = read_district(source), folder_hashes(source)
    objective = make_objective(settings.options.objective, district)  # before anything is written: it may be wrong
    folder = output_folder(out)
    result = solve(district, settings, objective)
    _finish(result, settings, folder, inputs)


def solve(district: District, settings: Settings, objective: Objective, proving: float = PROVING) -> Result:
    """Search and prove within what reading has left of the time limit, with progress on standard error."""
    rules = rules_of(settings)
    seconds = time_to_search(settings.options, district)
    points = isinstance(objective, Disparity)
    line = ProgressLine("disparity" if points else objective.name, "points" if points else "", seconds)
    result = optimize(
        district,
        objective,
        rules,
        time_limit=seconds,
        iterations=settings.options.iterations,
        seed=settings.options.seed,
        threads=settings.options.threads,
        gap=settings.options.gap,
        solver=settings.options.solver,
        proving=proving,
        progress=line,
    )
    line.close()
    return result


def time_to_search(options: Options, district: District) -> float | None:
    """What reading has left of the time limit, less what writing a run will take. None: no limit."""
    return time_left(options, 0.3 + district.blocks / 10_000)


def time_left(options: Options, after: float) -> float | None:
    """What reading has left of the time limit, less `after` seconds for what comes last; at least half of it. None: no
    limit."""
    if options.time_limit is None and options.iterations is not None:
        return None
    limit = TIME_LIMIT if options.time_limit is None else options.time_limit
    return max(limit / 2, limit - (time.monotonic() - STARTED) - after)


def _finish(result: Result, settings: Settings, out: Path, inputs: Mapping[str, str]) -> None:
    from scenarios.output import write_run

    summary = summarise_run(result, settings, time.monotonic() - STARTED)
    write_run(out, result, summary, inputs)
    district = result.plan.district
    typer.echo(district.name)
    if summary["valid"]:
        now, today = summary["measures"], summary["measures_status_quo"]
        typer.echo(comparison(now, today, district.groups, district.travel.unit))
        if summary["broken_limits"]:
            typer.echo("\nLimits that today's zones break, and the plan no more than they:")
            typer.echo(broken_in_words(summary["broken_limits"]))
        typer.echo("\nEvery limit holds." if not summary["broken_limits"] else "\nEvery other limit holds.")
        typer.echo(bound_in_words(summary))
        typer.echo(f"Report: {out / 'report.html'}")
        return
    typer.echo("No valid plan was found. The nearest plan found still breaks:")
    typer.echo(broken_in_words(summary["broken_limits"]))
    typer.echo("rezone explain, with the same limits, says why, and what would help.")
    raise typer.Exit(1)
