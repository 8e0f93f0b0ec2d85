"""The district as the rules leave it: which schools take blocks, their seats, who is whose neighbour, how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from optimizer.arrays import Bools, Csr, Floats, Ints
from optimizer.district import District
from scenarios.verify.counts import column, zone_sums
from scenarios.verify.graph import Graph
from scenarios.verify.travel import Far, Measured, Toll, middles, straight_to, table_of, travel_of


@dataclass(frozen=True, eq=False)
class Ground:
    """district: as it is read; what it says of schools, neighbours and travel may hold no longer. The rest is by
    school, in ascending order of school_ids: those of the folder, and those that rules open.

    folder: the school's place in the folder, -1 where it is not there. today: (blocks,) the school of each block under
    the status quo. successor: the school that has the school's blocks where nobody moves, itself as a rule; -1 where it
    takes none. capacity, least: NaN where not given. place: metres, NaN where not known. root: school -> its block.
    bases: folders where files that rules name may lie. strict: whether no limit may be broken, also where today's zones
    break it. tolls: what barriers add to travel. amended: whether a rule has
    changed anything.
    """

    district: District
    school_ids: tuple[str, ...]
    folder: tuple[int, ...]
    today: Ints
    successor: tuple[int, ...]
    capacity: tuple[float, ...]
    least: tuple[float, ...]
    other: tuple[float, ...]
    place: tuple[tuple[float, float], ...]
    root: Mapping[int, int]
    owner: Ints
    links: Csr
    table: Far | None
    bases: tuple[Path, ...] = ()
    strict: bool = False
    tolls: tuple[Toll, ...] = ()
    amended: bool = False

    @classmethod
    def of(
        cls, district: District, new: Iterable[str] = (), bases: Iterable[Path] = (), *, strict: bool = False
    ) -> Ground:
        """As the folder has it. new: ids of schools that rules open; they take no blocks yet."""
        ids = tuple(sorted({*district.school_ids, *new}))
        known = {name: j for j, name in enumerate(district.school_ids)}
        folder = tuple(known.get(name, -1) for name in ids)
        where = {old: j for j, old in enumerate(folder) if old >= 0}
        today = np.array([where[old] for old in district.status_quo.tolist()], np.int32)
        zoned = set(today.tolist())
        school_xy = _places(district)

        def given(values: Floats, nothing: float) -> tuple[float, ...]:
            return tuple(nothing if old < 0 else float(values[old]) for old in folder)

        return cls(
            district=district,
            school_ids=ids,
            folder=folder,
            today=today,
            successor=tuple(j if j in zoned else -1 for j in range(len(ids))),
            capacity=given(district.capacity, np.nan),
            least=given(district.min_students, np.nan),
            other=given(district.other_students, 0.0),
            place=tuple((np.nan, np.nan) if old < 0 else (school_xy[old][0], school_xy[old][1]) for old in folder),
            root={where[old]: block for old, block in enumerate(district.root.tolist()) if block >= 0},
            owner=np.arange(district.blocks, dtype=np.int32) if district.parts is None else district.parts.block,
            links=district.adjacency if district.parts is None else district.parts.adjacency,
            table=table_of(district),
            bases=tuple(bases),
            strict=strict,
        )

    def but(self, **changes: Any) -> Ground:
        """The same ground with some parts changed by a rule."""
        return replace(self, amended=True, **changes)

    @property
    def blocks(self) -> int:
        return self.district.blocks

    @property
    def schools(self) -> int:
        return len(self.school_ids)

    @cached_property
    def takes(self) -> list[int]:
        """The schools that take blocks, in ascending order."""
        return [j for j, successor in enumerate(self.successor) if successor == j]

    @cached_property
    def opened(self) -> set[int]:
        """The schools that take blocks, and have none where nobody moves."""
        return set(self.takes) - set(self.home.tolist())

    @cached_property
    def home(self) -> Ints:
        """(blocks,) the school of a block that does not move; -1 where its school is closed."""
        return np.array(self.successor, np.int32)[self.today]

    def is_home(self, j: int) -> Bools:
        """(blocks,) whether j is the block's home."""
        return np.asarray(self.home == j)

    def moved(self, zone: Ints) -> Bools:
        """(blocks,) whether the block leaves its home."""
        return zone != self.home

    def counted_moved(self, zone: Ints) -> Bools:
        """(blocks,) whether limits on moves count it: those of closed schools have to go."""
        return (zone != self.home) & (self.home >= 0) & (zone != self.today)

    @cached_property
    def students(self) -> Floats:
        """(blocks,) S_i."""
        return column(self.district, "students")

    @cached_property
    def load(self) -> list[float]:
        """By school, the students of its zone where nobody moves."""
        return self.at_home(self.students)

    def at_home(self, values: Floats) -> list[float]:
        """By school, the sum of values (blocks,) over its zone where nobody moves."""
        stays = self.home >= 0
        return zone_sums(values[stays], self.home[stays], self.schools)

    @cached_property
    def middle(self) -> Floats:
        """(blocks, 2) the blocks' representative points."""
        return middles(self.district)

    def far(self, j: int) -> Floats:
        """(blocks,) travel to school j, inf where it is not known."""
        if self.table is None:
            found = straight_to(self.middle, np.array(self.place[j]))
            found = np.where(np.isnan(found), np.inf, found)
        else:
            found = self.table(self.folder[j]) if self.folder[j] >= 0 else np.full(self.blocks, np.inf)
        for toll in self.tolls:
            found = found + toll.to(self.middle, np.array(self.place[j]))
        return found

    def reach(self, j: int) -> Floats:
        """(blocks,) travel to the farthest of the schools that share the zone of j."""
        found = self.far(j)
        for other, successor in enumerate(self.successor):
            if successor == j and other != j:
                found = np.maximum(found, self.far(other))
        return found

    def travel(self, zone: Ints) -> Floats:
        """(blocks,) travel of each block to its school."""
        return travel_of(self.far, zone)

    @cached_property
    def travel_today(self) -> Floats:
        """(blocks,) travel to the block's real school of today, closed or not; inf where it is not known."""
        return travel_of(self.far, self.today)

    @cached_property
    def travel_current(self) -> Floats:
        """(blocks,) what the travel limit counts from: today's travel; where the school is closed, travel to the
        nearest that takes blocks. inf where it is not known."""
        now, lost = travel_of(self.far, np.where(self.home >= 0, self.today, -1)), self.home < 0
        if lost.any():
            for j in self.takes:
                now[lost] = np.minimum(now[lost], self.far(j)[lost])
        return now

    @cached_property
    def neighbours(self) -> Csr:
        """Blocks with parts that are neighbours."""
        if self.district.parts is None:
            return self.links
        return Csr.of_pairs(self.owner[self.links.rows], self.owner[self.links.index], self.blocks)

    @cached_property
    def graph(self) -> Graph:
        """Of blocks, each as one: a walk that a valid plan's zone has over parts is one here too."""
        return Graph.of(self.neighbours, self.blocks)

    @cached_property
    def web(self) -> Graph:
        """Of parts."""
        return Graph.of(self.links, len(self.owner))

    @cached_property
    def anchor(self) -> dict[int, int]:
        """School -> the part of its root that holds its point, else the nearest of them; the first of equals."""
        found, parts = {}, self.district.parts
        for j, block in self.root.items():
            mine = np.flatnonzero(self.owner == block).tolist()
            found[j] = mine[0]
            if len(mine) > 1 and parts is not None and parts.polygon is not None:
                away = [float(parts.polygon[part].distance(shapely.Point(self.place[j]))) for part in mine]
                found[j] = mine[away.index(min(away))]
        return found

    def adrift(self, zone: Ints) -> Bools:
        """(parts,) whether no path within the zone of its block joins the part to the zone's root."""
        return ~self.web.joined(np.asarray(zone)[self.owner], self.anchor)

    @cached_property
    def loose(self) -> Bools:
        """(parts,) whether no path joins the part to the root of its home where nobody moves."""
        return self.adrift(self.home) & (self.home >= 0)[self.owner]

    @cached_property
    def detached(self) -> Bools:
        """(blocks,) whether that is so of all parts of the block."""
        return np.bincount(self.owner, ~self.loose, self.blocks) == 0

    @cached_property
    def shown(self) -> District:
        """What plan files and measures are about: the folder's district with the schools, seats, neighbours and travel
        that the rules leave."""
        district = self.district
        if not self.amended:
            return district
        names = [district.school_names[old] if old >= 0 else self.school_ids[j] for j, old in enumerate(self.folder)]
        return replace(
            district,
            school_ids=self.school_ids,
            school_names=tuple(names),
            status_quo=self.today,
            adjacency=self.neighbours,
            parts=None if district.parts is None else replace(district.parts, adjacency=self.links),
            travel=Measured(self.far, district.travel.unit),
            root=np.array([self.root.get(j, -1) for j in range(self.schools)], np.int32),
            capacity=np.array(self.capacity),
            min_students=np.array(self.least),
            other_students=np.array(self.other),
            succession=np.array(self.successor, np.int32),
            amended_from=district,
        )


def _places(district: District) -> list[list[float]]:
    """By school of the folder, where it stands, in metres."""
    if district.geography is None:
        return [[np.nan, np.nan] for _ in range(district.schools)]
    return district.geography.school_xy.tolist()
