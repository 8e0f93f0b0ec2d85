"""A school's territory: the blocks that may go to it, and what a zone there must keep."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints, Offsets, frozen
from optimizer.model import STUDENT_SLACK, Budget, Model, SchoolSum

HAIR = 1e-9  # beyond the allowance: sums are added up in another order here than where plans are checked


@dataclass(frozen=True, eq=False)
class Territory:
    """blocks: (n,) those that a zone can hold, nearest to the root first. pair: (n,) where (block, school) stands in
    the model's pairs. root: place of the root among them, -1 where there is none. forced: (n,) the zone cannot be
    without it. loose: (n,) may be away from the root. rows, limit: (h, n), (h,) every zone of a valid plan keeps
    rows @ x <= limit; limits carry FORMAT.md's allowances.
    """

    school: int
    blocks: Ints
    pair: Offsets
    root: int
    forced: Bools
    loose: Bools
    rows: Floats
    limit: Floats

    @property
    def choices(self) -> int:
        """How many of the blocks may be in the zone or not."""
        return int((~self.forced).sum())


def over_least(model: Model) -> Model:
    """The same model with budgets whose costs are what a block's school costs beyond its cheapest: none is below 0, so
    that what some zones use of a budget bounds what the others may. It is for leaving out what breaks a limit; whether
    a plan keeps it is better asked of the model as it was."""
    return replace(model, budgets=tuple(_over_least(model, budget) for budget in model.budgets))


def _over_least(model: Model, budget: Budget) -> Budget:
    start, size = model.pairs.start[:-1], np.diff(model.pairs.start)
    if (size == 0).any():
        return budget
    least = np.minimum.reduceat(budget.cost, start)
    # Sums are added up in another order than where plans are checked.
    limit = budget.limit - float(least.sum()) + HAIR * float(np.abs(least).sum())
    return replace(budget, cost=frozen(budget.cost - np.repeat(least, size)), limit=limit)


def territories(model: Model) -> list[Territory]:
    """One for each school, in the order of schools."""
    return [_territory(model, j) for j in range(model.district.schools)]


def _territory(model: Model, school: int) -> Territory:
    district, contiguity = model.district, model.contiguity
    pair = np.flatnonzero(model.pairs.index == school)
    blocks = model.pairs.rows[pair]
    root = -1 if contiguity is None else int(contiguity.root[school])
    loose = np.ones(len(blocks), bool)
    if contiguity is not None:
        loose = contiguity.detached[blocks] & (district.home[blocks] == school)
    forced = (np.diff(model.pairs.start)[blocks] == 1) | (blocks == root)
    steps = _steps(model, blocks, root)
    students = district.counts.max(axis=1, initial=0)[blocks]
    order = np.lexsort((blocks, -students, steps))
    order = order[np.isfinite(steps[order]) | loose[order] | forced[order]]
    blocks, pair = blocks[order], pair[order]
    place = np.flatnonzero(blocks == root)
    rows, limit = _rows(model, school, blocks, pair)
    return Territory(
        school, blocks, pair, int(place[0]) if len(place) else -1, forced[order], loose[order], rows, limit
    )


def _steps(model: Model, blocks: Ints, root: int) -> Floats:
    """(n,) steps from the root within the territory, inf where there is no way."""
    mine = {int(b) for b in blocks}
    steps, queue = ({root: 0}, deque([root])) if root in mine else ({}, deque())
    while queue:
        block = queue.popleft()
        for other in map(int, model.district.adjacency.row(block)):
            if other in mine and other not in steps:
                steps[other] = steps[block] + 1
                queue.append(other)
    return np.array([steps.get(int(b), np.inf) for b in blocks], np.float64)


def _rows(model: Model, school: int, blocks: Ints, pair: Offsets) -> tuple[Floats, Floats]:
    """What hard limits and budgets ask of the zone alone, and what those of the other schools leave for it."""
    rows, limit = [], []
    for s in model.sums:
        value = s.load(model.district, school, blocks)
        least, most = _left_by_others(model, s, school)
        high, low = min(s.hard_high[school], most), max(s.hard_low[school], least)
        for sign, bound in ((1.0, high), (-1.0, -low)):
            if np.isfinite(bound):
                rows.append(sign * value)
                limit.append(bound + s.slack + HAIR)
    for budget in model.budgets:
        rows.append(budget.cost[pair])
        limit.append(budget.limit + HAIR)
    return np.array(rows, np.float64).reshape(len(rows), len(blocks)), np.array(limit, np.float64)


def _left_by_others(model: Model, s: SchoolSum, school: int) -> tuple[float, float]:
    """The least and the most of a plain sum that the other schools can leave for one."""
    if s.whole != -1:
        return -np.inf, np.inf
    others = np.arange(model.district.schools) != school
    total, allowed = float(model.district.amount(s.part).sum()), others.sum() * STUDENT_SLACK
    return total - float(s.hard_high[others].sum()) - allowed, total - float(s.hard_low[others].sum()) + allowed
