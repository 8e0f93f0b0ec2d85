"""Rules of which the proof makes no use: about the shape of zones, and blocks that belong together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from optimizer.arrays import Ints
from scenarios.reading.values import Table
from scenarios.verify.borders import lengths
from scenarios.verify.counts import zone_sums
from scenarios.verify.evenness import cut_edges
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import SHARE_SLACK, SLACK, Row, RuleCheck

MEASURES = ("cut_edges", "polsby_popper")


@dataclass(frozen=True)
class Shape(RuleCheck):
    """limit: the most pairs of neighbours in different zones, or the least 4 pi area / perimeter^2 of a zone; None
    where the rule is a cost alone."""

    kind = "shape"
    keys = ("measure", "limit", "cost")
    measure: str
    limit: float | None

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Shape:
        values.one_of(table, "limit", "cost")
        values.maybe(table, "cost", 0)
        measure = values.choice(table, "measure", MEASURES)
        return cls(measure, values.maybe(table, "limit", 0, 1 if measure == "polsby_popper" else math.inf))

    @property
    def relaxes(self) -> tuple[str, ...]:
        nothing = self.limit is None or (self.measure == "polsby_popper" and self.limit <= SHARE_SLACK)
        return () if nothing else (self.kind,)

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        if self.limit is None:
            return []
        if self.measure == "cut_edges":
            over = cut_edges(ground, zone) - self.limit
            return [Row(self.kind, over, self.limit, "edges")] if over > SLACK else []
        return [
            Row(self.kind, self.limit - round_, self.limit, "index", ground.school_ids[j])
            for j, round_ in roundness(ground, zone).items()
            if self.limit - round_ > SHARE_SLACK
        ]


def roundness(ground: Ground, zone: Ints) -> dict[int, float]:
    """4 pi area / perimeter^2 of each zone with blocks. The perimeter is the blocks' borders, less twice what
    neighbours in the zone share."""
    geography = ground.district.geography
    if geography is None:
        raise ValueError("polsby_popper needs the shapes of blocks")
    polygon = np.asarray(geography.polygon)
    border = shapely.boundary(polygon)
    where = zone.tolist()
    inner = [(i, o) for i, beside in enumerate(ground.graph.beside) for o in beside if i < o and where[i] == where[o]]
    one, other = (np.array(ends, np.int64) for ends in (zip(*inner, strict=True) if inner else ([], [])))
    shared = lengths(polygon[one], polygon[other])
    area = zone_sums(shapely.area(polygon), zone, ground.schools)
    around = zone_sums(shapely.length(border), zone, ground.schools)
    within = zone_sums(np.asarray(shared, np.float64), zone[one], ground.schools)
    metres = [whole - 2 * part for whole, part in zip(around, within, strict=True)]
    return {j: 4 * math.pi * area[j] / max(metres[j], 1e-9) ** 2 for j in sorted(set(where))}


@dataclass(frozen=True, eq=False)
class KeepTogether(RuleCheck):
    """Blocks of one set go to one school: of a column, or those that are named. part: (blocks,) their sets, -1 for
    none. hard: with a cost it is no limit."""

    kind = "keep_together"
    keys = ("column", "blocks", "hard", "cost")
    part: Ints
    hard: bool

    @classmethod
    def read(cls, table: Table, ground: Ground) -> KeepTogether:
        cost = values.maybe(table, "cost", 0)
        hard = values.truth(table, "hard", cost is None)
        if hard == (cost is not None):
            raise ValueError("either hard is true or a cost is given")
        if values.one_of(table, "column", "blocks") == "column":
            return cls(values.sets(table, ground), hard)
        named = values.places(values.texts(table, "blocks"), ground.district.block_ids, "block")
        return cls(np.where(np.isin(np.arange(ground.blocks), named), 0, -1), hard)

    @property
    def relaxes(self) -> tuple[str, ...]:
        return (self.kind,) if self.hard else ()

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        rows, members = [], dict[int, list[int]]()
        for block, number in enumerate(self.part.tolist()):
            if number >= 0 and self.hard:
                members.setdefault(number, []).append(block)
        for blocks in members.values():
            further = len({int(zone[i]) for i in blocks}) - 1
            if further:
                first = ground.district.block_ids[blocks[0]]
                rows.append(Row(self.kind, float(further), 1.0, "schools", block=first))
        return rows


@dataclass(frozen=True, eq=False)
class Feeder(RuleCheck):
    """At each school, the largest share of the zone's students who go on to one school is at least `low`; None where
    the rule is a cost alone. part: (blocks,) the school that a block goes on to, -1 where it is not known."""

    kind = "feeder"
    keys = ("column", "low", "cost")
    part: Ints
    low: float | None

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Feeder:
        values.one_of(table, "low", "cost")
        values.maybe(table, "cost", 0)
        return cls(values.sets(table, ground), values.maybe(table, "low", 0, 1))

    @property
    def relaxes(self) -> tuple[str, ...]:
        return () if self.low is None else (self.kind,)

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        if self.low is None:
            return []
        rows = []
        load = zone_sums(ground.students, zone, ground.schools)
        for j in range(ground.schools):
            here = np.flatnonzero(zone == j)
            if load[j] <= 0:
                continue
            parts: dict[int, list[float]] = {}
            for number, students in zip(self.part[here].tolist(), ground.students[here].tolist(), strict=True):
                parts.setdefault(number, []).append(students)
            most = max((math.fsum(part) for number, part in parts.items() if number >= 0), default=0.0)
            under = self.low - most / load[j]
            if under > SHARE_SLACK:
                rows.append(Row(self.kind, under, self.low, "share", ground.school_ids[j]))
        return rows
