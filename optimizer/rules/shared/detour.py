"""Travel that costs more wherever its straight line crosses a barrier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizer.arrays import Bools, Csr, Floats, Ints, frozen
from optimizer.travel import TravelData, Unit


@dataclass(frozen=True, eq=False)
class Detour:
    """base: travel without the barrier. line: a shapely line in the CRS of block_xy (blocks, 2) and school_xy
    (schools, 2). extra: metres or minutes for each pair of block and school on either side of it."""

    base: TravelData
    line: Any
    block_xy: Floats
    school_xy: Floats
    extra: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "block_xy", frozen(self.block_xy))
        object.__setattr__(self, "school_xy", frozen(self.school_xy))

    @property
    def unit(self) -> Unit:
        return self.base.unit

    def _crosses(self, block: Ints, school: Ints) -> Bools:
        """(pairs,) whether the straight line from each block to its school meets the barrier."""
        import shapely  # noqa: PLC0415 - slow to import

        if len(block) == 0:
            return np.zeros(0, bool)
        ways = shapely.linestrings(np.stack([self.block_xy[block], self.school_xy[school]], axis=1))
        shapely.prepare(self.line)
        return np.asarray(shapely.intersects(self.line, ways))

    def to(self, school: Ints) -> Floats:
        return self.base.to(school) + self.extra * self._crosses(np.arange(len(school), dtype=np.int32), school)

    def of(self, pairs: Csr) -> Floats:
        return self.base.of(pairs) + self.extra * self._crosses(pairs.rows, pairs.index)

    def within(self, limit: Floats, schools: Bools) -> Csr:
        near = self.base.within(limit, schools)
        return near.keep(self.of(near) <= limit[near.rows])
