"""Limits and costs in CP-SAT that need more than the booleans of pairs.

- Borders: a boolean for two neighbours and a school, that may be true where both are in its zone: what is not kept so
  is cut.
- Splits: a boolean for a set and a school, true where some of the set's blocks are in its zone.
- Largest: a choice of the part that is large enough, for each school.
- Compact: 4 pi area / perimeter^2 >= low is perimeter <= c sqrt(area), which is below each of its tangents. The
  perimeter is a sum over blocks and neighbours in the zone, so that a zone which is not round enough is cut off, with
  others like it, by the tangent at its area.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from optimizer.arrays import Floats, Ints
from optimizer.model import Compact, Largest, Splits
from optimizer.solvers.exact.booleans import Booleans
from optimizer.solvers.exact.whole import Tag, rounded

HAIR = 1e-9
Terms = tuple[list[Any], Floats]


class Further:
    """Lays these limits over the booleans of pairs, as soon as it is made; costs and cuts of shapes when they are asked
    for."""

    def __init__(self, booleans: Booleans) -> None:
        self.booleans, self.model = booleans, booleans.model
        for b in self.model.borders:
            if b.limit < np.inf:
                terms, coef, fixed = self._cut(b.weight)
                booleans.at_most(Tag("borders", b.name), terms, coef, b.limit - fixed + HAIR)
        for row in self.model.largest:
            for school in range(self.model.district.schools):
                self._largest(row, school)

    def costs(self, border: Floats | None) -> tuple[list[Any], Floats, float]:
        """Terms, their costs, and what is to be added to the sum."""
        terms, coef, fixed = self._cut(border) if border is not None else ([], np.zeros(0), 0.0)
        for split in self.model.splits:
            there = self._presence(split)
            terms = terms + there
            coef = np.append(coef, np.full(len(there), split.cost))
            fixed -= split.cost * len(np.unique(split.part[split.part >= 0]))
        return terms, coef, fixed

    def round_off(self, school: Ints) -> int:
        """Cut off zones that are not round enough. How many cuts were added."""
        found = [
            self._tangent(row, int(j), np.flatnonzero(school == j).astype(np.int32))
            for row in self.model.compact
            if row.low > 0
            for j in np.unique(school)
        ]
        return sum(found)

    @cached_property
    def _ahead(self) -> Ints:
        """Entries of the adjacency, one for each pair of neighbours."""
        adjacency = self.model.district.adjacency
        return np.flatnonzero(adjacency.rows < adjacency.index).astype(np.int32)

    @cached_property
    def _back(self) -> Ints:
        """(entries,) the entry of the same pair, the other way round."""
        adjacency = self.model.district.adjacency
        return np.lexsort((adjacency.rows, adjacency.index)).astype(np.int32)

    @cached_property
    def _kept(self) -> dict[int, list[tuple[int, Any]]]:
        """For each entry of _ahead: school and boolean, which is false unless both are in its zone."""
        booleans, pairs, adjacency = self.booleans, self.model.pairs, self.model.district.adjacency
        rows, kept = adjacency.rows, {}
        for e in map(int, self._ahead):
            a, b = int(rows[e]), int(adjacency.index[e])
            kept[e] = [(int(j), booleans.cp.new_bool_var("")) for j in np.intersect1d(pairs.row(a), pairs.row(b))]
            for j, both in kept[e]:
                booleans.cp.add_implication(both, booleans.x[booleans.pair(a, j)])
                booleans.cp.add_implication(both, booleans.x[booleans.pair(b, j)])
        return kept

    def _weighted(self, weight: Floats, school: int | None = None) -> Terms:
        """Neighbours kept together, in any zone or in one, with their weights."""
        found = [
            (both, (weight[e] + weight[self._back[e]]) / 2)
            for e in map(int, self._ahead)
            if weight[e] != 0
            for j, both in self._kept[e]
            if school is None or j == school
        ]
        return [both for both, _ in found], np.array([w for _, w in found], np.float64)

    def _cut(self, weight: Floats) -> tuple[list[Any], Floats, float]:
        """The weight that is cut is at least coef over the terms, plus the last number."""
        terms, kept = self._weighted(weight)
        return terms, -kept, float(weight.sum()) / 2

    def _presence(self, split: Splits) -> list[Any]:
        """Booleans, one for each set and school that some of its blocks may go to."""
        booleans, pairs = self.booleans, self.model.pairs
        there: dict[tuple[int, int], Any] = {}
        part = split.part.reshape(self.model.district.blocks, -1)
        for k, (block, j) in enumerate(zip(pairs.rows, pairs.index, strict=True)):
            for number in part[block]:
                if number >= 0:
                    key = int(number), int(j)
                    if key not in there:
                        there[key] = booleans.cp.new_bool_var("")
                    booleans.cp.add_implication(booleans.x[k], there[key])
        return list(there.values())

    def _largest(self, row: Largest, school: int) -> None:
        """One of the parts is large enough; of a zone without any students, each is."""
        booleans, pairs = self.booleans, self.model.pairs
        place = np.flatnonzero(pairs.index == school)
        asked = row.low * row.whole[pairs.rows[place]]
        if not (asked > 0).any():
            return
        parts = row.part[pairs.rows[place]] if row.part.shape[1] else np.zeros((len(place), 1))
        chosen = []
        for part in np.unique(parts, axis=1).T:
            coef, limit, _ = rounded(asked - part, HAIR * float(asked.sum()))
            chosen.append(booleans.cp.new_bool_var(""))
            total = cp_model.LinearExpr.weighted_sum([booleans.x[k] for k in place], coef)
            booleans.cp.add_linear_constraint(total, -(2**62), limit).only_enforce_if(chosen[-1])
        booleans.clause(Tag("largest", row.name, school), chosen)

    def _tangent(self, row: Compact, school: int, zone: Ints) -> int:
        """A cut that the zone breaks, if rounding allows one."""
        booleans, pairs, adjacency = self.booleans, self.model.pairs, self.model.district.adjacency
        place = np.flatnonzero(pairs.index == school)
        blocks = pairs.rows[place]
        terms, kept = self._weighted(row.shared, school)
        area = float(row.area[zone].sum())
        if area <= 0:
            return 0
        widest = np.sqrt(4 * np.pi / row.low)
        slope = widest / (2 * np.sqrt(area))
        coef = np.concatenate([row.around[blocks] - slope * row.area[blocks], -2 * kept])
        whole, limit, _ = rounded(coef, slope * area * (1 + HAIR))
        inside = np.zeros(self.model.district.blocks, bool)
        inside[zone] = True
        both = [
            inside[adjacency.rows[e]] and inside[adjacency.index[e]]
            for e in map(int, self._ahead)
            if row.shared[e] != 0
            for j, _ in self._kept[e]
            if j == school
        ]
        if sum(c for c, there in zip(whole, [*inside[blocks], *both], strict=True) if there) <= limit:
            return 0
        total = cp_model.LinearExpr.weighted_sum([*(booleans.x[k] for k in place), *terms], whole)
        broken = booleans.cp.add_linear_constraint(total, -(2**62), limit)
        tag = Tag("compact", row.name, school)
        if booleans.mode == "assume":
            broken.only_enforce_if(booleans.literal(tag))
        elif booleans.mode == "elastic":
            booleans.scale[tag] = 1.0
            broken.only_enforce_if(~booleans.literal(tag))
        return 1
