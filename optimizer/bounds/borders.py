"""Borders between zones in the bound: at each school, a border costs half of what it costs between two zones, and a
price in between stands for which side the zone lies on (docs/certificate.md, "Borders")."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets, frozen
from optimizer.model import Model
from optimizer.striking.pairs import Entries

SHORT = 1e-9  # prices keep this far from their limits, relative: a checker may round the limits otherwise


@dataclass(frozen=True, eq=False)
class Borders:
    """Neighbours that are both candidates of a school. one, other: (borders,) places among the entries; most:
    (borders,) how far a price may go, either way. lone: (entries,) what a block costs for neighbours that may not go to
    the school. apart: (n, 2) an entry, and one of those whose pair is ruled out; apart_price: (n,). around: (blocks,)
    half of what all of a block's borders cost."""

    one: Offsets
    other: Offsets
    most: Floats
    lone: Floats
    apart: Offsets
    apart_price: Floats
    around: Floats

    @classmethod
    def of(cls, model: Model, entries: Entries, cost: Floats | None) -> Borders:
        """cost: of each entry of the adjacency, None where borders cost nothing."""
        size, blocks = len(entries.pair), model.district.blocks
        if cost is None:
            none = np.zeros(0, np.int64)
            nothing = np.zeros(size)
            return cls(none, none, np.zeros(0), nothing, np.zeros((0, 2), np.int64), np.zeros(0), np.zeros(blocks))
        adjacency = model.district.adjacency
        school, block = model.pairs.index[entries.pair].astype(np.int64), entries.block
        degree = np.diff(adjacency.start)[block]
        row = np.repeat(np.arange(size), degree)
        before = np.concatenate([[0], np.cumsum(degree)[:-1]])
        entry = np.repeat(adjacency.start[block] - before, degree) + np.arange(len(row))
        half, beside = cost[entry] / 2 * (1 - SHORT), adjacency.index[entry]
        at = _places(school * blocks + block, school[row] * blocks + beside)
        rows = model.pairs.rows[entries.apart]
        out = _places(
            np.sort(model.pairs.index[entries.apart].astype(np.int64) * blocks + rows), school[row] * blocks + beside
        )
        both, lost = (at >= 0) & (at > row), out >= 0
        return cls(
            row[both],
            at[both],
            frozen(half[both]),
            frozen(np.bincount(row[at < 0], half[at < 0], size)),
            np.column_stack([row[lost], beside[lost]]),
            half[lost],
            frozen(np.bincount(adjacency.rows, cost / 2, blocks)),
        )

    def of_plan(self, inside: Floats) -> Floats:
        """(borders,) prices that give a plan's borders their cost. inside: (entries,) 0 or 1."""
        return self.most * (inside[self.one] - inside[self.other])

    def costs(self, price: Floats) -> Floats:
        """(entries,) what a block costs for its borders at these prices."""
        size = len(self.lone)
        return self.lone + np.bincount(self.one, price, size) - np.bincount(self.other, price, size)

    def written(self, here: slice, block: Ints, price: Floats) -> tuple[Ints, Floats]:
        """(n, 2) blocks and (n,) price of the borders of one school, whose entries are `here`; block: (entries,)."""
        mine = np.flatnonzero((self.one >= here.start) & (self.one < here.stop) & (price != 0))
        lost = np.flatnonzero((self.apart[:, 0] >= here.start) & (self.apart[:, 0] < here.stop))
        pairs = np.column_stack([block[self.one[mine]], block[self.other[mine]]])
        apart = np.column_stack([block[self.apart[lost, 0]], self.apart[lost, 1]])
        return np.concatenate([pairs, apart]).astype(np.int32), np.concatenate([price[mine], self.apart_price[lost]])


def _places(key: Offsets, wanted: Offsets) -> Offsets:
    """The place of each of `wanted` among ascending keys, -1 where it is not there."""
    if len(key) == 0:
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where(key[at] == wanted, at, -1)
