"""The recipe: from a district, an objective and rules to the best plan found."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import Model
from optimizer.objectives import Objective, make_objective
from optimizer.plan import Plan
from optimizer.result import Progress, Result
from optimizer.rules import DEFAULT_RULES, Rule

if TYPE_CHECKING:
    from optimizer.solvers.search import Population

TIME_LIMIT = 60.0  # seconds, where neither time nor iterations are given
REPEATABLE_LANES = 2  # with iterations, so that the number of cores does not change the plan
LOOKS = 0.1  # seconds between two reports of progress


def optimize(
    district: District,
    objective: Objective | None = None,
    rules: Sequence[Rule] = DEFAULT_RULES,
    *,
    time_limit: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """The best valid plan found from the status quo.

    objective: None takes disparity, or mean travel where poverty is not known. time_limit: seconds from this call; None
    means 60, or no limit where `iterations` (proposals of each start) are given, which make the run repeatable: same
    seed, same plan, at any number of threads. threads: None takes all cores. progress: called about ten times a second.
    Ctrl-C ends the run with the best plan so far. Raises InputError where an argument or a rule does not fit.
    """
    from optimizer.solvers.clock import Budget  # noqa: PLC0415
    from optimizer.solvers.search import search  # noqa: PLC0415 - numba takes a second to import

    began = time.monotonic()
    _check(time_limit, iterations, seed, threads)
    objective = make_objective(None, district) if objective is None else objective
    threads = threads or os.cpu_count() or 1
    model = Model.build(district, tuple(rules))
    seconds = TIME_LIMIT if time_limit is None and iterations is None else time_limit
    watch = None if progress is None else _Watch(progress, district, objective, began, seconds, iterations)
    found = search(
        model,
        objective,
        Budget(None if seconds is None else max(0.0, seconds - (time.monotonic() - began)), iterations),
        random=np.random.default_rng(seed),
        lanes=threads if iterations is None else REPEATABLE_LANES,
        threads=threads,
        watch=watch,
    )
    return Result(
        plan=Plan(district, found.school),
        objective=objective,
        rules=tuple(rules),
        seed=seed,
        iterations=found.iterations,
        seconds=time.monotonic() - began,
        stopped=found.stopped,
    )


def _check(time_limit: float | None, iterations: int | None, seed: int, threads: int | None) -> None:
    for name, value, least in (
        ("time_limit", time_limit, 0.0),
        ("iterations", iterations, 1),
        ("seed", seed, 0),
        ("threads", threads, 1),
    ):
        if value is not None and not (np.isfinite(value) and value >= least):
            raise InputError(Fault(name, f"{value} cannot be used", f"Give a number of {least:g} or more"))


class _Watch:
    """Turns looks at the search into Progress, not more often than people can read."""

    def __init__(
        self,
        tell: Callable[[Progress], None],
        district: District,
        objective: Objective,
        began: float,
        seconds: float | None,
        iterations: int | None,
    ) -> None:
        self.tell, self.district, self.began, self.next = tell, district, began, 0.0
        self.seconds, self.iterations = seconds, iterations
        self.today = objective.value(Plan.status_quo(district))

    def __call__(self, run: Population) -> None:
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + LOOKS
        spent = now - self.began
        share = run.proposals / len(run.lanes) / self.iterations if self.iterations else 0.0
        if self.seconds:
            share = max(share, spent / self.seconds)
        value, zone = run.best
        moved = Plan(self.district, zone).moved_share
        value = value if np.isfinite(value) else self.today
        self.tell(Progress(value, self.today, moved, spent, min(share, 1.0)))
