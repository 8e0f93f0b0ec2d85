"""How far blocks are from a school: one school at a time, never a blocks x schools array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from optimizer.arrays import Bools, Csr, Floats, Ints
from optimizer.district import District
from optimizer.travel import StraightLine, TravelTable, Unit

Far = Callable[[int], Floats]  # school -> (blocks,) travel to it, inf where it is not known


def middles(district: District) -> Floats:
    """(blocks, 2) the blocks' representative points, in metres."""
    if isinstance(district.travel, StraightLine):
        return district.travel.block_xy
    assert district.geography is not None
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(district.geography.polygon)))


def straight_to(middle: Floats, place: Floats) -> Floats:
    """(blocks,) metres in straight lines."""
    return np.hypot(*(middle - place).T)


def table_of(district: District) -> Far | None:
    """The folder's travel table, by its own places of schools; None where it has none."""
    travel, blocks = district.travel, district.blocks
    if isinstance(travel, StraightLine):
        return None
    assert isinstance(travel, TravelTable)
    rows, order = travel.pairs.rows, np.argsort(travel.pairs.index, kind="stable")
    start = np.searchsorted(travel.pairs.index[order], np.arange(district.schools + 1))

    def given(j: int) -> Floats:
        entries = order[start[j] : start[j + 1]]
        far = np.full(blocks, np.inf)
        far[rows[entries]] = travel.value[entries]
        return far

    return given


@dataclass(frozen=True, eq=False)
class Toll:
    """What a barrier adds to travel: `extra` wherever the straight line to the school meets `line`, a shapely line."""

    line: Any
    extra: float

    def to(self, middle: Floats, place: Floats) -> Floats:
        """(blocks,) what is added on the way to a place."""
        ways = shapely.linestrings(np.stack([middle, np.broadcast_to(place, middle.shape)], axis=1))
        shapely.prepare(self.line)
        return self.extra * np.asarray(shapely.intersects(self.line, ways), np.float64)


def travel_of(far: Far, zone: Ints) -> Floats:
    """(blocks,) travel of each block to its own school of `zone`; inf for a block without one (-1)."""
    found = np.full(len(zone), np.inf)
    for j in np.unique(zone[zone >= 0]).tolist():
        mine = zone == j
        found[mine] = far(j)[mine]
    return found


@dataclass(frozen=True, eq=False)
class Measured:
    """Travel as measures ask for it, where rules have changed it."""

    far: Far
    unit: Unit

    def to(self, school: Ints) -> Floats:
        return travel_of(self.far, school)

    def of(self, pairs: Csr) -> Floats:
        found, rows = np.full(len(pairs.index), np.inf), pairs.rows
        for j in np.unique(pairs.index).tolist():
            here = pairs.index == j
            found[here] = self.far(j)[rows[here]]
        return found

    def within(self, limit: Floats, schools: Bools) -> Csr:
        parts = [(j, np.flatnonzero(self.far(j) <= limit)) for j in np.flatnonzero(schools).tolist()]
        none = np.zeros(0, np.int64)
        rows = np.concatenate([none, *(near for _, near in parts)])
        values = np.concatenate([none, *(np.full(len(near), j) for j, near in parts)])
        return Csr.of_pairs(rows, values, len(limit))
