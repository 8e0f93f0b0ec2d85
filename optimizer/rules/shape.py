"""The shape of zones: how much border there is, or how round each zone is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np

from optimizer.arrays import Csr, Floats, frozen
from optimizer.borders import common_borders
from optimizer.district import District, Geography
from optimizer.errors import Fault
from optimizer.measures.shape import cut_edges
from optimizer.model import SHARE_SLACK, STUDENT_SLACK, Borders, Compact, Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.names import need_above_zero, need_one_of, need_range


@dataclass(frozen=True)
class Shape:
    """measure: `cut_edges`, how many pairs of neighbours lie in different zones; or `polsby_popper`, 4 pi area /
    perimeter^2 of each zone with blocks, 0 to 1 (Polsby and Popper 1991), where the perimeter is the blocks' borders
    less what neighbours in the zone share.

    Exactly one of: limit, the most cut edges, or the least polsby_popper of any zone; cost, what the search pays for
    each cut edge, or for 1 less the mean over the zones, in the objective's unit.
    """

    kind: ClassVar[str] = "shape"
    children: ClassVar[bool] = False
    measure: Literal["cut_edges", "polsby_popper"]
    limit: float | None = None
    cost: float | None = None

    def __post_init__(self) -> None:
        need_one_of(limit=self.limit, cost=self.cost)
        need_range(0, np.inf if self.measure == "cut_edges" else 1, limit=self.limit)
        need_above_zero(cost=self.cost)

    def faults(self, district: District) -> list[Fault]:
        if self.measure == "cut_edges" or district.geography is not None:
            return []
        return [Fault("rule shape", "polsby_popper needs the shapes of blocks", "Give the district its geography")]

    def narrow(self, model: Model) -> Model:
        district, cost = model.district, self.cost or 0.0
        if self.measure == "cut_edges":
            limit = np.inf if self.limit is None else self.limit + STUDENT_SLACK
            weight = np.ones(len(district.adjacency.index))
            return replace(model, borders=(*model.borders, Borders(self.kind, frozen(weight), limit, cost)))
        assert district.geography is not None
        area, around, shared = lengths(district.geography, district.adjacency)
        low = 0.0 if self.limit is None else self.limit - SHARE_SLACK
        return replace(model, compact=(*model.compact, Compact(self.kind, area, around, shared, low, cost)))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for the cut edges beyond the limit; or one for each school whose zone is less round than it."""
        if self.limit is None:
            return []
        if self.measure == "cut_edges":
            over = cut_edges(plan) - self.limit
            return [Breach(self.kind, over, self.limit, unit="edges")] if over > STUDENT_SLACK else []
        rows = []
        for j, round_ in _roundness(plan).items():
            if self.limit - round_ > SHARE_SLACK:
                school = plan.district.school_ids[j]
                rows.append(Breach(self.kind, self.limit - round_, self.limit, school, unit="index"))
        return rows

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()


@lru_cache(maxsize=4)  # measuring takes seconds in a city, and each model and each check of a plan asks
def lengths(geography: Geography, adjacency: Csr) -> tuple[Floats, Floats, Floats]:
    """(blocks,) area in square metres; (blocks,) border in metres; (entries of adjacency,) metres of border that two
    neighbours share."""
    import shapely  # noqa: PLC0415 - few rules look at shapes

    polygon, rows = geography.polygon, adjacency.rows
    outline = shapely.boundary(polygon)
    ahead = rows < adjacency.index
    one, other = rows[ahead], adjacency.index[ahead]
    metres = shapely.length(common_borders(polygon[one], polygon[other]))
    place = Csr.of_pairs(one, other, len(polygon))
    back = np.searchsorted(_key(place.rows, place.index), _key(adjacency.index[~ahead], rows[~ahead]))
    shared = np.empty(len(rows))
    shared[ahead], shared[~ahead] = metres, metres[back]
    return frozen(shapely.area(polygon)), frozen(shapely.length(outline)), frozen(shared)


def _key(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(one.astype(np.int64) << 32 | other)


def _roundness(plan: Plan) -> dict[int, float]:
    """4 pi area / perimeter^2 of each zone with blocks, by school."""
    district = plan.district
    assert district.geography is not None
    area, around, shared = lengths(district.geography, district.adjacency)
    inner = plan.school[district.adjacency.rows] == plan.school[district.adjacency.index]
    within = np.zeros(district.blocks)
    np.add.at(within, district.adjacency.rows[inner], shared[inner])
    metres, square = plan.sums(around - within), plan.sums(area)
    zones = np.flatnonzero(np.bincount(plan.school, minlength=district.schools))
    return {int(j): float(4 * np.pi * square[j] / max(metres[j], 1e-9) ** 2) for j in zones}
