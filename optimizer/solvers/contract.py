"""Blocks that must stay together become one before anything is searched, and are parted again after.

A set of blocks that is not in one piece becomes one node for each of its pieces, tied to each other: a node stands for
a connected piece, so that a zone of nodes holds together exactly where the zone of its blocks does. So it is with the
parts of a block (`parted`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Csr, Floats, Ints, frozen
from optimizer.district import District
from optimizer.graph import pieces
from optimizer.model import Borders, Compact, Largest, Model, OneCluster, Splits, Worth
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Curve, Roundness, carried
from optimizer.solvers.parted import parted
from optimizer.travel import StraightLine, TravelTable


@dataclass(frozen=True, eq=False)
class Contraction:
    """model, compiled: over nodes. node: (blocks,) the node of each block, of its first part. block: (nodes,) a block
    of each node. whole: the model as it was."""

    model: Model
    compiled: Compiled
    node: Ints
    block: Ints
    whole: Model

    def expand(self, school: Ints) -> Ints:
        """(blocks,) from (nodes,)."""
        return school[self.node]

    def over_nodes(self, school: Ints) -> Ints:
        """(nodes,) from (blocks,), by one block of each node."""
        return school[self.block].astype(np.int32)


def contract(model: Model, compiled: Compiled) -> Contraction:
    """The model over nodes; the same model where nothing must stay together."""
    blocks = np.arange(model.district.blocks, dtype=np.int32)
    parts, over = parted(model, compiled)
    if parts.together is None:
        return Contraction(model, compiled, blocks, blocks, model)
    node, first, block = _nodes(parts), blocks, blocks
    if parts is not model and model.district.parts is not None:
        first, block = model.district.parts.first, model.district.parts.block
    maker = _Maker(parts, node)
    nodes, compiled = maker.make(over)
    return Contraction(nodes, compiled, node[first], block[maker.first], model)


def _nodes(model: Model) -> Ints:
    """(blocks,) numbered by their first blocks."""
    unit, district = model.together, model.district
    assert unit is not None
    alone = np.arange(district.blocks) + int(unit.max(initial=-1)) + 1
    label = np.where(unit >= 0, unit, alone).astype(np.int32)
    if model.contiguity is not None:
        label = pieces(district.adjacency, label)
    _, first, node = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[node].astype(np.int32)


class _Maker:
    """Adds blocks up by node."""

    def __init__(self, model: Model, node: Ints) -> None:
        self.whole, self.node = model, node
        self.size = int(node.max(initial=-1)) + 1
        self.first = np.unique(node, return_index=True)[1]
        adjacency = model.district.adjacency
        a, b = node[adjacency.rows], node[adjacency.index]
        self.outside = a != b
        self.adjacency = Csr.of_pairs(a[self.outside], b[self.outside], self.size)
        self.pairs, self.entry = self._pairs()

    def make(self, compiled: Compiled) -> tuple[Model, Compiled]:
        model = self.whole
        district = self._district(model.district)
        contiguity = model.contiguity
        if contiguity is not None:
            root = np.where(contiguity.root >= 0, self.node[np.maximum(contiguity.root, 0)], -1)
            contiguity = OneCluster(root.astype(np.int32), frozen(self._detached(contiguity.detached)))
        nodes = Model(
            district,
            self.pairs,
            model.sums,
            tuple(replace(b, cost=frozen(self._pair_sums(b.cost))) for b in model.budgets),
            contiguity,
            tuple(Borders(b.name, self._entries(b.weight), b.limit, b.cost) for b in model.borders),
            tuple(Splits(s.name, self._sets(s.part), s.cost) for s in model.splits),
            tuple(Largest(r.name, self._sums(r.part), self._sums(r.whole), r.low) for r in model.largest),
            tuple(self._compact(row) for row in model.compact),
            self._ties(),
            tuple(replace(ceiling, worth=self._worth(ceiling.worth)) for ceiling in model.ceilings),
        )
        return nodes, self._worth(compiled)

    def _worth(self, worth: Worth) -> Compiled:
        border = None if worth.border_cost is None else self._entries(worth.border_cost)
        curves = tuple(self._curve(curve) for curve in worth.curves)
        return Compiled(frozen(self._pair_sums(worth.pair_cost)), curves, border)

    def _pairs(self) -> tuple[Csr, Ints]:
        """The schools that all blocks of a node may go to; and for each pair of a block, the node's, or -1."""
        pairs, schools = self.whole.pairs, self.whole.district.schools
        key = self.node[pairs.rows].astype(np.int64) * schools + pairs.index
        known, place, count = np.unique(key, return_inverse=True, return_counts=True)
        every = count == np.bincount(self.node, minlength=self.size)[known // schools]
        kept = Csr.of_pairs((known // schools)[every], (known % schools)[every], self.size)
        return kept, np.where(every, np.cumsum(every) - 1, -1)[place].astype(np.int32)

    def _sums(self, values: Floats) -> Floats:
        """(nodes, ...) from (blocks, ...)."""
        out = np.zeros((self.size, *values.shape[1:]))
        np.add.at(out, self.node, values)
        return frozen(out)

    def _pair_sums(self, cost: Floats) -> Floats:
        there = self.entry >= 0
        return np.bincount(self.entry[there], cost[there], len(self.pairs.index)).astype(np.float64)

    def _entries(self, weight: Floats) -> Floats:
        """(entries of the nodes' adjacency,) added up over the borders between two nodes."""
        adjacency = self.whole.district.adjacency
        a, b = (self.node[side][self.outside].astype(np.int64) for side in (adjacency.rows, adjacency.index))
        have = self.adjacency.rows.astype(np.int64) * self.size + self.adjacency.index
        return frozen(np.bincount(np.searchsorted(have, a * self.size + b), weight[self.outside], len(have)))

    def _inside(self, shared: Floats) -> Floats:
        """(nodes,) metres of borders within a node, both sides counted."""
        rows = self.node[self.whole.district.adjacency.rows]
        return np.bincount(rows[~self.outside], shared[~self.outside], self.size).astype(np.float64)

    def _detached(self, detached: np.ndarray) -> np.ndarray:
        """Where all blocks of the node are, in one zone."""
        home = self.whole.district.home
        alike = home == home[self.first][self.node]
        return np.bincount(self.node, detached & alike, self.size) == np.bincount(self.node, minlength=self.size)

    def _ties(self) -> Ints | None:
        unit = np.asarray(self.whole.together)[self.first]
        several = np.bincount(unit[unit >= 0], minlength=1) > 1
        tied = (unit >= 0) & several[np.maximum(unit, 0)]
        if not tied.any():
            return None
        out = np.full(self.size, -1, np.int32)
        out[tied] = np.unique(unit[tied], return_inverse=True)[1]
        return frozen(out)

    def _sets(self, part: Ints) -> Ints:
        """(nodes, k) the sets of a node's blocks."""
        there = part >= 0
        pair = np.unique(np.column_stack([self.node[there], part[there]]), axis=0)
        layer = np.arange(len(pair)) - np.searchsorted(pair[:, 0], pair[:, 0])
        out = np.full((self.size, int(layer.max(initial=0)) + 1), -1, np.int32)
        out[pair[:, 0], layer] = pair[:, 1]
        return frozen(out)

    def _compact(self, row: Compact) -> Compact:
        around = frozen(self._sums(row.around) - self._inside(row.shared))
        return Compact(row.name, self._sums(row.area), around, self._entries(row.shared), row.low, row.cost)

    def _curve(self, curve: Curve) -> Curve:
        """Every array of blocks added up; of a shape, borders within a node left out."""
        if isinstance(curve, Roundness):
            around = frozen(self._sums(curve.around) - self._inside(curve.shared))
            area, shared = self._sums(curve.area), self._entries(curve.shared)
            return replace(curve, area=area, around=around, adjacency=self.adjacency, shared=shared)
        return carried(curve, self._sums)

    def _district(self, district: District) -> District:
        """Over nodes. Nothing that is searched looks at its travel, but for the places of blocks, for their order in
        memory."""
        nothing, travel = np.zeros(0), district.travel
        if isinstance(travel, StraightLine):
            travel = replace(travel, block_xy=travel.block_xy[self.first])
        else:
            travel = TravelTable(Csr.of_pairs(nothing, nothing, self.size), nothing, travel.unit)
        root = np.where(district.root >= 0, self.node[np.maximum(district.root, 0)], -1)
        return replace(
            district,
            block_ids=tuple(district.block_ids[i] for i in self.first),
            counts=self._sums(district.counts),
            status_quo=district.status_quo[self.first],
            adjacency=self.adjacency,
            travel=travel,
            root=root.astype(np.int32),
            attributes={},
            geography=None,
            parts=None,
            amended_from=None,
        )
