"""All runs of a study that are not there yet, from the first to the table."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from optimizer import kernels
from scenarios import interrupts
from scenarios.runner.cluster import Cluster
from scenarios.runner.journal import Ended
from scenarios.runner.local import run_locally
from scenarios.runner.store import Store
from scenarios.runner.task import Done, Task, Workers, tasks_of
from scenarios.scenario_file import Study


@dataclass(frozen=True)
class Standing:
    """Where a sweep stands, in runs. done: the finished ones of earlier calls included. seconds: since this call began.
    new: runs that ended in this call. best: largest relative reduction of the objective so far, -inf before any
    and where the runs are of several districts or objectives: there is no best among those.
    last: the run that has just ended. workers: that are connected to the cluster, None without one. At the end alone:
    unfit: the runs that have no valid plan, with what is known of them; others: rows of the folder's table that are of
    other scenario files, or of earlier versions of this one."""

    total: int
    done: int
    failed: int = 0
    new: int = 0
    seconds: float = 0.0
    best: float = -math.inf
    last: Done | None = None
    workers: int | None = None
    alike: bool = True
    unfit: tuple[tuple[Task, Ended], ...] = ()
    others: int = 0

    @property
    def left(self) -> int:
        return self.total - self.done - self.failed

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None before any run has ended."""
        return self.seconds / self.new * self.left if self.new else None


def run_study(
    study: Study,
    out: Path,
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    plugins: tuple[Path, ...] = (),
    draws: int | None = None,
    watch: Callable[[Standing], None] = lambda _: None,
) -> Standing:
    """Do what is missing of the study's runs; leave results.parquet, manifest.json, plans/ and the journal in `out`.

    jobs: worker processes on this machine, None for one a core, each with its share of the cores as threads. cluster:
    the address of a Dask scheduler instead. plugins: Python files with rules and objectives of the user's own. draws:
    on how many redrawn counts plans are measured besides. watch: told at the start, after every run, and while a
    cluster has no workers. Ctrl-C: what is finished is kept, the table is written, and KeyboardInterrupt goes on.
    Raises InputError where the input is wrong or the scheduler goes away, OutputError where nothing can be written;
    what is finished is kept then too.
    """
    remote = None if cluster is None else Cluster(cluster)
    try:
        tasks = list(tasks_of(study, plugins, draws))
        with closing(Store(out, {task.folder for task in tasks})) as store:
            store.begin(tasks, study.path)
            finished, named = store.finished(), dict[str, Task]()
            for task in tasks:
                named.setdefault(task.run, task)
            missing = [task for task in tasks if named[task.run] is task and task.run not in finished]
            if missing and remote is None:
                kernels.ensure()  # once, before there are workers
            runs = _locally(missing, jobs) if remote is None else remote.run(missing)
            known = [finished[run].reduction for run in named if run in finished]
            alike = len({(task.folder, str(task.settings.options.objective)) for task in tasks}) == 1
            standing = Standing(
                len(named),
                len(named) - len(missing),
                best=max(known, default=-math.inf) if alike else -math.inf,
                workers=None if remote is None else remote.workers,
                alike=alike,
            )
            standing = _follow(runs, store, standing, watch)
            return _with_outcomes(standing, store.ended(), named)
    finally:
        if remote is not None:
            remote.close()


def share_of_cores(jobs: int | None) -> tuple[int, int]:
    """How many workers, and threads for each."""
    cores = os.cpu_count() or 1
    workers = cores if jobs is None else jobs
    return workers, max(1, cores // workers)


def _with_outcomes(standing: Standing, ended: Mapping[str, Ended], named: Mapping[str, Task]) -> Standing:
    """What the folder holds in the end, also of runs that were done before. named: the study's runs."""
    mine = [(task, ended[run]) for run, task in named.items() if run in ended]
    unfit = tuple((task, end) for task, end in mine if end.unfit)
    return replace(standing, unfit=unfit, others=len(ended.keys() - named.keys()))


def _locally(tasks: Sequence[Task], jobs: int | None) -> Generator[Done, None, None]:
    workers, threads = share_of_cores(jobs)
    return run_locally(tasks, min(workers, len(tasks)), threads)


def _follow(
    runs: Generator[Done, None, None] | Generator[Done | Workers, None, None],
    store: Store,
    standing: Standing,
    watch: Callable[[Standing], None],
) -> Standing:
    """Write down each run as it ends, and at the end the table, whatever ends it."""
    began = time.monotonic()
    with interrupts.raised():
        watch(standing)
        try:
            with closing(runs):
                for news in runs:
                    if isinstance(news, Workers):
                        standing = replace(standing, last=None, workers=news.connected)
                    else:
                        with interrupts.shielded():
                            store.add(news)
                        standing = _after(standing, news, time.monotonic() - began)
                    watch(standing)
        finally:
            with interrupts.shielded():
                store.finish()
    return standing


def _after(standing: Standing, done: Done, seconds: float) -> Standing:
    """With one more run that has ended."""
    return replace(
        standing,
        done=standing.done + (not done.failed),
        failed=standing.failed + done.failed,
        new=standing.new + 1,
        seconds=seconds,
        best=max(standing.best, done.row.reduction) if standing.alike else standing.best,
        last=done,
        workers=None if standing.workers is None else max(1, standing.workers),
    )
