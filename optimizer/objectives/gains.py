"""What many single moves would each do to an objective, worked out at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Csr, Floats, Ints, Offsets
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Roundness, Sums, zone_sums

NOBODY = 1e-9  # what a zone adds up to less than this, without the block that leaves it, is rounding


def gains(model: Model, compiled: Compiled, school: Ints, block: Ints, to: Ints) -> Floats:
    """(moves,) by how much the objective falls where `block` (moves,) alone goes to `to` (moves,), all else as in
    `school` (blocks,). All are candidate pairs of the model, and so is where each block is."""
    cost, here = compiled.pair_cost, school[block]
    gain: Floats = cost[model.pairs.places(block, here)] - cost[model.pairs.places(block, to)]
    for curve in compiled.curves:
        gain += (
            _rounder(curve, school, block, to) if isinstance(curve, Roundness) else _evener(curve, school, block, to)
        )
    if compiled.border_cost is not None:
        near = _Near.of(model.district.adjacency, school, block)
        gain += near.total(compiled.border_cost, to) - near.total(compiled.border_cost, here)
    return gain


def _evener(curve: Sums, school: Ints, block: Ints, to: Ints) -> Floats:
    """Of a curve of what zones add up: each move changes two of them."""
    columns, here = curve.columns, school[block]
    sums = zone_sums(school, columns)
    sums = np.vstack([sums, np.zeros((max(0, int(to.max(initial=-1)) + 1 - len(sums)), sums.shape[1]))])
    inner, moved = curve.inner(sums), columns[block]
    left = sums[here] - moved
    left = np.where(np.abs(left) < NOBODY, 0.0, left)
    total = inner.sum(axis=0)
    change = curve.inner(left) - inner[here] + curve.inner(sums[to] + moved) - inner[to]
    return np.asarray(curve.outer(total) - curve.outer(total + change))


def _rounder(curve: Roundness, school: Ints, block: Ints, to: Ints) -> Floats:
    """Of zones' borders: no objective of this program asks for them, so they are not worth more than one after the
    other."""
    gain, now = np.zeros(len(block)), curve.value(school)
    for k, (b, j) in enumerate(zip(block, to, strict=True)):
        after = school.copy()
        after[b] = j
        gain[k] = now - curve.value(after)
    return gain


@dataclass(frozen=True, eq=False)
class _Near:
    """The neighbours of each move's block. move, entry: (n,) of which move, and its place in the adjacency. zone: (n,)
    the neighbour's school."""

    moves: int
    move: Offsets
    entry: Offsets
    zone: Ints

    @classmethod
    def of(cls, adjacency: Csr, school: Ints, block: Ints) -> _Near:
        degree = np.diff(adjacency.start)[block]
        before = np.concatenate([[0], np.cumsum(degree)[:-1]]).astype(np.int64)
        move = np.repeat(np.arange(len(block)), degree)
        entry = np.repeat(adjacency.start[block] - before, degree) + np.arange(len(move))
        return cls(len(block), move, entry, school[adjacency.index[entry]])

    def total(self, weight: Floats, school: Ints) -> Floats:
        """(moves,) the weight (entries,) of the neighbours that are at `school` (moves,)."""
        there = self.zone == school[self.move]
        return np.bincount(self.move[there], weight[self.entry[there]], self.moves).astype(np.float64)
