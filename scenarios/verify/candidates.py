"""Which blocks may go to which school, school by school: never a blocks x schools array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.travel import StraightLine, TravelTable
from scenarios.verify.case import SLACK, Case

Travel = Callable[[int], Floats]  # school -> (blocks,) travel to it, inf where it is not known


@dataclass(frozen=True, eq=False)
class Candidates:
    """The blocks that may go to one school. block: ascending. travel: to the school, 0 where it is not known, as may be
    for blocks that are there today. forced: whether the block may go nowhere else."""

    school: int
    block: Ints
    travel: Floats
    forced: Bools


def candidates(case: Case) -> list[Candidates]:
    """For each school that takes blocks, in ascending order, the blocks that may go there."""
    travel, rooted = travel_to(case), np.zeros(case.district.blocks, bool)
    if case.options.contiguity:
        rooted[list(case.roots.values())] = True
    found, choices = [], np.zeros(case.district.blocks, np.int64)
    for j in case.zoned:
        far, here = travel(j), case.today == j
        # A root keeps its school. Travel that is not known is inf here, and even an infinite limit does not allow it.
        may = (far <= case.travel_limit + SLACK) & np.isfinite(far) & ~rooted
        for rule in case.rules:
            may = rule.narrow(case.district, j, may)
        block = _joined(case, j, may | here)
        choices[block] += 1
        found.append((j, block, far[block]))
    return [Candidates(j, block, np.where(np.isfinite(far), far, 0.0), choices[block] == 1) for j, block, far in found]


def _joined(case: Case, j: int, may: Bools) -> Ints:
    """The blocks of `may` in ascending order; with contiguity, without those that cannot be joined to the root of j
    through others, unless they are there today."""
    root = case.roots.get(j)
    if not case.options.contiguity or root is None:
        return np.flatnonzero(may).astype(np.int32)
    inside = may.tolist()
    joined = case.today == j
    joined[case.graph.walk(root, lambda block: inside[block])] = True
    return np.flatnonzero(joined).astype(np.int32)


def travel_to(case: Case) -> Travel:
    """Travel to one school at a time, from the folder's table or in straight lines."""
    travel, blocks = case.district.travel, case.district.blocks
    if isinstance(travel, StraightLine):
        return lambda j: np.hypot(*(travel.block_xy - travel.school_xy[j]).T)
    assert isinstance(travel, TravelTable)
    rows, order = travel.pairs.rows, np.argsort(travel.pairs.index, kind="stable")
    start = np.searchsorted(travel.pairs.index[order], np.arange(case.district.schools + 1))

    def given(j: int) -> Floats:
        entries = order[start[j] : start[j + 1]]
        far = np.full(blocks, np.inf)
        far[rows[entries]] = travel.value[entries]
        return far

    return given
