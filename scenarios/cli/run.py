"""`rezone run`: every run of a scenario file."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optimizer.errors import Doubt, Fault, InputError
from scenarios.cli.flags import Draws
from scenarios.paper.wording import counted, duration
from scenarios.reading.most import most, need_most
from scenarios.reading.values import Table
from scenarios.writing.terminal import printable

if TYPE_CHECKING:
    from scenarios.runner import Standing, Task
    from scenarios.runner.journal import Ended
    from scenarios.scenario_file import Planned, Study

MANY = 100_000  # runs from which on nobody should start them by mistake
SHOWN = 5  # reasons of failed runs, and scenarios without a valid plan, at most
LONG = 300  # letters of a reason on the terminal


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The scenario file, TOML.")],
    out: Annotated[Path | None, typer.Option(help="The folder for the results.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=most("jobs"), help="Worker processes. Default: one a core.")
    ] = None,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Run on this Dask scheduler.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List the runs and the expected time, and end.")] = False,
    plugin: Annotated[
        list[Path] | None, typer.Option(help="A Python file with rules or objectives of your own. Its code is run.")
    ] = None,
    draws: Draws = None,
    yes: Annotated[bool, typer.Option("--yes", help=f"Yes, more than {MANY:,} runs.")] = False,
) -> None:
    """Do every run of a scenario file that the output folder does not hold yet: many candidate plans, one table.

    Finished runs are kept whatever happens: repeat the command to go on. Exit status 1: no run is done.
    """
    from scenarios.asking.plugins import load_plugins
    from scenarios.scenario_file import read_study

    plugins = tuple(plugin or ())
    load_plugins(plugins)
    study = read_study(file)
    if len(study) > MANY and not yes:
        problem = f"stands for {len(study):,} runs, which is more than {MANY:,}"
        raise InputError(Fault(file.name, problem, "Take values out of [sweep], or say --yes"))
    if cluster is not None and jobs is not None:
        mend = "Leave one of them out: a cluster's workers are started on their own"
        raise InputError(Fault("--jobs", "does not go with --cluster", mend))
    if dry_run:
        need_most(file.name, "runs", len(study))
        _list(study, out, jobs, (plugins, draws))
    elif out is None:
        raise InputError(Fault("--out", "is missing", "Name the folder for the results, or say --dry-run"))
    else:
        need_most(file.name, "runs", len(study))
        _run(study, out, plugins, jobs=jobs, cluster=cluster, draws=draws)


def _run(
    study: Study, out: Path, plugins: tuple[Path, ...], *, jobs: int | None, cluster: str | None, draws: int | None
) -> None:
    from scenarios.cli.progress import ready_to_solve

    ready_to_solve()
    from scenarios.cli.standing import StandingLine
    from scenarios.runner import run_study

    line, reasons, stopped = StandingLine(), Counter[str](), False
    ended: Standing | None = None

    def watch(now: Standing) -> None:
        line(now)
        for text in () if now.last is None else now.last.doubts:
            warnings.warn(Doubt(text), stacklevel=1)
        if now.last is not None and now.last.failed:
            reasons[f"{now.last.row.folder}: {now.last.row.reason}"] += 1

    try:
        ended = run_study(study, out, jobs=jobs, cluster=cluster, plugins=plugins, draws=draws, watch=watch)
    except KeyboardInterrupt:
        stopped = True
    finally:
        line.close()
    _tell(ended or line.last, out, reasons, stopped)


def _tell(now: Standing | None, out: Path, reasons: Counter[str], stopped: bool) -> None:
    from scenarios.runner.store import finished_in

    if stopped:
        typer.echo("Stopped. Finished runs are kept: repeat the command to go on.")
    if now is None:  # stopped before anything was counted
        if not finished_in(out):
            raise KeyboardInterrupt
        return
    left = f", {now.left:,} left" if now.left else ""
    typer.echo(f"{counted(now.total, 'run')}: {now.done:,} done, {now.failed:,} failed{left}.")
    for reason, times in reasons.most_common(SHOWN):
        typer.echo(f"failed {times:,}x: {printable(reason)}")
    _tell_unfit(now.unfit)
    typer.echo(f"Results: {out / 'results.parquet'}")
    if now.others:
        problem = "of other scenario files, or of earlier versions of this one"
        typer.echo(f"The table holds {counted(now.others, 'more row')}, {problem}.")
    # The last run may have been written down just before it could be counted.
    if stopped and not finished_in(out):
        raise KeyboardInterrupt
    if not now.done and not stopped:
        raise typer.Exit(1)


def _tell_unfit(unfit: Sequence[tuple[Task, Ended]]) -> None:
    """The scenarios whose search found no valid plan, and the given plans that are not valid, with the first reason."""
    for searched, words in ((True, "Without a valid plan"), (False, "Given plans that are not valid")):
        runs = [(task, ended) for task, ended in unfit if task.searched == searched]
        if not runs:
            continue
        times = Counter(task.scenario for task, _ in runs)
        names = [name if n == 1 else f"{name} ({n:,} runs)" for name, n in times.items()]
        more = f", and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        reason = runs[0][1].reason or ""
        shown = reason if len(reason) <= LONG else reason[: LONG - 1] + "…"
        typer.echo(printable(f"{words}: {', '.join(names[:SHOWN])}{more}."))
        typer.echo(printable(f"  The first: {shown}"))
        if searched:
            typer.echo("  rezone explain DISTRICT --config FILE --scenario NAME says why.")


def _list(study: Study, out: Path | None, jobs: int | None, deciding: tuple[tuple[Path, ...], int | None]) -> None:
    """deciding: what decides a run besides the file: plugins and draws."""
    from scenarios.runner.expected import expected_seconds, in_all, pace_known
    from scenarios.runner.store import finished_in
    from scenarios.runner.sweep import share_of_cores
    from scenarios.runner.task import tasks_of

    finished = finished_in(out)
    left: dict[str, float] = {}
    names: dict[str, str] = {}
    known = True
    for planned, task in zip(study, tasks_of(study, *deciding), strict=True):
        words = [f"{key} = {value}" for key, value in _apart(planned).items() if value is not None]
        also = f" (the same run as {names[task.run]})" if task.run in names else ""
        done = " (done)" if task.run in finished else ""
        line = f"{task.run[:12]}  {task.folder.name}  {task.scenario}  {', '.join(words)}"
        typer.echo(printable(line.rstrip() + also + done))
        names.setdefault(task.run, task.scenario)
        if task.run not in finished:
            left[task.run] = expected_seconds(task, finished)
            known = known and pace_known(task, finished)
    workers, _ = share_of_cores(jobs)
    seconds = in_all(list(left.values()), workers)
    typer.echo(
        f"{counted(len(names), 'run')}, {len(names) - len(left):,} of them done already. "
        f"Expected time: {'about' if known else 'at least'} {duration(seconds)} with {counted(workers, 'job')}."
    )


def _apart(planned: Planned) -> Table:
    """What sets a run apart: its plan, and options that are not the file's."""
    plan = None if planned.plan is None else planned.plan.name
    return {"plan": plan, "baseline": planned.baseline, **planned.differs}
