"""The best plan that can be made of some zones: CP-SAT over zones.

Norms come in by directions, those of the plans found on the way: a plan is counted exactly as soon as its own direction
is there.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from optimizer.arrays import Floats, Ints
from optimizer.model import STUDENT_SLACK
from optimizer.solvers.exact.check import holds
from optimizer.solvers.exact.columns import Columns, Mean
from optimizer.solvers.exact.partition import SHORT, Shadow, goal
from optimizer.solvers.exact.patience import Effort, Patience
from optimizer.solvers.exact.sat import solver_for
from optimizer.solvers.exact.threads import in_threads
from optimizer.solvers.exact.whole import rounded
from optimizer.solvers.exact.words import bits, free_blocks

if TYPE_CHECKING:
    from optimizer.solvers.exact.zones import Lot

STEPS = 1e10  # about so many steps are counted from 0 to the dearest plan
NOTHING = 1e-5  # of a step: rounding


def choose(lot: Lot, at: Ints, shadow: Shadow, school: Ints, held: float | None) -> tuple[Ints, float]:
    """The best plan of the zones `at` and of a known one, and what none is below."""
    choice, best, value = Choice(lot.columns, at, shadow, held), school, lot.cost(school)
    bound = min(shadow.bound, goal(value))
    choice.below(goal(value))
    while not lot.patience.over:
        status, chosen, least = choice.solve(lot.patience, lot.effort)
        if status == cp_model.INFEASIBLE:
            return best, goal(value)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        plan = lot.columns.plan(choice.at[chosen])
        worth = lot.cost(plan)
        # What came through a hair, or through the rounding, is no plan.
        if worth < value and holds(lot.model, plan, held):
            best, value = plan, worth
            choice.below(goal(value))
        bound = min(max(bound, least), goal(value))
        lot.patience.tell(value, bound)
        if bound >= goal(value):
            break
        choice.learn(chosen)
    return best, bound


class Choice:
    """at: (n,) the zones, by their place in `columns`. x: their booleans."""

    def __init__(self, columns: Columns, at: Ints, shadow: Shadow, held: float | None) -> None:
        self.columns, self.at, self.cp = columns, at, cp_model.CpModel()
        self.x = [self.cp.new_bool_var("") for _ in at]
        self.scale = STEPS / self._largest()
        self._partition()
        self._limits(held)
        self.norms = [self.cp.new_int_var(0, 100 * int(STEPS), "") for _ in columns.norms]
        for p, directions in enumerate(shadow.directions):
            for direction in directions:
                self.along(p, direction)
        means = [self._mean(mean) for mean in columns.means]
        cost = cp_model.LinearExpr.weighted_sum(self.x, self._floor(columns.cost[at]))
        fixed = int(np.floor(columns.base * self.scale))
        self.cost: Any = cost + cp_model.LinearExpr.sum([*self.norms, *means]) + fixed
        self.cp.minimize(self.cost)

    def along(self, p: int, direction: Floats) -> None:
        """A norm is at least its part along a direction."""
        norm = self.columns.norms[p]
        add = cp_model.LinearExpr.weighted_sum(self.x, self._floor(norm.add[self.at] @ direction))
        self.cp.add(self.norms[p] >= add - int(np.ceil(float(norm.aim @ direction) * self.scale)))

    def below(self, target: float) -> None:
        """Only plans that cost at most so much are wanted."""
        self.cp.add(self.cost <= int(np.floor(target * self.scale)))

    def solve(self, patience: Patience, effort: Effort) -> tuple[Any, Ints, float]:
        """Status, the places in `at` of the zones chosen, and what no plan is below."""
        solver = solver_for(patience, effort)
        (status,) = in_threads([partial(solver.solve, self.cp)], 1, patience, late=solver.stop_search)
        patience.spend(solver.response_proto.deterministic_time)
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        chosen = np.flatnonzero([solver.boolean_value(x) for x in self.x]) if found else np.zeros(0, int)
        return status, chosen.astype(np.int32), float(solver.best_objective_bound) / self.scale

    def learn(self, chosen: Ints) -> None:
        """Add the plan's own directions, and do not look at it again."""
        self.cp.add_bool_or([~self.x[k] for k in chosen])
        for p, norm in enumerate(self.columns.norms):
            away = norm.add[self.at[chosen]].sum(axis=0) - norm.aim
            size = float(np.sqrt((away**2).sum()))
            if size > 0:
                self.along(p, away / size * SHORT)

    def _largest(self) -> float:
        """More than the cost of any plan, in sum of absolute values."""
        c = self.columns
        parts = [c.cost, *(np.abs(norm.add).sum(axis=1) for norm in c.norms), *(mean.amount for mean in c.means)]
        most = sum(np.abs(part[a:b]).max(initial=0.0) for part in parts for a, b in pairwise(c.start))
        return float(most + abs(c.base) + sum(np.abs(norm.aim).sum() for norm in c.norms)) or 1.0

    def _floor(self, values: Floats) -> list[int]:
        return [int(v) for v in np.floor(values * self.scale + NOTHING)]

    def _partition(self) -> None:
        c, size = self.columns, len(free_blocks(self.columns.model))
        for a, b in pairwise(c.start):
            low, high = np.searchsorted(self.at, [a, b])
            self.cp.add_exactly_one(self.x[low:high])
        inside = bits(c.mask[self.at], size) > 0
        for block in range(size):
            self.cp.add_exactly_one([self.x[k] for k in np.flatnonzero(inside[:, block])])

    def _limits(self, held: float | None) -> None:
        c = self.columns
        rows = [(c.use[self.at, q], float(c.limit[q])) for q in range(len(c.limit))]
        if held is not None:
            rows.append((c.excess[self.at], held + 2 * STUDENT_SLACK))
        for coef, limit in rows:
            whole, most, _ = rounded(coef, limit)
            self.cp.add_linear_constraint(cp_model.LinearExpr.weighted_sum(self.x, whole), -(2**62), most)

    def _mean(self, mean: Mean) -> Any:
        """A variable that is at least the mean, whatever the number of zones that count."""
        if mean.least == mean.most:
            return cp_model.LinearExpr.weighted_sum(self.x, self._floor(mean.below[self.at]))
        out = self.cp.new_int_var(-100 * int(STEPS), 100 * int(STEPS), "")
        there = cp_model.LinearExpr.weighted_sum(self.x, [int(t) for t in mean.there[self.at]])
        cases = [self.cp.new_bool_var("") for _ in range(mean.least, mean.most + 1)]
        self.cp.add_exactly_one(cases)
        for count, case in zip(range(mean.least, mean.most + 1), cases, strict=True):
            each = cp_model.LinearExpr.weighted_sum(self.x, self._floor(mean.amount[self.at] / max(count, 1)))
            self.cp.add(out >= each).only_enforce_if(case)
            self.cp.add(there == count).only_enforce_if(case)
        return out
