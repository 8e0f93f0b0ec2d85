"""Objectives that are a sum over pairs and borders, the least excess, and whether there is any plan: CP-SAT over
blocks.

Contiguity and the shape of zones come in by cuts where a solution breaks them. Measured on generated districts of 60 to
200 blocks, two cores: with a cut for each single block from the start, 1 to 10 solves, 0.03 to 1.5 s; without those,
more solves and up to four times as long; with distances from the root and arcs towards it instead, one solve, and
mostly two to five times as long. Where many plans are equally good, as with no excess, the fewest blocks moved are
asked for besides: else solutions wander through plans that fall apart (46 solves, then 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from ortools.sat.python import cp_model

from optimizer.arrays import Ints
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.solvers.exact.check import excess, folded, holds, total, uncharged
from optimizer.solvers.exact.cuts import Cut
from optimizer.solvers.exact.encoding import Encoding
from optimizer.solvers.exact.patience import Patience, Setup
from optimizer.solvers.exact.sat import solver_for
from optimizer.solvers.threads import in_threads

State = Literal["done", "infeasible", "late"]


@dataclass(frozen=True, eq=False)
class Answer:
    """school: the best plan found, or None. value: what was made small, of that plan. bound: no plan has less."""

    school: Ints | None
    value: float
    bound: float
    state: State


@dataclass(frozen=True)
class Goal:
    """What a plan is worth, and how the encoding counts it: not above scale * worth + spare."""

    worth: Callable[[Ints], float]
    scale: float = 1.0
    spare: float = 0.0


def solve_linear(
    model: Model, compiled: Compiled, start: Ints, held: float | None, patience: Patience, setup: Setup
) -> Answer:
    """The plan of least objective and rules' costs with excess <= held. The objective has no curved part, and no rule
    a cost of shapes. start: a plan to begin with."""
    encoding = Encoding(model)
    if held is not None:
        encoding.hold_excess(held)
    charged = folded(model, compiled)
    goal = Goal(partial(total, model, compiled), encoding.minimise(charged.pair_cost, charged.border_cost))
    return _Loop(encoding, goal, held, patience, setup).run(start)


def solve_near(
    model: Model, compiled: Compiled, start: Ints, cuts: Iterable[Cut], patience: Patience, setup: Setup
) -> Answer:
    """The plan of least pair costs, of any excess within the hard limits, where most is decided and some separators are
    known: these are the first cuts, in the place of all single ones."""
    encoding = Encoding(model, cuts=cuts)
    goal = Goal(partial(total, model, compiled), encoding.minimise(compiled.pair_cost))
    return _Loop(encoding, goal, None, patience, setup).run(start)


def any_plan(model: Model, start: Ints, held: float | None, patience: Patience, setup: Setup) -> Answer:
    """A plan of excess <= held, near the one that moves the fewest blocks: what is far from today's zones mostly
    falls apart."""
    near = Compiled((~model.stay).astype(np.float64))
    return solve_linear(uncharged(model), near, start, held, patience, replace(setup, gap=0.5, tells=False))


def least_excess_of(model: Model, start: Ints, patience: Patience, setup: Setup) -> Answer:
    """The plan of least total excess over the sums' limits."""
    encoding, blocks = Encoding(model), model.district.blocks
    over, scale = encoding.excess()
    encoding.cp.minimize(cp_model.LinearExpr.sum(over) * (blocks + 1) + encoding.moves())
    goal = Goal(lambda school: excess(model, school), scale * (blocks + 1), blocks)
    return _Loop(encoding, goal, None, patience, setup).run(start)


class _Loop:
    """Solve, cut off what is not connected or not round enough, solve again."""

    def __init__(self, encoding: Encoding, goal: Goal, held: float | None, patience: Patience, setup: Setup) -> None:
        self.encoding, self.goal, self.held = encoding, goal, held
        self.patience, self.setup = patience, setup
        self.best: Ints | None = None
        self.value, self.bound = np.inf, -np.inf

    def run(self, start: Ints) -> Answer:
        model = self.encoding.model
        if holds(model, start, self.held):
            self.best, self.value = start, self.goal.worth(start)
        if (model.pairs.find(start) >= 0).all():
            self.encoding.hint(start)
        while not self.patience.over:
            solver = self._solver()
            (status,) = in_threads([partial(solver.solve, self.encoding.cp)], 1, self.patience, late=solver.stop_search)
            self.patience.spend(solver.response_proto.deterministic_time)
            if status == cp_model.INFEASIBLE:
                return self._answer("infeasible" if self.best is None else "late")
            if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                break
            self.bound = max(self.bound, (solver.best_objective_bound - self.goal.spare) / self.goal.scale)
            valid = self._take(self.encoding.plan(solver))
            if self.setup.tells:
                self.patience.tell(self.value, self.bound)
            near = self.best is not None and self.value - self.bound <= self.setup.gap * abs(self.value)
            if (valid and status == cp_model.OPTIMAL) or near:
                return self._answer("done")
            if status == cp_model.FEASIBLE:
                break
        return self._answer("late")

    def _take(self, plan: Ints) -> bool:
        """Keep a plan that is valid, cut off one that is not."""
        if self.encoding.separate(plan):
            self.encoding.hint(plan)
            return False
        if not holds(self.encoding.model, plan, self.held):
            self.encoding.forbid(plan)  # it came through the rounding
            return False
        if self.best is None or self.goal.worth(plan) < self.value:
            self.best, self.value = plan, self.goal.worth(plan)
        return True

    def _solver(self) -> cp_model.CpSolver:
        solver = solver_for(self.patience, self.setup)
        solver.parameters.relative_gap_limit = self.setup.gap / 2
        solver.parameters.absolute_gap_limit = self.goal.spare
        return solver

    def _answer(self, state: State) -> Answer:
        return Answer(self.best, self.value, min(self.bound, self.value), state)
