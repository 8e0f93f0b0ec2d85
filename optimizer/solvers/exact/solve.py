"""The exact solver: proves which plan is best, on small districts, or that there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from optimizer.arrays import Ints
from optimizer.errors import Fault, InputError
from optimizer.model import Model
from optimizer.objectives import Objective
from optimizer.objectives.base import Compiled
from optimizer.solvers.exact.check import holds, value
from optimizer.solvers.exact.curve import solve_curved
from optimizer.solvers.exact.patience import Patience
from optimizer.solvers.exact.threads import in_threads

if TYPE_CHECKING:
    from optimizer.solvers.exact.linear import Effort

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True, eq=False)
class Exact:
    """What the exact solver came to.

    school: (blocks,) the best plan, None where none was found. value: its objective, recomputed from the plan. bound:
    no plan that keeps the hard limits has a smaller objective, whatever its excess; None where nothing is proved.
    held_bound: the same among plans of no more excess than was held. status: `optimal`: the value is within the gap of
    held_bound; `infeasible`: proved that no plan keeps the hard limits and the excess held; `unknown`: no plan found
    and nothing proved. seconds: taken. units: of deterministic time.
    """

    school: Ints | None
    value: float | None
    bound: float | None
    held_bound: float | None
    status: Status
    seconds: float
    units: float


def knows(model: Model, compiled: Compiled) -> bool:
    """Whether the solver can take all that the model and the objective are made of."""
    further = (*model.borders, *model.splits, *model.largest, *model.compact)
    return not (compiled.beyond or further or model.together is not None)


def solve_exact(
    model: Model,
    objective: Objective,
    *,
    start: Ints | None = None,
    held_excess: float | None = None,
    seconds: float | None = None,
    deterministic: float | None = None,
    threads: int = 1,
    seed: int = 0,
    gap: float = 0.001,
    stop: threading.Event | None = None,
    watch: Callable[[float, float], None] | None = None,
) -> Exact:
    """The best plan of a model, with proof as far as time goes.

    start: (blocks,) a plan to begin with, such as the search's; a hint where it is not valid; None: today's zones.
    held_excess: total excess over the sums' limits that the plan may have, within the hard limits; None: any. seconds:
    time limit.
    deterministic: units of work, of about a second each; a run with these and without `seconds` repeats to the byte,
    whatever the number of threads. gap: relative, at which linear objectives stop; those with a curved part are proved
    to within 1e-6. stop: ends the run early when set; Ctrl-C sets it. watch: called with the best value and bound.
    Whatever cuts the run short makes the bound weaker, or None, never wrong.
    """
    compiled = objective.compile(model)
    if not knows(model, compiled):
        mend = "Take --solver search"
        raise InputError(Fault("--solver", "the exact solver cannot take these rules and this objective yet", mend))
    patience = Patience(seconds, deterministic, stop or threading.Event(), watch)
    run = _Run(model, compiled, held_excess, patience, threads, seed, gap)
    begin = model.district.status_quo if start is None else start
    job = partial(run.linear if compiled.exposures is None else run.curved, begin)
    try:
        # In a thread of its own, so that Ctrl-C meets this thread while it waits, and nowhere else.
        (exact,) = in_threads([job], 1, patience, look=patience.pass_on)
    except MemoryError:
        return run.outcome(begin if holds(model, begin, held_excess) else None, -np.inf, -np.inf)
    patience.pass_on()
    return exact


def least_excess(
    model: Model,
    *,
    start: Ints | None = None,
    seconds: float | None = None,
    deterministic: float | None = None,
    threads: int = 1,
    seed: int = 0,
    stop: threading.Event | None = None,
) -> Exact:
    """The plan of least total excess over the sums' limits, within the hard limits: value and bound are of the excess,
    in the unit of the sums (students). Arguments as in solve_exact."""
    from optimizer.solvers.exact.linear import Effort, least_excess_of  # noqa: PLC0415 - ortools is slow to import

    patience = Patience(seconds, deterministic, stop or threading.Event())
    begin = model.district.status_quo if start is None else start
    answer = least_excess_of(model, begin, patience, Effort(threads, seed, 0.0))
    bound = max(answer.bound, 0.0)
    if answer.school is None:
        status: Status = "infeasible" if answer.state == "infeasible" else "unknown"
        return Exact(None, None, bound, bound, status, patience.spent, patience.used)
    status = "optimal" if answer.state == "done" else "feasible"
    return Exact(answer.school, answer.value, bound, bound, status, patience.spent, patience.used)


@dataclass(frozen=True, eq=False)
class _Run:
    model: Model
    compiled: Compiled
    held: float | None
    patience: Patience
    threads: int
    seed: int
    gap: float

    def curved(self, start: Ints) -> Exact:
        """First any plan, where the start is none; then the best."""
        if not holds(self.model, start, self.held):
            from optimizer.solvers.exact.linear import any_plan  # noqa: PLC0415 - ortools is slow to import

            found = any_plan(self.model, start, self.held, self.patience, self._effort())
            if found.school is None:
                return self.outcome(None, -np.inf, -np.inf, infeasible=found.state == "infeasible")
            start = found.school
        best = solve_curved(self.model, self.compiled, start, self.held, self.patience, self.threads)
        return self.outcome(best.school, best.bound, best.bound_any)

    def linear(self, start: Ints) -> Exact:
        """Once with the excess held, once more without for a bound on all plans, if that makes a difference."""
        from optimizer.solvers.exact.linear import solve_linear  # noqa: PLC0415 - ortools is slow to import

        cost, effort = self.compiled.pair_cost, self._effort()
        first = solve_linear(self.model, cost, start, self.held, self.patience, effort)
        if first.state == "infeasible":
            return self.outcome(None, -np.inf, -np.inf, infeasible=True)
        bound = first.bound
        if self.held is not None and _softened(self.model):
            again = start if first.school is None else first.school
            bound = solve_linear(self.model, cost, again, None, self.patience, effort).bound
        return self.outcome(first.school, first.bound, bound)

    def _effort(self) -> Effort:
        from optimizer.solvers.exact.linear import Effort  # noqa: PLC0415 - ortools is slow to import

        return Effort(self.threads, self.seed, self.gap)

    def outcome(self, school: Ints | None, held_bound: float, bound: float, *, infeasible: bool = False) -> Exact:
        """Bounds that nothing proves are None."""
        anyhow, within = (max(float(b), self._floor()) if np.isfinite(b) else None for b in (bound, held_bound))
        amount = None if school is None else value(self.model, self.compiled, school)
        status: Status = "infeasible" if infeasible else "unknown" if amount is None else "feasible"
        if amount is not None and within is not None and amount - within <= self.gap * abs(amount):
            status = "optimal"
        return Exact(school, amount, anyhow, within, status, self.patience.spent, self.patience.used)

    def _floor(self) -> float:
        """What no plan's pair costs are below; what is curved is at least 0."""
        cost, start = self.compiled.pair_cost, self.model.pairs.start
        return float(np.minimum.reduceat(cost, start[:-1]).sum()) - 1e-12 if len(cost) else 0.0


def _softened(model: Model) -> bool:
    """Whether some hard limit is wider than the limit."""
    return any((s.hard_high > s.high).any() or (s.hard_low < s.low).any() for s in model.sums)
