"""Tables that set every small count far enough from its true value, and change as little else as they can: the fewer
figures differ between them, the more can be published."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, eye_array, hstack, kron, vstack

from optimizer.arrays import Bools, Floats, Ints
from scenarios.publish.audit import MARGIN, Problem, Search, method_for
from scenarios.publish.cells import Cells

TABLES = 40  # at most, from here
TOGETHER = 6  # cells that one table moves, where that does not take more tables
DUST = 1e-9


def gentle_tables(cells: Cells, told: Bools, problem: Problem, search: Search) -> list[Floats]:
    """The true table first, then those needed so that each cell of the search has two tables far enough apart.

    told: (sets, columns) what is published. problem: the same, with rounded means. search: has settled every cell."""
    away, own = _Away(cells, told, problem), Search(search.tables[0], search.small, search.need)
    for size in (TOGETHER, 1, 1):
        weak = own.weak
        groups = min(TABLES, -(-len(weak) // size))
        for k in range(groups):
            for up in (True,) if size > 1 else (False, True):
                one = weak[k::groups]
                lacking = own.need + MARGIN - (own.high[one] - own.low[one])
                one, lacking = one[lacking > MARGIN], lacking[lacking > MARGIN]
                true = own.tables[0][own.cell[one]]
                gone = own.high[one] - true if up else true - own.low[one]
                if len(one):
                    own.learn(away.table(own.cell[one], gone + lacking, up=up))
    return _covered(own, search)


def _covered(own: Search, search: Search) -> list[Floats]:
    """The gentle tables, with those of the search that cells need which these leave weak."""
    for table in reversed(search.tables):
        value = table[own.cell]
        if ((value < own.low) | (value > own.high))[own.weak].any():
            own.learn(table)
    return own.tables


class _Away:
    """The linear program: cells of a group as far as they must, and counts of zones that are left out as near to
    their true values as that allows, each measured against its district."""

    def __init__(self, cells: Cells, told: Bools, problem: Problem) -> None:
        self.problem = problem
        columns = told.shape[1]
        hidden = np.flatnonzero(~told.ravel() & np.repeat(cells.cost > 1.0, columns))
        self.held = csr_matrix(kron(cells.sets, eye_array(columns), format="csr")[hidden])
        self.price = 1.0 / np.maximum(cells.value.sum(axis=0), 1.0)[hidden % columns]

    def table(self, cell: Ints, far: Floats, *, up: bool) -> Floats:
        """A table in which each cell lies as much above its true value, or below it, as `far` says, or as it can."""
        p, n, m, h = self.problem, len(self.problem.truth), len(cell), self.held.shape[0]
        blank = csr_matrix
        sign = 1.0 if up else -1.0
        pick = csr_matrix((np.full(m, -sign), (np.arange(m), cell)), shape=(m, n))
        # x, then how far each cell goes, then how far each hidden count goes up and down.
        sides: Any = vstack(
            [
                hstack([p.sides, blank((len(p.ends), m + 2 * h))]),
                hstack([pick, eye_array(m), blank((m, 2 * h))]),
            ],
            format="csr",
        )
        equal: Any = vstack(
            [
                hstack([p.told, blank((len(p.rows), m + 2 * h))]),
                hstack([self.held, blank((h, m)), -eye_array(h), eye_array(h)]),
            ],
            format="csr",
        )
        found = linprog(
            np.concatenate([np.full(n, DUST), -np.ones(m), self.price, self.price]),
            A_ub=sides,
            b_ub=np.concatenate([p.ends, -sign * p.truth[cell]]),
            A_eq=equal,
            b_eq=np.concatenate([p.told @ p.truth, self.held @ p.truth]),
            bounds=[*[(0.0, p.top)] * n, *((0.0, one) for one in far), *[(0.0, None)] * (2 * h)],
            method=method_for(n),
        )
        # The true table is one; where the solver fails, it serves, and the search's own tables cover the cells.
        return np.asarray(found.x[:n]) if found.status == 0 else p.truth
