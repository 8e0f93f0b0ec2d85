"""Prices by the volume method (Barahona and Anbil 2000): steps from the best prices so far along the violation of an
averaged primal solution."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from optimizer.bounds.problem import Problem

NEW = 0.1  # weight of the newest zones in the average
FIRST, LAST = 0.1, 1e-3  # step lengths, as a share of the way to the best plan's value, at a run's start and end


class Volume:
    """block, budget, border: the prices to be tried next; best_block, best_budget, best_border: those of the greatest
    value so far, `best`. average: (entries,) the averaged zones. All change as the run goes on."""

    def __init__(self, problem: Problem, block: Floats, border: Floats) -> None:
        self.problem = problem
        self.block, self.budget = block.copy(), np.zeros(len(problem.limit))
        self.best_block, self.best_budget, self.best = self.block, self.budget, -np.inf
        self.border = self.best_border = border
        self.step = 0.0
        self.average: Floats | None = None

    def start_again(self) -> None:
        """Forget the best value, not its prices: what is valued has changed."""
        self.block, self.budget, self.best = self.best_block, self.best_budget, -np.inf
        self.border = self.best_border

    def take(self, value: float, zones: Floats, target: float, length: float) -> None:
        """Learn the value of the prices tried and the zones (entries,) that attain it; set the next prices to try.
        target: the best plan's value. length: of the step, 0 to 1."""
        self.average = zones.copy() if self.average is None else NEW * zones + (1 - NEW) * self.average
        if value > self.best:
            self.best, self.best_block, self.best_budget = value, self.block, self.budget
            self.best_border = self.border
        p, entries = self.problem, self.problem.entries
        missing = 1 - np.bincount(entries.block, self.average, len(p.scale))
        used = np.array([float(b.cost[entries.pair] @ self.average) for b in p.model.budgets])
        over = used - p.limit
        side = self._sides()
        border_scale = float(p.scale.mean()) if len(side) else 0.0
        steepness = float((p.scale * missing**2).sum() + (p.budget_scale * over**2).sum())
        steepness += border_scale * float((side**2).sum())
        if steepness <= 0:
            return
        step = self.step = length * max(target - self.best, 1e-6 * abs(target)) / steepness
        self.block = self.best_block + step * p.scale * missing
        self.budget = np.maximum(self.best_budget + step * p.budget_scale * over, 0.0)
        most = p.borders.most
        self.border = np.clip(self.best_border + step * border_scale * side, -most, most)

    def _sides(self) -> Floats:
        """(borders,) on which side the averaged zones lie; 0 where the price is at its limit on that side already."""
        borders, average = self.problem.borders, self.average
        if average is None or len(borders.one) == 0:
            return np.zeros(0)
        side = average[borders.one] - average[borders.other]
        done = np.abs(self.best_border) >= borders.most
        return np.where(done & (side * self.best_border > 0), 0.0, side)
