"""The exact solver: proves which plan is best, on small districts, or that there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from optimizer.arrays import Ints
from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.objectives import Objective
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Roundness
from optimizer.solvers.contract import Contraction, contract
from optimizer.solvers.exact.check import charges, folded, holds, softened, total, uncharged, value
from optimizer.solvers.exact.curve import Best, solve_curved
from optimizer.solvers.exact.patience import Patience, Setup
from optimizer.solvers.exact.words import fits_words
from optimizer.solvers.exact.zones import solve_zones
from optimizer.solvers.threads import in_threads

FIRST = 0.6  # share of the time for the plan, where rules cost something; the rest is for the bound without them
MANY = 5  # schools from which zones of all of them are listed in any case (80 blocks, 8 schools: 0.5 s, else over 30 s)
NOTHING = 1e-9  # a value so near its bound is proved, whatever the gap

Way = Literal["linear", "curve", "zones"]
Status = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True, eq=False)
class Exact:
    """What the exact solver came to.

    school: (blocks,) the best plan, None where none was found: that of the least objective and rules' costs. value: its
    objective alone, recomputed from the plan. bound: no plan that keeps the hard limits has a smaller objective, rules'
    costs left out, whatever its excess; None where nothing is proved. held_bound: the same among plans of no more
    excess than was held. status: `optimal`: the value, with rules' costs where there are any, is within the gap of the
    least that a plan of the excess held can have; `infeasible`: proved that no plan keeps the hard limits and the
    excess held; `unknown`: no plan found and nothing proved. seconds: taken. units: of deterministic time.
    """

    school: Ints | None
    value: float | None
    bound: float | None
    held_bound: float | None
    status: Status
    seconds: float
    units: float


def way_of(model: Model, compiled: Compiled) -> Way:
    """How the best plan is found. `linear`: CP-SAT over blocks; `curve`: zones of all schools but the last are listed,
    or where there are many schools, of all; `zones`: those of all schools."""
    charged = folded(model, compiled)
    if not charged.curves and not model.ceilings:
        return "linear"
    bare = uncharged(model)
    further = (*model.splits, *bare.borders, *bare.compact, *model.largest, *model.ceilings)
    return "zones" if charged.mixed or further or model.together is not None else "curve"


def knows(model: Model, compiled: Compiled) -> bool:
    """Whether the solver can do more than look for any plan. It takes all rules and objectives; but zones are listed
    only where blocks that have a choice fit into a word."""
    small = contract(model, compiled)
    return way_of(small.model, small.compiled) == "linear" or fits_words(small.model)


def solve_exact(
    model: Model,
    objective: Objective,
    *,
    start: Ints | None = None,
    held_excess: float | None = None,
    deadline: Deadline | None = None,
    threads: int = 1,
    seed: int = 0,
    gap: float = 0.001,
    watch: Callable[[float, float], None] | None = None,
) -> Exact:
    """The best plan of a model, with proof as far as time goes.

    start: (blocks,) a plan to begin with, such as the search's; a hint where it is not valid; None: today's zones.
    held_excess: total excess over the sums' limits that the plan may have, within the hard limits; None: any.
    deadline: its iterations are units of work, of about a second each; a run with these and without `seconds` repeats
    to the byte, whatever the number of threads. gap: relative, at which linear objectives stop; those with a curved
    part are proved to within 1e-6. watch: called with the best value and bound.
    Whatever cuts the run short makes the bound weaker, or None, never wrong.
    """
    contraction = contract(model, objective.compile(model))
    patience = Patience.of(deadline or Deadline(), watch)
    run = _Run(contraction, objective.compile(model), held_excess, patience, Setup(threads, seed, gap))
    begin = _over_nodes(contraction, start)
    try:
        # In a thread of its own, so that Ctrl-C meets this thread while it waits, and nowhere else.
        (exact,) = in_threads([partial(run.solve, begin)], 1, patience, report=patience.pass_on)
    except MemoryError:
        return run.outcome(_Proof(begin if holds(contraction.model, begin, held_excess) else None))
    patience.pass_on()
    return exact


def least_excess(
    model: Model,
    *,
    start: Ints | None = None,
    deadline: Deadline | None = None,
    threads: int = 1,
    seed: int = 0,
) -> Exact:
    """The plan of least total excess over the sums' limits, within the hard limits: value and bound are of the excess,
    in the unit of the sums (students). Arguments as in solve_exact."""
    from optimizer.solvers.exact.linear import least_excess_of  # noqa: PLC0415 - ortools is slow to import

    contraction = contract(model, Compiled(np.zeros(len(model.pairs.index))))
    patience = Patience.of(deadline or Deadline())
    begin = _over_nodes(contraction, start)
    answer = least_excess_of(contraction.model, begin, patience, Setup(threads, seed, 0.0))
    bound = max(answer.bound, 0.0)
    if answer.school is None:
        status: Status = "infeasible" if answer.state == "infeasible" else "unknown"
        return Exact(None, None, bound, bound, status, patience.spent, patience.done)
    status = "optimal" if answer.state == "done" else "feasible"
    school = contraction.expand(answer.school)
    return Exact(school, answer.value, bound, bound, status, patience.spent, patience.done)


def _over_nodes(contraction: Contraction, school: Ints | None) -> Ints:
    """(nodes,) the plan, or today's zones."""
    return contraction.over_nodes(contraction.whole.district.status_quo if school is None else np.asarray(school))


@dataclass(frozen=True, eq=False)
class _Proof:
    """school: (nodes,) the best plan of what was made small, or None. held: no plan of the excess held has less;
    anyhow: none at all. none: there is no plan. done: whether the plan is as good as proved."""

    school: Ints | None
    held: float = -np.inf
    anyhow: float = -np.inf
    none: bool = False
    done: bool = False


@dataclass(frozen=True, eq=False)
class _Run:
    """compiled: of the model before blocks were drawn together."""

    contraction: Contraction
    compiled: Compiled
    held: float | None
    patience: Patience
    setup: Setup

    def solve(self, start: Ints) -> Exact:
        """The plan and its bounds at once; or, where rules cost something, the plan first, and then bounds of the
        objective alone."""
        model = self.contraction.model
        if not charges(model):
            return self.outcome(self._best(model, start, self.patience))
        part = self.patience.part(FIRST)
        first = self._best(model, start, part, anyhow=False)
        self.patience.spend(part.done)
        if first.none:
            return self.outcome(first)
        again = start if first.school is None else first.school
        alone = self._best(uncharged(model), again, self.patience)
        school = alone.school if first.school is None else first.school
        return self.outcome(replace(alone, school=school, done=first.done))

    def _best(self, model: Model, start: Ints, patience: Patience, *, anyhow: bool = True) -> _Proof:
        """anyhow: also what no plan is below that keeps the hard limits, whatever its excess."""
        compiled = self.contraction.compiled
        if way_of(model, compiled) == "linear":
            found = self._linear(model, start, patience, anyhow=anyhow)
        else:
            found = self._curved(model, start, patience)
        if found.school is None:
            return found
        held, amount = max(found.held, self._floor(model)), total(model, compiled, found.school)
        return replace(found, done=amount - held <= self.setup.gap * abs(amount) + NOTHING)

    def _curved(self, model: Model, start: Ints, patience: Patience) -> _Proof:
        """First any plan, where the start is none; then the best."""
        compiled = self.contraction.compiled
        if not holds(model, start, self.held):
            from optimizer.solvers.exact.linear import any_plan  # noqa: PLC0415 - ortools is slow to import

            found = any_plan(model, start, self.held, patience, self.setup)
            if found.school is None:
                return _Proof(None, none=found.state == "infeasible")
            start = found.school
        best = Best(start, np.inf, np.inf, -np.inf, -np.inf)
        way = way_of(model, compiled)
        if way == "zones" or len(np.unique(model.pairs.index)) >= MANY:
            best = solve_zones(model, compiled, start, self.held, patience, self.setup)
        if way == "curve" and best.bound == -np.inf:  # not tried, or there were too many zones
            best = solve_curved(model, compiled, start, self.held, patience, self.setup.threads)
        return _Proof(best.school, best.bound, best.bound_any)

    def _linear(self, model: Model, start: Ints, patience: Patience, *, anyhow: bool) -> _Proof:
        """Once with the excess held, once more without for a bound on all plans, if that makes a difference."""
        from optimizer.solvers.exact.linear import solve_linear  # noqa: PLC0415 - ortools is slow to import

        compiled = self.contraction.compiled
        first = solve_linear(model, compiled, start, self.held, patience, self.setup)
        if first.state == "infeasible":
            return _Proof(None, none=True)
        bound = first.bound
        if anyhow and self.held is not None and softened(model):
            again = start if first.school is None else first.school
            bound = solve_linear(model, compiled, again, None, patience, self.setup).bound
        return _Proof(first.school, first.bound, bound)

    def outcome(self, proof: _Proof) -> Exact:
        """Bounds that nothing proves are None."""
        floor = self._floor(self.contraction.model)
        anyhow, within = (max(float(b), floor) if np.isfinite(b) else None for b in (proof.anyhow, proof.held))
        school, amount = None, None
        if proof.school is not None:
            school = self.contraction.expand(proof.school)
            amount = value(self.contraction.whole, self.compiled, school)
        status: Status = "infeasible" if proof.none else "unknown" if amount is None else "feasible"
        if proof.done and within is not None:
            status = "optimal"
        return Exact(school, amount, anyhow, within, status, self.patience.spent, self.patience.done)

    def _floor(self, model: Model) -> float:
        """What no plan's costs are below: pairs' costs; all else is at least 0, but for a shape beyond a circle's."""
        compiled, start = folded(model, self.contraction.compiled), model.pairs.start
        if any(isinstance(curve, Roundness) for curve in compiled.curves) or (np.diff(start) == 0).any():
            return -np.inf
        cost = compiled.pair_cost
        return float(np.minimum.reduceat(cost, start[:-1]).sum()) - 1e-12 if len(cost) else 0.0
