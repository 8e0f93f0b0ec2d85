"""A Model in CP-SAT: one boolean for each candidate pair, and every limit with a tag. What needs further variables -
borders, splits, largest parts, shapes - is in further.py.

Counts may be fractions and CP-SAT takes integers: rows are scaled and rounded outward, so that no valid plan is cut
off; what comes back is checked exactly (check.py). What `assume` and `elastic` are is said in booleans.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from optimizer.arrays import Floats, Ints
from optimizer.model import STUDENT_SLACK, Model
from optimizer.solvers.exact.booleans import Booleans, Mode
from optimizer.solvers.exact.cuts import Cut, separators, single_cuts
from optimizer.solvers.exact.further import Further
from optimizer.solvers.exact.whole import FINE, LARGE, Tag, rounded, scale_of


@dataclass(frozen=True, eq=False)
class Row:
    """sum of coef over the chosen pairs <= hard; beyond soft it is excess."""

    tag: Tag
    pair: NDArray[np.int64]
    coef: Floats
    hard: float
    soft: float


def rows_of(model: Model) -> list[Row]:
    """School sums and budgets, with FORMAT.md's allowances in the hard limits."""
    rows = []
    for s in model.sums:
        for j in range(model.district.schools):
            pair = np.flatnonzero(model.pairs.index == j)
            blocks = model.pairs.rows[pair]
            coef = s.load(model.district, j, blocks)
            high, low = Tag("high", s.name, j), Tag("low", s.name, j)
            rows.append(Row(high, pair, coef, s.hard_high[j] + s.slack, s.high[j]))
            rows.append(Row(low, pair, -coef, -s.hard_low[j] + s.slack, -s.low[j]))
    every = np.arange(len(model.pairs.index))
    rows += [Row(Tag("budget", b.name), every, b.cost, b.limit, b.limit) for b in model.budgets]
    return [row for row in rows if np.isfinite(row.hard) or np.isfinite(row.soft)]


class Encoding(Booleans):
    """Every limit of a model, over the booleans of its pairs. cuts: the first ones; None: those of each block."""

    def __init__(self, model: Model, mode: Mode = "hard", cuts: Iterable[Cut] | None = None) -> None:
        super().__init__(model, mode)
        self.rows = rows_of(model)
        for block in range(model.district.blocks):
            self._choice(block)
        for row in self.rows:
            if np.isfinite(row.hard):
                self._limit(row)
        if model.contiguity is not None:
            self.cut(single_cuts(model) if cuts is None else cuts)
        self._tie()
        self.further = Further(self)

    def _choice(self, block: int) -> None:
        start, end = (int(k) for k in self.model.pairs.start[block : block + 2])
        if self.mode == "hard":
            self.cp.add_exactly_one(self.x[start:end])
            return
        self.cp.add_at_most_one(self.x[start:end])
        self.clause(Tag("choice", block=block), self.x[start:end])

    def _tie(self) -> None:
        """Blocks of one number go to one school."""
        unit, pairs = self.model.together, self.model.pairs
        if unit is None:
            return
        first: dict[int, int] = {}
        for block in map(int, np.flatnonzero(unit >= 0)):
            head = first.setdefault(int(unit[block]), block)
            tag = Tag("together", block=block)
            for j in set(map(int, [*pairs.row(head), *pairs.row(block)])) if head != block else ():
                one, other = ([self.x[k] for k in self.pairs_of(b, j)] for b in (head, block))
                for there, asked in ((one, other), (other, one)):
                    for x in there:
                        self.clause(tag, [~x, *asked])

    def _limit(self, row: Row) -> None:
        if row.hard >= np.maximum(row.coef, 0).sum():
            return  # no plan breaks it
        self.at_most(row.tag, [self.x[k] for k in row.pair], row.coef, row.hard)

    def cut(self, cuts: Iterable[tuple[int, int, list[int]]]) -> int:
        """Add contiguity cuts (block, school, separator): a block in the zone needs one of the separator's there. Pairs
        are given by their places. How many were added."""
        count = 0
        for block, school, pairs in cuts:
            at = self.pair(block, school)
            tag = Tag("contiguity", school=school, block=block)
            self.clause(tag, [~self.x[at], *(self.x[k] for k in pairs)])
            count += 1
        return count

    def separate(self, school: Ints) -> int:
        """Cut off a plan whose zones fall apart or are not round enough; 0 where they hold, or where rounding hides
        it."""
        return self.cut(separators(self.model, school)) + self.further.round_off(school)

    def forbid(self, school: Ints) -> None:
        """Cut off this one plan."""
        self.cp.add_bool_or([~self.x[k] for k in self.model.pairs.find(school)])

    def hint(self, school: Ints) -> None:
        """Start from a plan of candidate pairs."""
        chosen = set(map(int, self.model.pairs.find(school)))
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        for k, x in enumerate(self.x):
            self.cp.add_hint(x, k in chosen)

    def plan(self, solver: cp_model.CpSolver) -> Ints:
        """(blocks,) the plan that the solver has found."""
        chosen = np.array([solver.boolean_value(x) for x in self.x], bool)
        return self.model.pairs.index[chosen]

    def excess(self) -> tuple[list[cp_model.IntVar], float]:
        """Variables that together are at least the excess over the sums' limits, in units of 1 / the number given."""
        soft = [row for row in self.rows if row.soft < row.hard - 2 * STUDENT_SLACK]
        scale = min((scale_of(row.coef) for row in soft), default=1.0)
        over = []
        for row in soft:
            coef, limit, _ = rounded(row.coef, max(row.soft, -LARGE / scale), scale)
            most = max(0, sum(max(c, 0) for c in coef) - limit)
            over.append(self.cp.new_int_var(0, most, ""))
            total = cp_model.LinearExpr.weighted_sum([self.x[k] for k in row.pair], coef)
            self.cp.add_linear_constraint(total - over[-1], -(2**62), limit)
        return over, scale

    def hold_excess(self, held: float) -> None:
        """Total excess <= held."""
        over, scale = self.excess()
        if over:
            self.cp.add(cp_model.LinearExpr.sum(over) <= int(np.ceil((held + STUDENT_SLACK) * scale)))

    def moves(self) -> Any:
        """How many blocks change school."""
        return cp_model.LinearExpr.sum([self.x[k] for k in np.flatnonzero(~self.model.stay)])

    def minimise(self, cost: Floats, border: Floats | None = None) -> float:
        """Make small: sum of cost (pairs,) over the chosen pairs, of border (entries of the adjacency,) over the pairs
        of neighbours in different zones, and what the model's splits cost. The scale: bound / scale is never too
        large."""
        terms, coef, fixed = self.further.costs(border)
        every = np.concatenate([cost, coef])
        scale = scale_of(np.append(every, fixed), LARGE / 1e3)
        whole = [int(np.floor(c * scale)) for c in every]
        self.cp.minimize(cp_model.LinearExpr.weighted_sum([*self.x, *terms], whole) + int(np.floor(fixed * scale)))
        return scale


__all__ = ["FINE", "LARGE", "Encoding", "Row", "Tag", "rounded", "rows_of"]
