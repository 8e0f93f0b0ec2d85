"""The repair as a linear programme: where the drawing may stay is free, every other place costs its students.

With rows for what its solutions cut off it says nearly how many must change, and by its prices which places cannot be
in a plan that is hardly worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from optimizer.arrays import Bools, Floats
from optimizer.baselines.contradiction import program_of
from optimizer.baselines.cuts import separators
from optimizer.baselines.program import Program, Solved, contradicts, priced_sides, reduced, solve
from optimizer.bounds.bound import Duals
from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.solvers.contract import Contraction
from optimizer.striking.pairs import Entries

ROUNDS = 30  # of rows for what the solutions cut off, at most


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The linear programme over the pairs of nodes, with rows for what its solutions cut off, and its last solution.
    base: what every pair costs besides: the programme measures by what nodes cost at least, which is mostly nothing."""

    model: Model
    program: Program
    solved: Solved
    rows: tuple[csr_array, ...]
    base: float

    @classmethod
    def of(cls, over: Contraction, deadline: Deadline) -> Relaxed:
        model = over.model
        base = float(over.compiled.pair_cost.mean()) or 1.0
        cost = base + over.compiled.pair_cost
        rows: list[csr_array] = []
        entries = None if model.contiguity is None else Entries.of(model)
        if entries is not None:
            apart = np.zeros(len(cost), bool)
            apart[entries.apart] = True
            # Where all of a node's places are, rows and the exact model say that there is no plan.
            cost[apart & ~np.logical_and.reduceat(apart, model.pairs.start[:-1])[model.pairs.rows]] = np.inf
        program = program_of(model, cost)
        solved = solve(program)
        while entries is not None and len(rows) < ROUNDS and not deadline.late:
            found = separators(entries, solved.share, model.district.students, len(cost))
            if found.shape[0] == 0:
                break
            rows.append(found)
            program = program.with_rows(found, np.full(found.shape[0], -np.inf), np.zeros(found.shape[0]))
            solved = solve(program, solved.price)
        return cls(model, program, solved, tuple(rows), base)

    @cached_property
    def _reduced(self) -> Floats:
        return reduced(self.program, priced_sides(self.program, self.solved.price))

    @property
    def bound(self) -> float:
        """No valid plan costs less."""
        return self.solved.bound - self.base * len(self.program.start)

    @property
    def prices(self) -> Floats:
        """(nodes,) what a node costs at least, at the prices of the rows."""
        return self.program.least(self._reduced) - self.base

    @property
    def duals(self) -> Duals:
        """What the rows are worth, in their order: sums at schools, budgets, ties, cuts."""
        price, sums, at = priced_sides(self.program, self.solved.price), [], 0
        for s in self.model.sums:
            kept = np.flatnonzero(np.isfinite(s.hard_low) | np.isfinite(s.hard_high))
            sums.append(np.zeros(self.model.district.schools))
            sums[-1][kept] = price[at : at + len(kept)]
            at += len(kept)
        budget = np.maximum(-price[at : at + len(self.model.budgets)], 0.0)
        weight = -price[len(price) - len(self.cuts) :]
        unit = self.program.unit
        cuts = [
            (school, block, np.sort(unit[between]), float(y))
            for (_, block, school, between), y in zip(self.cuts, weight, strict=True)
            if y > 0
        ]
        return Duals(self.prices, budget, np.array(sums).reshape(len(sums), self.model.district.schools), cuts)

    @property
    def contradicts(self) -> bool:
        """Whether the prices prove that there is no valid plan at all."""
        return contradicts(self.program, self.solved.price)

    def within(self, room: float) -> Bools:
        """(pairs,) those of plans that cost no more than so much above the bound."""
        return np.asarray(self._reduced - self.base - self.prices[self.program.unit] <= room)

    @cached_property
    def cuts(self) -> list[tuple[int, int, int, list[int]]]:
        """The rows as separators: place of a pair, its node and school, and the places of which it needs one."""
        found = []
        for rows in self.rows:
            for k in range(rows.shape[0]):
                part = slice(rows.indptr[k], rows.indptr[k + 1])
                place, sign = rows.indices[part], rows.data[part]
                (t,) = place[sign > 0].tolist()
                found.append((t, int(self.program.unit[t]), int(self.model.pairs.index[t]), place[sign < 0].tolist()))
        return found
