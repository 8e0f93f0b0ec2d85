"""The schools nearest to blocks that need one, with the room that they have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Csr, Floats, Ints
from optimizer.district import District
from optimizer.rules.shared.amend import middles, school_places


@dataclass(frozen=True)
class Near:
    """A school that is left. travel: to it from the block, in travel's unit; None where that is not known.
    straight_line_m: None where places are not known. free_seats: seats less the students whom it has where nobody
    moves, below 0 where it is over them; None where it has no limit."""

    block: str
    school: str
    travel: float | None
    straight_line_m: float | None
    free_seats: float | None


def nearest_open(district: District, blocks: Ints, most: Floats, count: int = 3) -> list[Near]:
    """For each of a few blocks, the nearest schools that take blocks, nearest first: by travel, and where that is not
    known behind those, by straight line. most: (schools,) students that a zone may hold."""
    schools = np.flatnonzero(district.open).astype(np.int32)
    free = most - district.load_now
    middle, place = middles(district), school_places(district)
    rows = []
    for block in blocks:
        pairs = Csr.of_pairs(np.full(len(schools), block), schools, district.blocks)
        travel = district.travel.of(pairs)
        metres = np.full(len(schools), np.inf)
        if middle is not None and place is not None:
            metres = np.hypot(*(place[schools] - middle[block]).T)
        name = district.block_ids[block]
        rows += [
            Near(name, district.school_ids[j], _known(travel[k]), _known(metres[k]), _known(free[j]))
            for k in np.lexsort((schools, metres, travel))[:count]
            for j in schools[k : k + 1]
        ]
    return rows


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
