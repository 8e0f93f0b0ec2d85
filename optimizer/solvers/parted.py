"""Blocks of several parts are parted before anything is searched: each part a node, those of one block tied.

All that a block counts, costs and shares is on its first part; nothing is on the others. What its parts share with the
parts of a neighbour is on the first pair of them: they go to one school, so that all are cut or none is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from optimizer.arrays import Bools, Csr, Floats, Ints, frozen
from optimizer.district import District
from optimizer.model import Compact, Model, OneCluster, Worth
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Curve, Roundness, carried
from optimizer.parts import Parts
from optimizer.solvers.joined import joined
from optimizer.travel import StraightLine, TravelTable

Shaped = TypeVar("Shaped", Compact, Roundness)


def parted(model: Model, compiled: Compiled) -> tuple[Model, Compiled]:
    """The model and the objective over parts; as they are where each block is one, or zones may fall apart anyway."""
    parts = model.district.parts
    if parts is None or model.contiguity is None:
        return model, compiled
    # What a block with an islet can never do need not be tried; and a block that has no choice needs no tie.
    may = Parting(model, parts).possible()
    may |= np.bincount(model.pairs.rows, may, model.district.blocks)[model.pairs.rows] == 0
    narrow = model.keep_pairs(may)
    return Parting(narrow, parts).make(replace(compiled, pair_cost=frozen(compiled.pair_cost[may])))


class Parting:
    """Spreads arrays of blocks, pairs and neighbours over parts."""

    def __init__(self, model: Model, parts: Parts) -> None:
        self.whole, self.parts, self.block = model, parts, parts.block
        self.first = np.zeros(len(parts.block))
        self.first[parts.first] = 1.0
        width = np.diff(model.pairs.start)[self.block]
        start = np.concatenate([[0], np.cumsum(width)]).astype(np.int64)
        self.pair = np.repeat(model.pairs.start[self.block] - start[:-1], width) + np.arange(start[-1])
        self.pairs = Csr(start, model.pairs.index[self.pair])
        self.entry = self._entry()

    def possible(self) -> Bools:
        """(pairs of blocks,) whether contiguity may allow the pair to all parts of the block."""
        may = np.ones(len(self.whole.pairs.index), bool)
        may[self.pair[~joined(self._bare())]] = False
        return may

    def _bare(self) -> Model:
        """Over parts, with nothing but pairs and contiguity."""
        district = self.whole.district
        contiguity = OneCluster(district.part_root, frozen(district.part_detached))
        return Model(self._district(district), self.pairs, contiguity=contiguity)

    def make(self, compiled: Compiled) -> tuple[Model, Compiled]:
        model = self.whole
        over = replace(
            self._bare(),
            sums=model.sums,
            budgets=tuple(replace(b, cost=self._by_pair(b.cost)) for b in model.budgets),
            borders=tuple(replace(b, weight=self._by_entry(b.weight)) for b in model.borders),
            splits=tuple(replace(s, part=frozen(s.part[self.block])) for s in model.splits),
            largest=tuple(
                replace(r, part=self._by_block(r.part), whole=self._by_block(r.whole)) for r in model.largest
            ),
            compact=tuple(self._shape(c) for c in model.compact),
            together=self._together(),
            ceilings=tuple(replace(c, worth=self._worth(c.worth)) for c in model.ceilings),
        )
        return over, self._worth(compiled)

    def _worth(self, worth: Worth) -> Compiled:
        border = None if worth.border_cost is None else self._by_entry(worth.border_cost)
        curves = tuple(self._curve(curve) for curve in worth.curves)
        return Compiled(self._by_pair(worth.pair_cost), curves, border)

    def _by_block(self, values: Floats) -> Floats:
        return frozen((values[self.block].T * self.first).T)

    def _by_pair(self, cost: Floats) -> Floats:
        return frozen(cost[self.pair] * self.first[self.pairs.rows])

    def _by_entry(self, weight: Floats) -> Floats:
        """(entries of the parts' adjacency,) the weight of two blocks on the first pair of their parts, both ways."""
        return frozen(np.where(self.entry >= 0, weight[np.maximum(self.entry, 0)], 0.0))

    def _entry(self) -> Ints:
        """(entries of the parts' adjacency,) on one pair of parts of each two blocks their entry; -1 on the others."""
        adjacency, whole, size = self.parts.adjacency, self.whole.district.adjacency, self.whole.district.blocks
        rows, index = adjacency.rows, adjacency.index
        blocks = self.block[rows].astype(np.int64) * size + self.block[index]
        order = np.lexsort((np.maximum(rows, index), np.minimum(rows, index), blocks))  # the same pair both ways
        known, place = np.unique(blocks[order], return_index=True)
        out = np.full(len(rows), -1, np.int32)
        out[order[place]] = np.searchsorted(whole.rows.astype(np.int64) * size + whole.index, known)
        return out

    def _shape(self, row: Shaped) -> Shaped:
        area, around, shared = self._by_block(row.area), self._by_block(row.around), self._by_entry(row.shared)
        return replace(row, area=area, around=around, shared=shared)

    def _curve(self, curve: Curve) -> Curve:
        if isinstance(curve, Roundness):
            return replace(self._shape(curve), adjacency=self.parts.adjacency)
        return carried(curve, self._by_block)

    def _together(self) -> Ints:
        """(parts,) what held together, with all parts of a block that has a choice."""
        unit, several = self.whole.together, self.parts.several
        several = several[np.diff(self.whole.pairs.start)[several] > 1]
        alone = np.full(self.whole.district.blocks, -1, np.int32) if unit is None else unit.copy()
        new = several[alone[several] < 0]
        alone[new] = int(alone.max(initial=-1)) + 1 + np.arange(len(new))
        return frozen(alone[self.block])

    def _district(self, district: District) -> District:
        """Over parts. Of their travel only the places are kept, for the order in memory."""
        return replace(
            district,
            block_ids=tuple(district.block_ids[i] for i in self.block),
            counts=self._by_block(district.counts),
            status_quo=district.status_quo[self.block],
            adjacency=self.parts.adjacency,
            travel=self._travel(district),
            root=district.part_root,
            attributes={},
            geography=None,
            parts=None,
            amended_from=None,
        )

    def _travel(self, district: District) -> StraightLine | TravelTable:
        if isinstance(district.travel, StraightLine):
            return replace(district.travel, block_xy=district.travel.block_xy[self.block])
        nothing = np.zeros(0)
        return TravelTable(Csr.of_pairs(nothing, nothing, len(self.block)), nothing, district.travel.unit)
