"""A linear programme over candidate pairs, and what no choice of one pair a unit is below, from its prices alone.

The solver may be as rough as it likes: `bound` takes nothing from it but the prices of the rows, and any prices give a
valid bound (Lagrange). Costs and rows are scaled near 1 before they are solved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array, eye_array, hstack, vstack

from optimizer.arrays import Bools, Floats, Ints, Offsets

LARGE = 250_000  # pairs from which on only those that look useful are solved over
THIN = 10  # one unit in so many gives the first prices of a large programme
LIKELY = 0.15  # share of the units that the first prices leave a choice
ROUNDS = 20  # of solving over some pairs, and adding those that the prices ask for
NEAR = 2e-5  # relative: a programme solved over some pairs is done where the bound over all is so near
ROUNDING = 1e-11  # relative: far more than the sums below can lose
DEAR = 1e3  # what a mean use of a row beyond its side costs, in mean costs of a unit


@dataclass(frozen=True, eq=False)
class Program:
    """Each unit takes one of its pairs: least sum of cost, where low <= rows x <= high.

    unit: (pairs,) ascending; every unit from 0 up has a pair. cost: (pairs,) >= 0, inf for a pair that may not be
    taken. rows: (rows, pairs). low, high: (rows,), either may be infinite. floor: (units,) what the pairs of a unit
    that are left out cost at least, inf where none is; they use no row with a low side, and no row less than nothing.
    penalty: what one beyond the side of a row costs; None: rows are kept.
    """

    unit: Ints
    cost: Floats
    rows: csr_array[Any, Any]
    low: Floats
    high: Floats
    floor: Floats | None = None
    penalty: float | None = None

    @cached_property
    def start(self) -> Offsets:
        """(units,) the first pair of each."""
        return np.flatnonzero(np.diff(self.unit, prepend=-1)).astype(np.int64)

    @cached_property
    def columns(self) -> csr_array[Any, Any]:
        """(pairs, rows)."""
        return csr_array(self.rows.T)

    def with_rows(self, rows: csr_array[Any, Any], low: Floats, high: Floats) -> Program:
        """With further rows."""
        both = csr_array(vstack([self.rows, rows]))
        return replace(self, rows=both, low=np.concatenate([self.low, low]), high=np.concatenate([self.high, high]))

    def least(self, cost: Floats) -> Floats:
        """(units,) the least of `cost` (pairs,) over the pairs of each."""
        return np.minimum.reduceat(cost, self.start)


@dataclass(frozen=True, eq=False)
class Solved:
    """share: (pairs,) of each unit at each pair. price: (rows,) > 0 where the low side binds, < 0 where the high one
    does. bound: by `bound`. lack: by how much the rows are missed, over all: above 0 no choice keeps all of them, by
    the solver's word."""

    share: Floats
    price: Floats
    bound: float
    lack: float


def reduced(program: Program, price: Floats) -> Floats:
    """(pairs,) what each pair costs at the prices of the rows that it uses."""
    return np.asarray(program.cost - program.columns @ price)


def bound(program: Program, price: Floats) -> float:
    """No choice of a pair a unit that keeps the rows costs less. Plain arithmetic over any prices, which count only for
    the sides that a row has; less what rounding can have added."""
    price = priced_sides(program, price)
    least = program.least(reduced(program, price))
    if program.floor is not None:
        least = np.minimum(least, program.floor)
    used = price != 0
    sides = price[used] * np.where(price > 0, program.low, program.high)[used]
    terms = np.where(np.isfinite(program.cost), program.cost, 0.0) + abs(program.columns) @ np.abs(price)
    size = np.maximum.reduceat(terms, program.start).sum() + np.abs(sides).sum()
    return float(least.sum() + sides.sum() - ROUNDING * size)


def contradicts(program: Program, price: Floats) -> bool:
    """Whether these prices prove that no choice keeps the rows: if pairs cost nothing, their bound is above that."""
    if program.penalty is not None or program.floor is not None:
        return False
    free = np.where(np.isfinite(program.cost), 0.0, np.inf)
    return bound(replace(program, cost=free), price) > 0


def priced_sides(program: Program, price: Floats) -> Floats:
    """The prices, 0 where the side that they are for is infinite; none beyond what it costs to miss a row."""
    side = np.where(price > 0, program.low, program.high)
    price = np.where(np.isfinite(side) & np.isfinite(price), price, 0.0)
    return price if program.penalty is None else np.clip(price, -program.penalty, program.penalty)


def missed(program: Program, share: Floats) -> float:
    """By how much a choice misses the sides of the rows, over all."""
    use = program.rows @ share
    return float(np.maximum(use - program.high, 0).sum() + np.maximum(program.low - use, 0).sum())


def solve(program: Program, near: Floats | None = None) -> Solved:
    """A least solution in which units may be split; rows that cannot be kept are missed as little as can be. near:
    prices of the first rows near which those of the solution should lie; they make it quicker."""
    some = _first(program, near)
    for _ in range(ROUNDS):
        share, price = _solve_over(program, some)
        reached = bound(program, price)
        value, lack = _value(program, share), missed(program, share)
        asked = _asked(program, price, some)
        if not asked.any() or value - reached <= NEAR * abs(value):
            break
        some |= asked
    return Solved(share, price, reached, lack)


def _value(program: Program, share: Floats) -> float:
    taken = share > 0
    value = float(program.cost[taken] @ share[taken])
    return value if program.penalty is None else value + program.penalty * missed(program, share)


def _first(program: Program, near: Floats | None) -> Bools:
    """(pairs,) all where there are few; else those that prices leave in doubt: the prices given, or those of a thinned
    programme."""
    able = np.isfinite(program.cost)
    pairs = int(able.sum())
    if pairs <= (LARGE if near is None else LARGE // 10):
        return able
    if near is None:
        near = solve(_thinned(program)).price
    price = np.concatenate([near, np.zeros(len(program.low) - len(near))])
    cost = reduced(program, priced_sides(program, price))
    regret = cost - program.least(cost)[program.unit]
    second = np.sort(regret[(regret > 0) & np.isfinite(regret)])
    width = second[min(int(LIKELY * len(program.start)), len(second) - 1)] if len(second) else 0.0
    return able & (regret <= width)


def _thinned(program: Program) -> Program:
    """One unit in so many, and as much less of every row."""
    thin = program.unit % THIN == 0
    unit = (np.cumsum(np.diff(program.unit[thin], prepend=-1) > 0) - 1).astype(np.int32)
    rows = csr_array(program.rows[:, thin])
    low, high = program.low / THIN, program.high / THIN
    return replace(program, unit=unit, cost=program.cost[thin], rows=rows, low=low, high=high, floor=None)


def _asked(program: Program, price: Floats, some: Bools) -> Bools:
    """(pairs,) those left out that are cheaper, at the prices, than all of their unit's that are not."""
    cost = reduced(program, priced_sides(program, price))
    known = program.least(np.where(some, cost, np.inf))[program.unit]
    return np.asarray(~some & (cost < known - 1e-9 * (1e-3 + np.abs(known))))


def _solve_over(program: Program, some: Bools) -> tuple[Floats, Floats]:
    """(pairs,) shares and (rows,) prices over some pairs. A unit with a single one of them needs no solver."""
    from scipy.optimize import linprog  # noqa: PLC0415 - takes a moment to import

    part = Part.of(program, some)
    cost, beyond, right, whole, most = part.arrays(program)
    found = linprog(
        cost,
        A_ub=beyond,
        b_ub=right,
        A_eq=whole,
        b_eq=np.ones(whole.shape[0]),
        bounds=np.column_stack([np.zeros(len(most)), most]),
        method="highs-ds",
    )
    if found.x is None:  # the solver gave up: prices of nothing are as good as any
        return part.filled(np.zeros(len(most))), np.zeros(len(program.low))
    return part.filled(found.x), part.scaled.prices(found.ineqlin.marginals)


def rounded(program: Program, share: Floats) -> Offsets:
    """(units,) the pair of each with the greatest share; of equals the first."""
    order = np.lexsort((np.arange(len(share)), -share, program.unit))
    return np.asarray(order[program.start])


@dataclass(frozen=True, eq=False)
class Part:
    """A programme over some pairs. at: those of units that have a choice; share: (pairs,) of the others."""

    at: Offsets
    row: Offsets
    share: Floats
    scaled: Scaled

    @classmethod
    def of(cls, program: Program, some: Bools) -> Part:
        count = np.add.reduceat(some.astype(np.int64), program.start)
        share = np.zeros(len(some))
        share[some & (count[program.unit] == 1)] = 1.0
        at = np.flatnonzero(some & (count[program.unit] > 1))
        row = np.unique(program.unit[at], return_inverse=True)[1]
        return cls(at, row, share, Scaled.of(program, at, program.rows @ share))

    def arrays(self, program: Program) -> tuple[Floats, csr_array[Any, Any], Floats, csr_array[Any, Any], Floats]:
        """cost; sides <= right; whole = 1; and the most of each column: the pairs, and what each side is missed by."""
        scaled, size = self.scaled, len(self.at)
        units, slacks = int(self.row.max(initial=-1)) + 1, len(scaled.right)
        whole = csr_array((np.ones(size), (self.row, np.arange(size))), shape=(units, size))
        return (
            np.concatenate([program.cost[self.at] / scaled.mean, scaled.dear]),
            csr_array(hstack([scaled.sides, -eye_array(slacks)])),
            scaled.right,
            csr_array(hstack([whole, csr_array((units, slacks))])),
            np.concatenate([np.ones(size), scaled.most]),
        )

    def filled(self, x: Floats) -> Floats:
        """(pairs,) shares, from the columns of a solution."""
        share = self.share.copy()
        share[self.at] = np.clip(x[: len(self.at)], 0.0, 1.0)
        return share


@dataclass(frozen=True, eq=False)
class Scaled:
    """The sides of the rows as <=, each by its mean use, over some pairs. has: (2, rows) whether there is a high side,
    a low one. scale, right, dear, most: (sides,) the mean use; the side; what it costs to miss it, in mean costs of a
    unit; and by how much anything could. mean: cost of a unit."""

    has: Bools
    sides: csr_array[Any, Any]
    scale: Floats
    right: Floats
    dear: Floats
    most: Floats
    mean: float

    @classmethod
    def of(cls, program: Program, at: Offsets, used: Floats) -> Scaled:
        """at: the pairs. used: (rows,) what the others use."""
        has = np.array([np.isfinite(program.high), np.isfinite(program.low)])
        entries = np.maximum(np.diff(program.rows.indptr), 1)
        use = np.maximum(np.asarray(abs(program.rows).sum(axis=1)).ravel() / entries, 1e-300)
        scale = np.concatenate([use[has[0]], use[has[1]]])
        right = np.concatenate([(program.high - used)[has[0]], -(program.low - used)[has[1]]]) / scale
        rows = program.rows[:, at]
        sides = csr_array(diags_array(1 / scale) @ vstack([rows[has[0]], -rows[has[1]]]))
        mean = max(float(program.least(program.cost).mean()), 1e-300)
        dear = np.full(len(scale), DEAR) if program.penalty is None else program.penalty * scale / mean
        most = np.maximum(-right, 0.0) + np.asarray(abs(sides).sum(axis=1)).ravel() + 1.0
        return cls(has, sides, scale, right, dear, most, mean)

    def prices(self, dual: Floats) -> Floats:
        """(rows,) from the duals of the sides."""
        dual, high = dual * self.mean / self.scale, int(self.has[0].sum())
        price = np.zeros(self.has.shape[1])
        price[self.has[0]] += dual[:high]
        price[self.has[1]] -= dual[high:]
        return price
