"""A lower bound on all plans that can be made of listed zones, and which of the zones a better plan may have.

A plan is one zone for each school, each block in one of them. Leave the zones whole or not, and the least is a linear
program, whose prices of blocks and limits prove: the price of every block, plus at each school the least of a zone's
cost less its blocks' prices, is below every plan; and a zone that is dearer than that least by more than what is left
to a known plan is in no better one. A norm is never below its part along a direction: directions come in as the
program asks for them. The bound is computed from the prices alone, so that it does not lean on the program's answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from optimizer.arrays import Bools, Floats, Offsets
from optimizer.model import STUDENT_SLACK
from optimizer.solvers.exact.columns import Columns
from optimizer.solvers.exact.patience import STEPS, Patience
from optimizer.solvers.exact.words import WORD, bits, free_blocks
from optimizer.solvers.kernel.zones import Words

ROUNDS, FIRST, FURTHER = 60, 300, 150  # of the program, and zones of each school in the first round and in later ones
CLOSE = 1e-7  # relative, between the program's answer and the bound
SHORT = 1 - 1e-12  # directions are shorter than 1 by more than rounding
NEARLY, NOTHING = 1e-6, 1e-10  # a plan must be better by this fraction, and by this much: equal ones may be many
HAIR = 1e-13  # of all numbers that a bound is made of, for rounding


def goal(value: float) -> float:
    """What a plan must be below to count as better than one of this value."""
    return value - NEARLY * abs(value) - NOTHING


@dataclass(frozen=True, eq=False)
class Shadow:
    """bound: no plan of the zones left costs less. beyond: (zones,) a plan with the zone costs this more at least; inf
    for zones that are left out. directions: of each norm, those found."""

    bound: float
    beyond: Floats
    hair: float
    directions: tuple[tuple[Floats, ...], ...]

    def worth(self, target: float) -> Bools:
        """(zones,) that a plan below the target may have."""
        return np.asarray(self.beyond <= target - self.bound + self.hair)


def shadow_of(columns: Columns, chosen: list[int], target: float, held: float | None, patience: Patience) -> Shadow:
    """Prices from rounds of the linear program over few zones, to which those are added that it has missed. chosen:
    zones of a known plan; target: what a better one costs at most, all others are left out of account."""
    program = _Program(columns, target, held)
    best = program.prove(np.zeros(program.free), np.zeros(len(program.limit)))
    program.alive &= best.worth(target)
    inside = _first(columns, chosen)
    for _ in range(ROUNDS):
        if patience.over or best.bound >= target:
            break
        inside &= program.alive
        value, found = program.round(inside, patience)
        patience.spend((len(columns.mask) + 40 * int(inside.sum())) / STEPS)
        if found is None:
            break
        program.alive &= found.worth(target)
        best = found if found.bound > best.bound else best
        fresh = program.missed(found) & ~inside
        if not program.grown and (not fresh.any() or value - best.bound <= CLOSE * abs(value)):
            break
        inside |= fresh
    return replace(best, beyond=np.where(program.alive, best.beyond, np.inf), directions=program.known)


def _first(columns: Columns, chosen: list[int]) -> Bools:
    """The cheapest zones of each school, some others, and the plan's."""
    inside, below = np.zeros(len(columns.mask), bool), columns.below
    for a, b in pairwise(columns.start):
        inside[a + np.argsort(below[a:b], kind="stable")[:FIRST]] = True
        inside[a : b : max(1, int(b - a) // FIRST)] = True
    inside[chosen] = True
    return inside


class _Program:
    """The linear program, and what its prices prove. Rows: schools, blocks; limits, excess, directions of norms.
    Variables that cost much stand in for what the zones at hand cannot do.

    alive: (zones,) that a plan below the target may have. grown: whether the last round asked for a direction."""

    def __init__(self, columns: Columns, target: float, held: float | None) -> None:
        self.columns, self.below = columns, columns.below
        self.free = len(free_blocks(columns.model))
        self.limit, self.use = columns.limit, columns.use
        if held is not None:
            self.limit = np.append(self.limit, held + 2 * STUDENT_SLACK)
            self.use = np.column_stack([self.use, columns.excess])
        self.dear = 10 * (abs(target) + float(np.abs(self.below).max(initial=0.0)) + 1)
        self.directions: list[list[Floats]] = [[] for _ in columns.norms]
        self.alive = np.ones(len(columns.mask), bool)
        self.grown = False
        self._owed = np.zeros(len(columns.schools))

    @property
    def known(self) -> tuple[tuple[Floats, ...], ...]:
        return tuple(map(tuple, self.directions))

    def round(self, inside: Bools, patience: Patience) -> tuple[float, Shadow | None]:
        """Solve over the zones `inside`: the value, and what the prices prove; None where it could not be solved."""
        from scipy.optimize import linprog  # noqa: PLC0415 - takes a moment to import

        at, c = np.flatnonzero(inside), self.columns
        cost, equal, under, limit = self._rows(at)
        options = {} if patience.left is None else {"time_limit": max(patience.left, 1e-3)}
        ones = np.ones(equal.shape[0])
        result = linprog(cost, under, limit, equal, ones, (0, None), method="highs", options=options)
        if result.status != 0:
            return np.inf, None
        marginal, size = np.asarray(result.eqlin.marginals), len(c.schools)
        shadow = self.prove(marginal[size:], np.maximum(-np.asarray(result.ineqlin.marginals), 0))
        self._owed = marginal[:size] - self._least
        self.grown, extra = False, 0.0
        for p, norm in enumerate(c.norms):
            away, counted = result.x[: len(at)] @ norm.add[at] - norm.aim, float(result.x[len(at) + p])
            length = float(np.sqrt((away**2).sum()))
            extra += max(length - counted, 0.0)
            if length > counted + CLOSE * (abs(result.fun) + 1e-9):
                self.directions[p].append(away / length * SHORT)
                self.grown = True
        return float(result.fun) + c.base + extra, shadow

    def missed(self, shadow: Shadow) -> Bools:
        """The zones of each school that the program would gain most by."""
        fresh = np.zeros(len(self.alive), bool)
        for j, (a, b) in enumerate(pairwise(self.columns.start)):
            order = a + np.argsort(shadow.beyond[a:b], kind="stable")[:FURTHER]
            fresh[order[shadow.beyond[order] < self._owed[j] - 1e-9 * abs(self._owed[j])]] = True
        return fresh

    def _rows(self, at: Offsets) -> tuple[Floats, Any, Any, Floats | None]:
        """Costs; rows that are 1, and rows with a limit. Variables: zones, norms, what stands in for a row."""
        from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415

        c, norms = self.columns, len(self.columns.norms)
        school = np.searchsorted(c.start, at, "right") - 1
        equal = np.vstack([school == np.arange(len(c.schools))[:, None], bits(c.mask[at], self.free).T])
        rows, limit = list(self.use[at].T), list(self.limit)
        tail = [np.zeros(norms) for _ in rows]
        for p, found in enumerate(self.directions):
            for direction in found:
                rows.append(c.norms[p].add[at] @ direction)
                limit.append(float(c.norms[p].aim @ direction))
                tail.append(-np.eye(norms)[p])
        size, count = len(equal), len(rows)
        cost = np.concatenate([self.below[at], np.ones(norms), np.full(size, self.dear)])
        fixed = hstack([csr_matrix(equal.astype(np.float64)), csr_matrix((size, norms)), csr_matrix(np.eye(size))])
        if not rows:
            return cost, fixed.tocsr(), None, None
        under = [
            csr_matrix(np.array(rows)),
            csr_matrix(np.array(tail).reshape(count, norms)),
            csr_matrix((count, size)),
        ]
        return cost, fixed.tocsr(), hstack(under).tocsr(), np.array(limit)

    def prove(self, price: Floats, paid: Floats) -> Shadow:
        """What the prices of blocks, and what is paid for limits and along directions, prove of any plan of the zones
        alive."""
        c, k = self.columns, len(self.limit)
        cost = self.below + self.use @ paid[:k] - priced(c.mask, price)
        terms = [c.base, *price, *(-paid[:k] * self.limit)]
        for p, found in enumerate(self.directions):
            weight = paid[k : k + len(found)]
            k += len(found)
            if len(weight):
                along = (weight / max(1.0, float(weight.sum()))) @ np.array(found)
                cost = cost + c.norms[p].add @ along
                terms.append(-float(c.norms[p].aim @ along))
        cost = np.where(self.alive, cost, np.inf)
        self._least = np.array([cost[a:b].min(initial=np.inf) for a, b in pairwise(c.start)])
        hair = HAIR * (len(terms) + 1) * float(np.abs(terms).sum() + np.abs(self._least[self._least < np.inf]).sum())
        least = np.repeat(np.where(self._least < np.inf, self._least, 0.0), np.diff(c.start))
        return Shadow(float(np.sum(terms) + self._least.sum()) - hair, cost - least, 2 * hair, ())


def priced(mask: Words, price: Floats) -> Floats:
    """(zones,) the sum of the prices of each zone's blocks, byte by byte."""
    padded = np.zeros(WORD)
    padded[: len(price)] = price
    every = bits(np.arange(256, dtype=np.uint64), 8)
    out = np.zeros(len(mask))
    for k in range(0, len(price), 8):
        out += (every @ padded[k : k + 8])[(mask >> np.uint64(k)).astype(np.uint8)]
    return out
