"""Which blocks may go to which school, school by school: never a blocks x schools array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from scenarios.verify.rules.base import SLACK

if TYPE_CHECKING:
    from scenarios.verify.case import Case


@dataclass(frozen=True, eq=False)
class Candidates:
    """The blocks that may go to one school. block: ascending. travel: to the school, 0 where it is not known, as may be
    for blocks that are at home there. forced: whether the block may go nowhere else."""

    school: int
    block: Ints
    travel: Floats
    forced: Bools


def candidates(case: Case) -> list[Candidates]:
    """For each school that any block may go to, in ascending order, these blocks. Asked for by `Case.candidates`."""
    ground, found = case.ground, []
    choices, held = np.zeros(ground.blocks, np.int64), np.full(ground.blocks, -1)
    if case.options.contiguity:
        held[list(ground.root.values())] = list(ground.root)
    for j in ground.takes:
        far, reach = ground.far(j), ground.reach(j)
        # Travel that is not known is inf here, and even an infinite limit does not allow it.
        may = ((reach <= case.travel_limit + SLACK) & np.isfinite(reach)) | ground.is_home(j)
        may &= (held < 0) | (held == j)  # a root keeps its school
        for rule in case.rules:
            may = rule.narrow(ground, j, may)
        block = _joined(case, j, may)
        choices[block] += 1
        if len(block):
            found.append((j, block, far[block]))
    return [Candidates(j, block, np.where(np.isfinite(far), far, 0.0), choices[block] == 1) for j, block, far in found]


def _joined(case: Case, j: int, may: Bools) -> Ints:
    """The blocks of `may` in ascending order; with contiguity, without those that cannot be joined to the root of j
    through others, unless they are at home there."""
    root = case.ground.root.get(j)
    if not case.options.contiguity or root is None:
        return np.flatnonzero(may).astype(np.int32)
    inside = may.tolist()
    joined = case.ground.is_home(j) & may
    if inside[root]:
        joined[case.ground.graph.walk(root, lambda block: inside[block])] = True
    return np.flatnonzero(joined).astype(np.int32)
