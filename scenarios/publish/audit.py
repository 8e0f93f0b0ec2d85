"""Can a small count be worked out? Linear programs over all tables that agree with what is published.

A cell is safe where two such tables give it values at least a threshold apart. The tables found are kept: every
further figure is published only as far as all of them agree on it (scenarios.publish.agree), so that it takes none of
them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, eye_array, hstack, kron, vstack

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import Fault, InputError
from scenarios.publish.cells import STUDENTS, Cells
from scenarios.publish.facts import Fact

ROUNDS = 12  # of linear programs that move many cells at once
GAIN = 0.1  # share of the weak cells that another round must settle
BATCH, PART = 4, 8  # cells for which counts are left out in one go: at least so many, or one in so many
LARGE = 3000  # counts from which on interior points are faster than the simplex
MARGIN = 0.01  # students beyond the threshold, above what solvers round
ABOVE = (1.0, 0.0, 0.5, 0.75, 0.25)  # parts of the way that a cell held by seats may go up, the rest down
FELT = 1e-6  # students: a difference from here on is one
Held = tuple[Ints, Ints]  # rows of `told` by set and column, and facts by number, that are in the way


@dataclass(frozen=True, eq=False)
class Problem:
    """The tables that agree with what is published: told @ x = truth, x >= 0, sides @ x <= ends.

    x: atom by atom, its columns. rows: of `told`, the set and the column of each, -1 for what is always known.
    given: of `sides`, the number of the fact, -1 for what is known anyway. cost: of `sides`, of leaving it out."""

    truth: Floats
    told: csr_matrix
    rows: Ints
    sides: csr_matrix
    ends: Floats
    given: Ints
    cost: Floats
    top: float


def problem_of(cells: Cells, told: Bools, facts: Sequence[Fact], kept: Bools) -> Problem:
    """told: (sets, columns) the cells that are published. kept: (facts,) those that are published or known anyway."""
    atoms, columns = cells.value.shape
    published = np.flatnonzero(told.ravel())
    rows = kron(cells.sets, eye_array(columns), format="csr")[published]
    whole = np.array([np.where(cells.family == f, 1.0, 0.0) for f in range(len(cells.offset))]).reshape(-1, columns)
    whole[:, STUDENTS] = -1.0
    always = kron(eye_array(atoms), csr_matrix(whole), format="csr")
    sides, ends, given = _sides(facts, kept, (atoms, columns))
    costs = np.array([fact.cost or 0.0 for fact in facts] or [0.0])
    return Problem(
        truth=cells.value.ravel(),
        told=csr_matrix(vstack([rows, always], format="csr")),
        rows=np.concatenate([published, np.full(always.shape[0], -1)]).astype(np.int32),
        sides=sides,
        ends=ends,
        given=given,
        cost=costs[np.maximum(given, 0)],
        top=4.0 * float(cells.value.sum()) + 100.0,
    )


def _sides(facts: Sequence[Fact], kept: Bools, shape: tuple[int, int]) -> tuple[csr_matrix, Floats, Ints]:
    """Facts as rows of at most."""
    rows = [
        (fact.atoms * shape[1] + fact.column, sign * fact.weight, sign * end, -1 if fact.cost is None else k)
        for k, fact in enumerate(facts)
        for sign, end in ((1.0, fact.high), (-1.0, fact.low))
        if kept[k] and np.isfinite(end)
    ]
    start = np.cumsum([0, *(len(at) for at, *_ in rows)])
    index = np.concatenate([np.zeros(0, np.int32), *(at for at, *_ in rows)])
    weight = np.concatenate([np.zeros(0), *(own for _, own, *_ in rows)])
    sides = csr_matrix((weight, index, start), shape=(len(rows), shape[0] * shape[1]))
    return sides, np.array([end for *_, end, _ in rows]), np.array([k for *_, k in rows], np.int32)


class Search:
    """Tables found so far, the true one first, and how far apart they set each cell. Leaving more out only adds tables,
    so that those found stay good."""

    def __init__(self, truth: Floats, small: Bools, need: float) -> None:
        """small: (atoms, columns) the cells that must not be worked out. need: how far apart tables must set each."""
        self.cell = np.flatnonzero(small.ravel()).astype(np.int32)
        self.small, self.need = small, need
        self.tables = [truth]
        self.low = truth[self.cell].copy()
        self.high = self.low.copy()

    @property
    def weak(self) -> Ints:
        """Which of the cells are not far enough apart yet."""
        return np.flatnonzero(self.high - self.low < self.need).astype(np.int32)

    def learn(self, table: Floats) -> None:
        """Keep a table if it tells anything new."""
        value = table[self.cell]
        if ((value < self.low - FELT) | (value > self.high + FELT)).any():
            self.tables.append(table)
            self.low, self.high = np.minimum(self.low, value), np.maximum(self.high, value)

    def together(self, problem: Problem, *, up: bool) -> None:
        """Look for one table in which as many weak cells as can be go as far as they must."""
        weak = self.weak
        n, m = len(problem.truth), len(weak)
        sign = 1.0 if up else -1.0
        # s <= x up to what is needed, or s >= x down to it.
        pick = csr_matrix((np.full(m, -sign), (np.arange(m), self.cell[weak])), shape=(m, n))
        side = hstack([pick, sign * eye_array(m)])
        far = self.need + MARGIN
        goal = self.low[weak] + far if up else np.maximum(self.high[weak] - far, 0.0)
        bounds = [(0.0, g) if up else (g, None) for g in goal]
        cost = np.concatenate([np.zeros(n), np.full(m, -sign)])
        self.learn(_solve(problem, cost, bounds, side).x[:n])

    def freed(self, problem: Problem, loss: Floats) -> Held:
        """What to leave out, at the least loss, so that some weak cells go as far as they must, with a table in which
        they do. loss: by set and column, of leaving a count out; rounded means cost little."""
        weak = self.weak
        chosen = weak[:: max(1, len(weak) // max(BATCH, len(weak) // PART))]
        while len(chosen) > 1:
            found = _eased(problem, loss, self.cell[chosen], self.low[chosen] + self.need + MARGIN)
            if found is not None:
                return self._take([found])
            chosen = chosen[::2]  # seats have no room for so many at once
        return self._take(self._one(problem, loss, int(chosen[0])))

    def _one(self, problem: Problem, loss: Floats, k: int) -> list[Eased]:
        """For one cell, a table above and one below its true value that are far enough apart: all above, all below, or
        some of both, as seats and limits let it."""
        cell, far = self.cell[[k]], self.need + MARGIN
        true = float(problem.truth[cell[0]])
        for above in ABOVE:
            ends = [true + above * far, true - (1 - above) * far]
            if ends[1] < 0:
                continue
            made = [
                _eased(problem, loss, cell, np.array([end]), up=end > true) for end in ends if abs(end - true) > FELT
            ]
            found = [one for one in made if one is not None]
            if len(found) == len(made):
                return found
        what = "small counts cannot be protected, since seats and limits alone give them away"
        raise InputError(Fault("publish", what, "Publish fewer plans, or with a smaller --threshold"))

    def _take(self, found: Sequence[Eased]) -> Held:
        """Keep the tables; what they bend, together."""
        for one in found:
            self.learn(one.table)
        rows, given = (np.unique(np.concatenate(parts)) for parts in zip(*(one.bent for one in found), strict=True))
        return rows.astype(np.int32), given.astype(np.int32)


@dataclass(frozen=True, eq=False)
class Eased:
    """A table, and what would have to be left out for it to agree with what is published."""

    table: Floats
    bent: Held


def _eased(problem: Problem, loss: Floats, cell: Ints, end: Floats, *, up: bool = True) -> Eased | None:
    """The table in which each cell reaches its end, from below or above, and that bends what may be left out as little
    as it can, each by its loss; None where there is none."""
    loose, soft = np.flatnonzero(problem.rows >= 0), np.flatnonzero(problem.given >= 0)
    n, m, k = len(problem.truth), len(loose), len(soft)
    slack = csr_matrix((np.ones(m), (loose, np.arange(m))), shape=(len(problem.rows), m))
    ease = csr_matrix((-np.ones(k), (soft, np.arange(k))), shape=(len(problem.given), k))
    price = loss[problem.rows[loose]]
    low, top = np.zeros(n), np.full(n, problem.top + float(end.max()))
    (low if up else top)[cell] = end
    found = linprog(
        np.concatenate([np.zeros(n), price, price, problem.cost[soft]]),
        A_ub=hstack([problem.sides, csr_matrix((len(problem.given), 2 * m)), ease], format="csr"),
        b_ub=problem.ends,
        A_eq=hstack([problem.told, slack, -slack, csr_matrix((len(problem.rows), k))], format="csr"),
        b_eq=problem.told @ problem.truth,
        bounds=[*zip(low, top, strict=True), *[(0.0, None)] * (2 * m + k)],
        method=method_for(n),
    )
    if found.status != 0:
        return None
    plus, minus, over = np.split(found.x[n:], [m, 2 * m])
    bent = problem.rows[loose[plus + minus > FELT]], problem.given[soft[over > FELT]]
    return Eased(found.x[:n], bent)


def explore(problem: Problem, search: Search) -> None:
    """Look for tables that set the cells far enough apart, as long as that finds any."""
    left = float("inf")
    for _ in range(ROUNDS):
        if not 0 < len(search.weak) < left * (1 - GAIN):
            break
        left = len(search.weak)
        search.together(problem, up=False)
        if len(search.weak):
            search.together(problem, up=True)


def _solve(problem: Problem, cost: Floats, bounds: Sequence[Any], side: Any) -> Any:
    n, extra = len(problem.truth), len(bounds)
    found = linprog(
        cost,
        A_ub=vstack([hstack([problem.sides, csr_matrix((len(problem.ends), extra))]), side], format="csr"),
        b_ub=np.concatenate([problem.ends, np.zeros(side.shape[0])]),
        A_eq=hstack([problem.told, csr_matrix((len(problem.rows), extra))], format="csr"),
        b_eq=problem.told @ problem.truth,
        bounds=[*[(0.0, problem.top)] * n, *bounds],
        method=method_for(n),
    )
    if found.status != 0:
        # The true table is one, so that this is about numbers too far apart in size.
        problem_text = f"a linear program could not be solved ({found.message})"
        raise InputError(Fault("publish", problem_text, "Give counts of ordinary size"))
    return found


def method_for(counts: int) -> str:
    """The faster solver for so many counts."""
    return "highs-ds" if counts < LARGE else "highs-ipm"
