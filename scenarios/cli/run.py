"""`rezone run`: every run of a scenario file."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optimizer.errors import Fault, InputError

if TYPE_CHECKING:
    from scenarios.runner import Standing
    from scenarios.scenario_file import Study

MANY = 100_000  # runs from which on nobody should start them by mistake
SHOWN = 5  # reasons of failed runs


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The scenario file, TOML.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="The folder for the results.", show_default=False)] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Worker processes. Default: one a core.", show_default=False)
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on this Dask scheduler.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List the runs and the expected time, and end.")] = False,
    plugin: Annotated[
        list[Path] | None,
        typer.Option(help="A Python file with rules or objectives of your own. Its code is run.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=f"Yes, more than {MANY:,} runs.")] = False,
) -> None:
    """Do every run of a scenario file that the output folder does not hold yet: many candidate plans, one table.

    Finished runs are kept whatever happens: repeat the command to go on. Exit status 1: no run is done.
    """
    from scenarios.plugins import load_plugins
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
        _list(study, out, jobs, plugins)
    elif out is None:
        raise InputError(Fault("--out", "is missing", "Name the folder for the results, or say --dry-run"))
    else:
        _run(study, out, plugins, jobs=jobs, cluster=cluster)


def _run(study: Study, out: Path, plugins: tuple[Path, ...], *, jobs: int | None, cluster: str | None) -> None:
    from scenarios.cli.standing import StandingLine
    from scenarios.runner import run_study

    line, reasons, stopped = StandingLine(), Counter[str](), False

    def watch(now: Standing) -> None:
        line(now)
        if now.last is not None and now.last.failed:
            reasons[f"{now.last.row['folder']}: {now.last.row['reason']}"] += 1

    try:
        with _ended_gently():
            run_study(study, out, jobs=jobs, cluster=cluster, plugins=plugins, watch=watch)
    except KeyboardInterrupt:
        stopped = True
    finally:
        line.close()
    _tell(line.last, out, reasons, stopped)


@contextmanager
def _ended_gently() -> Iterator[None]:
    """Whoever asks the process to end, as clusters do when its time is over, gets what Ctrl-C gets."""

    def end(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(now: Standing | None, out: Path, reasons: Counter[str], stopped: bool) -> None:
    if now is None:
        raise typer.Exit(1)
    if stopped:
        typer.echo("Stopped. Finished runs are kept: repeat the command to go on.")
    left = f", {now.left:,} left" if now.left else ""
    typer.echo(f"{now.total:,} runs: {now.done:,} done, {now.failed:,} failed{left}.")
    for reason, times in reasons.most_common(SHOWN):
        typer.echo(f"failed {times:,}x: {printable(reason)}")
    typer.echo(f"Results: {out / 'results.parquet'}")
    if not now.done:
        raise typer.Exit(1)


def _list(study: Study, out: Path | None, jobs: int | None, plugins: tuple[Path, ...]) -> None:
    from scenarios.runner.expected import expected_seconds
    from scenarios.runner.store import finished_in
    from scenarios.runner.sweep import share_of_cores
    from scenarios.runner.task import tasks_of

    finished = finished_in(out)
    left: dict[str, float] = {}
    names: dict[str, str] = {}
    for planned, task in zip(study, tasks_of(study, plugins), strict=True):
        words = [f"{key} = {value}" for key, value in _apart(planned).items() if value is not None]
        also = f" (the same run as {names[task.run]})" if task.run in names else ""
        done = " (done)" if task.run in finished else ""
        line = f"{task.run[:12]}  {task.folder.name}  {task.scenario}  {', '.join(words)}"
        typer.echo(printable(line.rstrip() + also + done))
        names.setdefault(task.run, task.scenario)
        if task.run not in finished:
            left[task.run] = expected_seconds(task, finished)
    workers, _ = share_of_cores(jobs)
    seconds = sum(left.values()) / min(workers, max(1, len(left)))
    typer.echo(
        f"{len(names):,} runs, {len(names) - len(left):,} of them done already. "
        f"Expected time: about {duration(seconds)} with {workers} jobs."
    )


def _apart(planned: Any) -> dict[str, Any]:
    """What sets a run apart: its plan, and options that are not the file's."""
    plan = None if planned.plan is None else planned.plan.name
    return {"plan": plan, "baseline": planned.baseline, **planned.differs}


def printable(text: str) -> str:
    """Names come from files: nothing in them may steer a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}" if seconds >= 10 * size else f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
