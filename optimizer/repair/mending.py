"""The search for the nearest plan: the exact model of the few places that the linear programme leaves in doubt, mostly
finished in a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints, frozen
from optimizer.bounds.bound import Duals
from optimizer.bounds.certificate import Certificate
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.plan import Plan
from optimizer.prove import Target, prove, steps_of
from optimizer.repair.relaxed import Relaxed
from optimizer.result import NEAR, Result
from optimizer.rules import Rule, breaches, is_valid
from optimizer.run import AFTER, Run
from optimizer.solvers.contract import Contraction, contract
from optimizer.solvers.exact.check import uncharged
from optimizer.solvers.exact.patience import Patience, Setup

MENDING = 0.75  # share of the time for the plan; the rest is for the bound
FINDING = 0.3  # share for the search of a first valid plan, where nobody has one
ROOM, WIDER = 0.01, 8.0  # how far above the programme's bound plans are sought first; and how much farther after that
UNITS = 4.0  # units of the exact solver's work, about a second each, in a repeatable run
TIE = 1e-3  # students that all blocks together count besides: of plans that change as many, the one with fewer blocks


def limits_alone(model: Model) -> Model:
    """The model with what no plan may go beyond as its limits, and without wishes."""
    sums = tuple(replace(s, low=s.hard_low, high=s.hard_high) for s in model.sums)
    return replace(uncharged(model), sums=sums)


@dataclass(eq=False)
class Mending:
    """One look for the nearest plan. run: of the question as it was asked. drawn, weight: (blocks,) the drawn schools;
    share of the students of each, and a little for the block. over: the limits alone and the weights, over nodes.

    best: (blocks,) the nearest valid plan so far, which none is nearer than by more than `solver_bound` says, where the
    exact solver has finished. shown: what there is to show without one. none: it is proved that there is none. relaxed:
    what the linear programme came to. tried: proposals of the search.
    """

    run: Run
    drawn: Ints
    weight: Floats
    over: Contraction
    rules: tuple[Rule, ...]
    shown: Ints
    best: Ints | None = None
    solver_bound: float | None = None
    none: bool = False
    relaxed: Relaxed | None = None
    tried: int = 0

    @classmethod
    def of(cls, run: Run, drawn: Plan, rules: tuple[Rule, ...]) -> Mending:
        students, model = drawn.district.students, limits_alone(run.model)
        weight = (students + TIE / len(students)) / (float(students.sum()) or 1.0)
        cost = np.where(model.pairs.index == drawn.school[model.pairs.rows], 0.0, weight[model.pairs.rows])
        over = contract(model, Compiled(frozen(cost)))
        return cls(run, drawn.school, weight, over, rules, drawn.school)

    @property
    def duals(self) -> Duals | None:
        """Of the programme. Where several blocks make a node, its price is spread over them, and no more is known."""
        if self.relaxed is None:
            return None
        node, known = self.over.node, self.relaxed.duals
        if self.over.model.district is self.run.model.district:
            return known
        return Duals(known.block[node] * self.weight / np.bincount(node, self.weight)[node], known.budget)

    def changed(self, school: Ints) -> float:
        """Share of the students whose school differs from the drawn one, and a little for each block."""
        return float(self.weight[school != self.drawn].sum())

    def take(self, school: Ints) -> None:
        """Keep the plan where it is valid, and nearer than the best."""
        nearer = self.best is None or self.changed(school) < self.changed(self.best)
        if nearer and is_valid(breaches(Plan(self.run.model.district, school), self.rules)):
            self.best = school

    def tell(self) -> None:
        """Say how things stand, once there is a plan."""
        if self.best is not None:
            bound = 0.0 if self.relaxed is None else self.relaxed.bound
            self.run.watch.bound(self.changed(self.best), self.best, max(0.0, bound), 0.0)

    def prove(self, result: Result) -> Certificate:
        """The certificate of the result's bound, from the programme's prices, within the time that is left."""
        run, seconds = self.run, self.run.deadline.left
        if seconds is not None and result.proof is not None:
            seconds = min(seconds, AFTER)
        deadline = replace(run.deadline.anew(seconds, steps_of(run.deadline.iterations)), gap=NEAR)
        target = Target(result.plan.school, result.objective_value)
        return prove(
            run.model, result.objective, target, deadline, threads=run.threads, watch=run.watch, duals=self.duals
        )

    def mend(self) -> None:
        """The nearest plan within the time, and what it is known to be."""
        deadline = self.run.deadline
        if self.best is None:
            self._find()
        seconds = None if deadline.seconds is None else max(0.0, MENDING * deadline.seconds - deadline.spent)
        patience = Patience.of(deadline.anew(seconds, None if deadline.iterations is None else UNITS))
        relaxed = self.relaxed = Relaxed.of(self.over, patience)
        self.none = relaxed.contradicts and self.best is None
        if self.best is not None and not self.none:
            self._solve(relaxed, np.zeros(len(self.over.model.pairs.index), bool), patience)
        room = max(ROOM * relaxed.bound, float(self.weight.mean()))
        while not (patience.over or self.none):
            kept = relaxed.within(room)
            state = self._solve(relaxed, kept, patience)
            if state == "late":
                return
            above = np.inf if self.best is None else self.changed(self.best) - relaxed.bound
            if above <= room or kept.all():
                self.none = state == "infeasible" and self.best is None
                self.solver_bound = None if self.best is None else self._least
                return
            room = min(above, WIDER * room)

    @property
    def _least(self) -> float:
        """What no valid plan is below where none is nearer than the best: blocks may have decided, by next to
        nothing."""
        assert self.best is not None
        return self.changed(self.best) - TIE / (float(self.run.model.district.students.sum()) or 1.0)

    def _find(self) -> None:
        """A first valid plan, where nobody has one."""
        run = replace(self.run, model=limits_alone(self.run.model), start=self.drawn)
        found = run.search(FINDING)
        self.shown, self.tried = found.school, found.iterations
        self.take(found.school)

    def _solve(self, relaxed: Relaxed, kept: Bools, patience: Patience) -> str:
        """Ask the exact model of these pairs of nodes, and those of the drawn plan and the best: without further ones,
        what is best undone."""
        from optimizer.solvers.exact.linear import solve_near  # noqa: PLC0415 - ortools is slow to import

        model = self.over.model
        drawn = self.over.over_nodes(self.drawn)
        start = drawn if self.best is None else self.over.over_nodes(self.best)
        at = np.concatenate([model.pairs.find(drawn), model.pairs.find(start)])
        mask = kept.copy()
        mask[at[at >= 0]] = True
        place = np.cumsum(mask) - 1
        cuts = [
            (block, j, [int(place[p]) for p in between if mask[p]]) for t, block, j, between in relaxed.cuts if mask[t]
        ]
        cost = Compiled(frozen(self.over.compiled.pair_cost[mask]))
        setup = Setup(self.run.threads, self.run.seed, 0.0)
        answer = solve_near(model.keep_pairs(mask), cost, start, cuts, patience, setup)
        if answer.school is not None:
            self.take(self.over.expand(answer.school))
        return answer.state
