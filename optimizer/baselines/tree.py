"""Branch and bound over one linear programme, for small districts: units are given one of their pairs, or denied it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from optimizer.arrays import Bools, Floats, Offsets
from optimizer.baselines.program import Program, Solved, contradicts, solve

WHOLE = 1 - 1e-6  # share of a unit from which on it counts as being at one pair
SAME = 1e-7  # relative: what is not worth a branch

Value = Callable[[Offsets], float | None]
Rows = Callable[[Solved], csr_array]


@dataclass(eq=False)
class Tree:
    """value: what a choice (units,) of pairs is worth, None where it is not allowed. rows: further rows <= 0 that a
    solution breaks and no allowed choice does. best: the least value known and its choice; bound: no allowed choice is
    below it, by the prices of every leaf."""

    program: Program
    value: Value
    rows: Rows
    best: float
    choice: Offsets | None
    bound: float

    def __post_init__(self) -> None:
        self._leaves: list[tuple[float, int, Bools]] = [(self.bound, 0, np.isfinite(self.program.cost))]
        self._made = 0

    @property
    def done(self) -> bool:
        """Whether nothing is better than the best; where there is none, that no choice is allowed."""
        return self._enough(self.bound)

    def grow(self, nodes: int) -> None:
        """Branch where the bound is least, until nothing is below the best, or `nodes` more programmes are solved."""
        for _ in range(nodes):
            if not self._leaves or self._enough(self._leaves[0][0]):
                break
            low, _, able = heapq.heappop(self._leaves)
            for child, value in self._split(able):
                self._made += 1
                heapq.heappush(self._leaves, (max(low, value), self._made, child))
        least = min([self.best * (1 - SAME), *(leaf[0] for leaf in self._leaves)])
        self.bound = max(self.bound, least)

    def _enough(self, bound: float) -> bool:
        return bound >= self.best * (1 - SAME)

    def _split(self, able: Bools) -> list[tuple[Bools, float]]:
        """What is left of a leaf, with the bound of each part."""
        program = replace(self.program, cost=np.where(able, self.program.cost, np.inf))
        found = solve(program)
        if contradicts(program, found.price):
            return []
        rows = self.rows(found)
        if rows.shape[0]:
            none = np.full(rows.shape[0], -np.inf)
            self.program = self.program.with_rows(rows, none, np.zeros(rows.shape[0]))
            return [(able, found.bound)]
        whole = found.share >= WHOLE
        if int(whole.sum()) == len(program.start):
            self._take(np.flatnonzero(whole))
        if self._enough(found.bound):
            return []
        p = _doubtful(program, able, found.share)
        if p < 0:
            return []
        others = (program.unit == program.unit[p]) & (np.arange(len(able)) != p)
        out = able.copy()
        out[p] = False
        return [(able & ~others, found.bound), (out, found.bound)]

    def _take(self, choice: Offsets) -> None:
        value = self.value(choice)
        if value is not None and value < self.best:
            self.best, self.choice = value, choice


def _doubtful(program: Program, able: Bools, share: Floats) -> int:
    """The pair to branch on: of the unit that is split most, weighed by what it costs, its greatest; where none is
    split, of any unit that has a choice. -1 where none has."""
    count = np.add.reduceat(able.astype(np.int64), program.start)
    greatest = np.maximum.reduceat(share, program.start)
    weight = np.maximum.reduceat(np.where(able, program.cost, 0.0), program.start)
    split = np.where(count > 1, (1 - greatest) * weight + 1e-9 * weight + 1e-12, -1.0)
    unit = int(np.argmax(split))
    if split[unit] < 0:
        return -1
    at = np.flatnonzero((program.unit == unit) & able)
    return int(at[np.argmax(share[at])])
