"""The main job of `optimize` and `demo`: search, write, and print the result as a short table."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import typer

from optimizer import kernels
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.objectives import Objective
from optimizer.optimize import PROVING, TIME_LIMIT
from optimizer.plan import Plan
from optimizer.result import Result
from scenarios.answer.baselines import Kind, baselines
from scenarios.answer.neutral import solve_twin
from scenarios.answer.redraws import redraws_of, seconds_of
from scenarios.answer.summary import summarise_run
from scenarios.answer.uncertainty import with_intervals
from scenarios.asking.near import objectives_for
from scenarios.asking.options import Options, Settings
from scenarios.asking.solving import solve_with
from scenarios.cli.progress import ProgressLine, ProgressLines
from scenarios.cli.started import STARTED
from scenarios.cli.tables import bound_in_words, broken_in_words, comparison, draws_in_words, order_in_words, yardsticks
from scenarios.explain.closures import seats_in_words
from scenarios.folder import read_district
from scenarios.paper.absence import NEXT, in_full
from scenarios.plans.file import begun_at, start_of, write_plan
from scenarios.reading.records import Baseline, RaceNeutral, Summary
from scenarios.reading.uncertainty import Uncertainty
from scenarios.writing.staging import answer_folder, writing

# Baselines, the race-neutral twin, and what redrawn counts say: what a run is told with.
Besides = tuple[Mapping[Kind, Baseline], tuple[Plan, RaceNeutral] | None, Uncertainty | None]

TWIN = 0.5  # share of the time for the race-neutral twin, where it is asked for


def run_job(source: Path, settings: Settings, out: Path, *, neutral: bool = False, draws: int | None = None) -> None:
    """Read the district's folder, search, write all files to `out`, print. neutral: answer the race-neutral twin of the
    question besides. draws: measure the plan on so many. Raises typer.Exit(1) where there is no valid plan."""
    district = read_district(source)
    objective = objectives_for(settings, district)  # before anything is written: it may be wrong
    if neutral and isinstance(objective, list):
        mend = "Leave --race-neutral out, or name one objective"
        raise InputError(Fault("--race-neutral", "asks one objective again, and there are several", mend))
    start = start_of(settings, district)
    redraws = None if draws is None else redraws_of(source, district, draws, settings.options.seed)
    folder = answer_folder(out, "optimize", source)
    beside = baselines(district, settings)
    share, after = 1 - TWIN if neutral else 1.0, seconds_of(district, draws, 1)
    result = solve(district, settings, objective, share=share, after=after, start=start)
    twin = None
    if neutral and not isinstance(objective, list) and not result.stopped:
        twin = _twin(district, settings, objective)
    need_plan(result)
    drawn = with_intervals(result.plan, redraws) if redraws is not None and result.valid else None
    _finish(result, settings, folder, (beside, twin, drawn), start)


def _twin(district: District, settings: Settings, objective: Objective) -> tuple[Plan, RaceNeutral]:
    seconds = time_to_search(settings.options, district)
    limit = TIME_LIMIT if settings.options.time_limit is None else settings.options.time_limit
    line = ProgressLine("race-neutral twin", "", seconds)
    twin = solve_twin(district, objective, settings, None if seconds is None else min(seconds, TWIN * limit), line)
    line.close()
    return twin


def solve(
    district: District,
    settings: Settings,
    objective: Objective | list[Objective],
    proving: float = PROVING,
    *,
    share: float = 1.0,
    after: float = 0.0,
    start: Plan | None = None,
) -> Result:
    """Search and prove within what reading has left of the time limit, or a share of that, with progress on standard
    error. after: seconds for what follows besides. start: the plan to search from."""
    seconds = time_to_search(settings.options, district, after)
    seconds = None if seconds is None else share * seconds
    lines = ProgressLines()
    line = lines.begin("", None if isinstance(objective, list) else objective, seconds)
    result = solve_with(
        settings, district, objective=objective, seconds=seconds, proving=proving, progress=line, start=start
    )
    lines.close()
    return result


def need_plan(result: Result) -> None:
    """Raises KeyboardInterrupt where Ctrl-C came before there was a plan: that is no answer."""
    if result.stopped and not result.valid:
        raise KeyboardInterrupt


def time_to_search(options: Options, district: District, after: float = 0.0) -> float | None:
    """What reading has left of the time limit, less what writing a run will take, and `after`. None: no limit."""
    return time_left(options, after + 0.5 + district.blocks / 5_000)


def time_left(options: Options, after: float) -> float | None:
    """What reading has left of the time limit, less `after` seconds for what comes last; at least half of it. None: no
    limit. The question is sound now: at a first start the kernels are compiled here, which counts for nothing."""
    kernels.ensure()
    if options.time_limit is None and options.iterations is not None:
        return None
    limit = TIME_LIMIT if options.time_limit is None else options.time_limit
    spent = time.monotonic() - STARTED - kernels.seconds()
    return max(limit / 2, limit - spent - after)


def written(result: Result, settings: Settings, out: Path, besides: Besides, start: Plan | None = None) -> Summary:
    """The files of a run, and what is said of it. start: the plan that it was searched from."""
    from scenarios.report.output import Answer

    beside, twin, drawn = besides
    summary = replace(
        summarise_run(result, settings, time.monotonic() - STARTED),
        start=begun_at(settings, start),
        baselines=beside,
        race_neutral=None if twin is None else twin[1],
        **({} if drawn is None else vars(drawn)),
    )
    with writing(out, "optimize") as new:
        if twin is not None and summary.valid and twin[1].valid:
            (new / "race_neutral").mkdir()
            write_plan(new / "race_neutral" / "plan.csv", twin[0])
        Answer(result, summary, drawn).write(new)
    return summary


def _finish(result: Result, settings: Settings, out: Path, besides: Besides, start: Plan | None) -> None:
    summary, district, drawn = written(result, settings, out, besides, start), result.plan.district, besides[2]
    typer.echo(district.name)
    if summary.measures is None:
        tell_none(summary)
    typer.echo(comparison(summary.measures, summary.measures_status_quo, district.groups, district.travel.unit))
    if summary.broken_limits:
        typer.echo("\nLimits that today's zones break, and the plan no more than they:")
        typer.echo(broken_in_words(summary.broken_limits))
    typer.echo("\nEvery limit holds." if not summary.broken_limits else "\nEvery other limit holds.")
    typer.echo(bound_in_words(summary))
    if summary.objectives is not None:
        typer.echo(order_in_words(summary.objectives, district.travel.unit))
    typer.echo(yardsticks(summary, district.travel.unit))
    if drawn is not None:
        typer.echo(draws_in_words(drawn, district.travel.unit, "summary.json"))
    typer.echo(f"Report: {out / 'report.html'}")


def tell_none(summary: Summary) -> NoReturn:
    """That there is no valid plan, and what the nearest breaks. Raises typer.Exit(1)."""
    assert summary.no_plan is not None
    typer.echo(f"{in_full(summary.no_plan)} The nearest plan found breaks:")
    typer.echo(broken_in_words(summary.broken_limits))
    if summary.nearest_seats is not None:
        typer.echo(seats_in_words(summary.nearest_seats))
    typer.echo(NEXT[summary.no_plan])
    raise typer.Exit(1)
