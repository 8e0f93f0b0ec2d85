"""How far each block is from each school: a table, or straight lines. Never a dense blocks x schools array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from optimizer.arrays import Bools, Csr, Floats, Ints, Offsets, frozen

Unit = Literal["m", "min"]


class TravelData(Protocol):
    """What the model and the measures ask of travel. Values are metres or minutes; inf where out of reach."""

    @property
    def unit(self) -> Unit: ...

    def to(self, school: Ints) -> Floats:
        """(blocks,) travel from each block to the one school named for it, inf where missing."""
        ...

    def of(self, pairs: Csr) -> Floats:
        """(entries,) travel of each (block, school) pair, inf where missing."""
        ...

    def within(self, limit: Floats, schools: Bools) -> Csr:
        """The pairs whose travel is at most limit[block], among the schools (schools,) that are true."""
        ...


@dataclass(frozen=True, eq=False)
class StraightLine:
    """Straight-line metres from block_xy (blocks, 2) to school_xy (schools, 2), both in a projected CRS in metres."""

    block_xy: Floats
    school_xy: Floats
    unit: Unit = "m"

    def __post_init__(self) -> None:
        object.__setattr__(self, "block_xy", frozen(self.block_xy))
        object.__setattr__(self, "school_xy", frozen(self.school_xy))

    def _distance(self, block: Ints | slice, school: Ints) -> Floats:
        gap = self.block_xy[block] - self.school_xy[school]
        return np.hypot(gap[:, 0], gap[:, 1])

    def to(self, school: Ints) -> Floats:
        return self._distance(slice(None), school)

    def of(self, pairs: Csr) -> Floats:
        return self._distance(pairs.rows, pairs.index)

    def within(self, limit: Floats, schools: Bools) -> Csr:
        blocks, chosen = len(self.block_xy), np.flatnonzero(schools)
        rows, values = [], []
        # One school at a time: memory stays at the pairs kept, and 100,000 x 1,000 distances take a second.
        for school in chosen:
            near = np.flatnonzero(np.hypot(*(self.block_xy - self.school_xy[school]).T) <= limit)
            rows.append(near)
            values.append(np.full(len(near), school))
        if not rows:
            return Csr(np.zeros(blocks + 1, np.int64), np.zeros(0, np.int32))
        return Csr.of_pairs(np.concatenate(rows), np.concatenate(values), blocks)


@dataclass(frozen=True, eq=False)
class TravelTable:
    """Given travel: pairs (blocks -> schools) and value (entries,); pairs that are missing are out of reach."""

    pairs: Csr
    value: Floats
    unit: Unit

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", frozen(self.value))

    def _take(self, at: Offsets) -> Floats:
        if len(self.value) == 0:
            return np.full(len(at), np.inf)
        return np.where(at >= 0, self.value[np.maximum(at, 0)], np.inf)

    def to(self, school: Ints) -> Floats:
        return self._take(self.pairs.find(school))

    def of(self, pairs: Csr) -> Floats:
        width = int(max(self.pairs.index.max(initial=0), pairs.index.max(initial=0))) + 1
        have = self.pairs.rows.astype(np.int64) * width + self.pairs.index
        wanted = pairs.rows.astype(np.int64) * width + pairs.index
        at = np.searchsorted(have, wanted)
        inside = np.minimum(at, max(len(have) - 1, 0))
        hit = have[inside] == wanted if len(have) else np.zeros(len(wanted), bool)
        return self._take(np.where(hit, inside, -1))

    def within(self, limit: Floats, schools: Bools) -> Csr:
        return self.pairs.keep((self.value <= limit[self.pairs.rows]) & schools[self.pairs.index])
