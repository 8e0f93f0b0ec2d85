"""The rule about the shape of zones. The proof makes no use of it."""

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
