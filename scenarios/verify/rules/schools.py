"""Rules that change what schools there are and what seats they have: close, open, seats, pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyproj
import shapely

from optimizer.arrays import Ints
from scenarios.reading.values import Table
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import Row, RuleCheck
from scenarios.verify.rules.pairs import at_blocks

T = TypeVar("T")


@dataclass(frozen=True)
class Close(RuleCheck):
    """The schools take no block and have no root."""

    kind = "close"
    keys = ("schools",)
    schools: tuple[int, ...]

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Close:
        return cls(tuple(values.schools(table, "schools", ground, 1)))

    def amend(self, ground: Ground) -> Ground:
        successor = with_values(ground.successor, self.schools, -1)
        if max(successor) < 0:
            raise ValueError("close leaves no school open")
        root = {j: block for j, block in ground.root.items() if j not in self.schools}
        return ground.but(successor=successor, root=root)

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        return at_blocks(self.kind, ground, zone, np.flatnonzero(np.isin(zone, self.schools)).tolist())


@dataclass(frozen=True)
class Open(RuleCheck):
    """The school takes blocks. Its root is the block that holds it, or the nearest, that is no other root."""

    kind = "open"
    keys = ("school", "lon", "lat", "capacity", "min_students", "name")
    school: int
    at: tuple[float, float] | None
    capacity: float | None
    least: float | None

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Open:
        lon, lat = values.maybe(table, "lon", -180, 180), values.maybe(table, "lat", -90, 90)
        if (lon is None) != (lat is None):
            raise ValueError("lon and lat are not given together")
        at = None if lon is None or lat is None else (lon, lat)
        seats = values.maybe(table, "capacity", 0), values.maybe(table, "min_students", 0)
        return cls(values.school(table, ground), at, *seats)

    def amend(self, ground: Ground) -> Ground:
        j, place = self.school, ground.place
        if ground.successor[j] >= 0 or j in set(ground.today.tolist()):
            raise ValueError(f"the school '{ground.school_ids[j]}' is open already")
        if ground.folder[j] < 0 and (self.at is None or ground.table is not None):
            raise ValueError(f"the place of the school '{ground.school_ids[j]}', or travel to it, is not known")
        if self.at is not None:
            assert ground.district.geography is not None
            into = pyproj.Transformer.from_crs(4326, ground.district.geography.crs, always_xy=True)
            x, y = map(float, into.transform(*self.at))
            if not math.isfinite(x + y):
                raise ValueError(f"the place of the school '{ground.school_ids[j]}' is not in the district's area")
            place = with_values(place, [j], (x, y))
        ground = ground.but(
            successor=with_values(ground.successor, [j], j),
            place=place,
            capacity=ground.capacity if self.capacity is None else with_values(ground.capacity, [j], self.capacity),
            least=ground.least if self.least is None else with_values(ground.least, [j], self.least),
        )
        return ground.but(root={**ground.root, j: root_for(ground, j)})


@dataclass(frozen=True)
class Seats(RuleCheck):
    """Other seats, or another smallest size, than the folder gives."""

    kind = "seats"
    keys = ("school", "capacity", "min_students")
    school: int
    capacity: float | None
    least: float | None

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Seats:
        seats = values.maybe(table, "capacity", 0), values.maybe(table, "min_students", 0)
        return cls(values.school(table, ground), *seats)

    def amend(self, ground: Ground) -> Ground:
        j = self.school
        if ground.successor[j] != j:
            raise ValueError(f"the school '{ground.school_ids[j]}' takes no blocks")
        return ground.but(
            capacity=ground.capacity if self.capacity is None else with_values(ground.capacity, [j], self.capacity),
            least=ground.least if self.least is None else with_values(ground.least, [j], self.least),
        )


@dataclass(frozen=True)
class Pair(RuleCheck):
    """The schools have one zone, under the first of them."""

    kind = "pair"
    keys = ("schools",)
    schools: tuple[int, ...]

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Pair:
        return cls(tuple(values.schools(table, "schools", ground, 2)))

    def amend(self, ground: Ground) -> Ground:
        first, *rest = self.schools
        for j in self.schools:
            if ground.successor[j] != j:
                raise ValueError(f"the school '{ground.school_ids[j]}' takes no blocks")
        sent = np.isin(ground.home, rest) & (ground.students > 0) & np.isfinite(ground.travel_today)
        for i in np.flatnonzero(sent & ~np.isfinite(ground.far(first))).tolist():
            block, school = ground.district.block_ids[i], ground.school_ids[first]
            raise ValueError(f"the block '{block}' would go to '{school}', to which its travel is not known")

        def added(numbers: Sequence[float], nothing: float) -> tuple[float, ...]:
            total = math.fsum(numbers[j] for j in self.schools)
            return with_values(with_values(numbers, rest, nothing), [first], total)

        return ground.but(
            successor=with_values(ground.successor, rest, first),
            root={j: block for j, block in ground.root.items() if j not in rest},
            capacity=added(ground.capacity, math.nan),
            least=added(ground.least, math.nan),
            other=added(ground.other, 0.0),
        )

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        return at_blocks(self.kind, ground, zone, np.flatnonzero(np.isin(zone, self.schools[1:])).tolist())


def with_values(numbers: Sequence[T], places: Sequence[int], value: T) -> tuple[T, ...]:
    """A copy with `value` at the places."""
    return tuple(value if j in places else number for j, number in enumerate(numbers))


def root_for(ground: Ground, j: int) -> int:
    """The root of a school that opens: the first free block that holds its point, else the nearest."""
    free = np.ones(ground.blocks, bool)
    free[list(ground.root.values())] = False
    if not free.any():
        raise ValueError("every block is the root of another school")
    geography, place = ground.district.geography, np.array(ground.place[j])
    if geography is not None:
        holds = free & shapely.intersects(np.asarray(geography.polygon), shapely.Point(place))
        if holds.any():
            return int(np.argmax(holds))
    away = np.hypot(*(ground.middle - place).T)
    return int(np.argmin(np.where(free, away, np.inf)))
