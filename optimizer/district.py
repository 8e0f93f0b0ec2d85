"""One school district, as read-only arrays. It knows nothing of plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Csr, Floats, Ints, frozen
from optimizer.errors import Fault, InputError, nearest
from optimizer.graph import away_from_root
from optimizer.parts import Parts
from optimizer.travel import TravelData

EXPOSED = -2  # in place of a column: the students whom exposure counts, see District.exposed


@dataclass(frozen=True, eq=False)
class Geography:
    """Shapes, for maps and shape measures only: no rule of the default model looks at them.

    crs: any text that pyproj reads, projected in metres. polygon: (blocks,) shapely geometries in crs.
    school_xy: (schools, 2) metres in crs.
    """

    crs: str
    polygon: NDArray[Any]
    school_xy: Floats


@dataclass(frozen=True, eq=False)
class District:
    """Blocks and schools of one district, in ascending order of their ids.

    counts: (blocks, columns) students, finite and >= 0; `columns` names them: `students`, one `students_<group>` a
    group, `students_poverty` where known, and further counts; `redrawn` may give them, and all that is made of them, a
    first axis, of draws. status_quo: (blocks,) today's school of each block.
    adjacency: symmetric. root: (schools,) the block that holds a zone together, -1 for a school without a zone. parts:
    of blocks that stand apart, with whose neighbours `adjacency` agrees; None where each block is one part.
    capacity, min_students: (schools,) students, NaN where not given. other_students: (schools,) students from outside
    the zone, 0 where not given. attributes: further columns of the blocks, (blocks,) each, by name. succession,
    amended_from: what rules that close, open or pair schools leave (`optimizer.rules.under`): see `successor` and
    `original`; None as read. inputs: what identifies the data that it was read from, by part; empty where it was not
    read.
    """

    name: str
    block_ids: tuple[str, ...]
    school_ids: tuple[str, ...]
    school_names: tuple[str, ...]
    groups: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Floats
    status_quo: Ints
    adjacency: Csr
    travel: TravelData
    root: Ints
    capacity: Floats
    min_students: Floats
    other_students: Floats
    attributes: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    geography: Geography | None = None
    parts: Parts | None = None
    succession: Ints | None = None
    amended_from: District | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("counts", "capacity", "min_students", "other_students"):
            object.__setattr__(self, name, frozen(getattr(self, name).astype(np.float64, copy=False)))
        for name in ("status_quo", "root"):
            object.__setattr__(self, name, frozen(getattr(self, name).astype(np.int32, copy=False)))

    def __repr__(self) -> str:
        students = f"{self.students.sum():,.0f} students"
        return f"<District {self.name!r}: {self.blocks:,} blocks, {self.schools:,} schools, {students}>"

    @property
    def blocks(self) -> int:
        return len(self.block_ids)

    @property
    def schools(self) -> int:
        return len(self.school_ids)

    def column_index(self, name: str) -> int:
        """The column of counts called `name`. Raises InputError naming the nearest column where there is none."""
        try:
            return self.columns.index(name)
        except ValueError:
            mend = f"Count columns are: {', '.join(self.columns)}"
            raise InputError(Fault("blocks", f"no count column '{name}'{nearest(name, self.columns)}", mend)) from None

    def column(self, name: str) -> Floats:
        """(blocks,) the counts of one column."""
        return self.counts[..., self.column_index(name)]

    def column_of(self, of: str) -> str:
        """The name of the count column that rules call `of`: `all`, `poverty`, a group, or a column's own name."""
        known = {"all": "students", "poverty": "students_poverty"}
        known |= {group: f"students_{group}" for group in self.groups}
        name = known.get(of, of)
        self.column_index(name)
        return name

    def amount(self, column: int) -> Floats:
        """(blocks,) the counts of one column by its place, or `exposed` for EXPOSED."""
        return self.exposed if column == EXPOSED else self.counts[..., column]

    @property
    def students(self) -> Floats:
        """(blocks,) all students: what seats, sizes, moves and travel weights use."""
        return self.column("students")

    @cached_property
    def group_counts(self) -> Floats:
        """(blocks, groups) students of each racial group."""
        index = [self.column_index(f"students_{group}") for group in self.groups]
        return frozen(self.counts[..., index])

    @property
    def has_poverty(self) -> bool:
        return "students_poverty" in self.columns

    @property
    def poverty(self) -> Floats:
        """(blocks,) students in poverty; only where has_poverty."""
        return self.column("students_poverty")

    @cached_property
    def exposed(self) -> Floats:
        """(blocks,) the students whom exposure counts: the groups' sum, or all students where there are no groups."""
        return frozen(self.group_counts.sum(axis=-1)) if self.groups else self.students

    def tallied_of(self, counts: Floats) -> Floats:
        """(..., blocks, 2 + groups) what measures add up by zone, of counts (..., blocks, columns): all students, those
        whom exposure counts, each group, and last students in poverty, where they are known."""
        students = counts[..., [self.column_index("students")]]
        groups = counts[..., [self.column_index(f"students_{group}") for group in self.groups]]
        poverty = [counts[..., [self.column_index("students_poverty")]]] if self.has_poverty else []
        exposed = groups.sum(axis=-1, keepdims=True) if self.groups else students
        return np.concatenate([students, exposed, groups, *poverty], axis=-1)

    def redrawn(self, counts: Floats) -> District:
        """The same district with other counts, (blocks, columns), or (draws, blocks, columns) for measures alone."""
        other = replace(self, counts=counts)
        vars(other).update(home=self.home, travel_today=self.travel_today)  # kept: they do not hang on counts
        return other

    @cached_property
    def has_zone(self) -> Bools:
        """(schools,) whether any block is zoned to the school under the status quo."""
        return np.isin(np.arange(self.schools), self.status_quo)

    @property
    def original(self) -> District:
        """The district as it is today, before any rule closed, opened or paired a school."""
        return self if self.amended_from is None else self.amended_from

    @cached_property
    def today(self) -> District:
        """The same counts and list of schools, but seats, roots and zones as they really are today, whatever rules have
        changed; a school that a rule opens has none of them. What tables of today are of."""
        before = self.original
        if before is self:
            return self
        at = [self.school_ids.index(school) for school in before.school_ids]

        def placed(values: Any, nothing: float) -> Any:
            whole = np.full(self.schools, nothing, values.dtype)
            whole[at] = values
            return whole

        return replace(
            self,
            root=placed(before.root, -1),
            capacity=placed(before.capacity, np.nan),
            min_students=placed(before.min_students, np.nan),
            other_students=placed(before.other_students, 0.0),
            succession=None,
        )

    @cached_property
    def successor(self) -> Ints:
        """(schools,) the school that has a school's blocks where nobody moves: itself; the first of a pair; -1 where it
        takes no block: closed by a rule, or without a zone today."""
        if self.succession is not None:
            return frozen(self.succession.astype(np.int32, copy=False))
        return frozen(np.where(self.has_zone, np.arange(self.schools), -1).astype(np.int32))

    @cached_property
    def open(self) -> Bools:
        """(schools,) whether the school takes blocks."""
        return self.successor == np.arange(self.schools)

    @cached_property
    def home(self) -> Ints:
        """(blocks,) the school of a block that does not move; -1 where its school is closed."""
        return frozen(self.successor[self.status_quo])

    @property
    def part_block(self) -> Ints:
        """(parts,) the block of each part; where each block is one part, parts are blocks."""
        return np.arange(self.blocks, dtype=np.int32) if self.parts is None else self.parts.block

    @property
    def part_adjacency(self) -> Csr:
        """Of the parts."""
        return self.adjacency if self.parts is None else self.parts.adjacency

    @cached_property
    def part_root(self) -> Ints:
        """(schools,) the part that holds a zone together: of the root block the one that holds the school's point, else
        the nearest to it; the first of equals, or where its place is not known. -1 for a school without a zone."""
        if self.parts is None:
            return self.root
        first, rooted = self.parts.first, np.flatnonzero(self.root >= 0)
        root = np.full(self.schools, -1, np.int32)
        root[rooted] = first[self.root[rooted]]
        if self.parts.polygon is None or self.geography is None:
            return root
        import shapely  # noqa: PLC0415 - only districts with blocks in parts need it here

        for j in rooted[np.isin(self.root[rooted], self.parts.several)]:
            mine = np.flatnonzero(self.parts.block == self.root[j])
            point = shapely.Point(self.geography.school_xy[j])
            root[j] = mine[np.argmin(shapely.distance(self.parts.polygon[mine], point))]
        return frozen(root)

    def away(self, school: Ints) -> tuple[Bools, Ints]:
        """Of an assignment, (parts,) which parts lie in a piece of a zone without its root, and the label of the piece
        that each lies in. Where each block is one part, parts are blocks."""
        return away_from_root(self.part_adjacency, school[self.part_block], self.part_root)

    @cached_property
    def part_detached(self) -> Bools:
        """(parts,) whether the part lies, where nobody moves, in a piece of its zone without the root."""
        return self.away(self.home)[0] & (self.home >= 0)[self.part_block]

    @cached_property
    def detached(self) -> Bools:
        """(blocks,) whether all of the block lies, where nobody moves, in pieces of its zone without the root."""
        return np.bincount(self.part_block, ~self.part_detached, self.blocks) == 0

    @cached_property
    def travel_today(self) -> Floats:
        """(blocks,) travel to today's real school, also where a rule closes it: what every measure and every sentence
        holds a plan against. inf where it is not known."""
        return frozen(self.travel.to(self.status_quo))

    @cached_property
    def travel_current(self) -> Floats:
        """(blocks,) what the travel limit calls current, and nothing else does: travel to today's school, to the
        nearest that is left where a rule closes it; inf where it is not known."""
        travel = self.travel_today
        lost = np.flatnonzero(self.home < 0)
        if len(lost):
            pairs = Csr.of_pairs(
                np.repeat(lost, int(self.open.sum())), np.tile(np.flatnonzero(self.open), len(lost)), self.blocks
            )
            near = np.full(self.blocks, np.inf)
            np.minimum.at(near, pairs.rows, self.travel.of(pairs))
            travel = np.where(self.home < 0, near, travel)
        return frozen(travel)

    @cached_property
    def load_now(self) -> Floats:
        """(schools,) students of each zone where nobody moves, those of a pair together; 0 where it is closed."""
        stays = self.home >= 0
        return frozen(np.bincount(self.home[stays], self.students[stays], self.schools))
