"""Blocks whose shapes stand apart: a graph of their parts beside that of the blocks.

Contiguity never passes from one part of a block to another through the block, so a zone's pieces are pieces of parts.
All parts of a block have its school.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Csr, Ints, frozen
from optimizer.borders import neighbours
from optimizer.graph import pieces


@dataclass(frozen=True, eq=False)
class Parts:
    """block: (parts,) whose each is, ascending; every block has one. adjacency: of the parts; two of one block are
    never neighbours. polygon: (parts,) their shapes, None where they are not known."""

    block: Ints
    adjacency: Csr
    polygon: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "block", frozen(self.block.astype(np.int32, copy=False)))

    @property
    def first(self) -> Ints:
        """(blocks,) the first part of each block."""
        return np.flatnonzero(np.diff(self.block, prepend=-1)).astype(np.int32)

    @property
    def several(self) -> Ints:
        """The blocks of more than one part."""
        return np.flatnonzero(np.bincount(self.block) > 1).astype(np.int32)

    def of_blocks(self) -> Csr:
        """Blocks some of whose parts are neighbours."""
        rows, index = self.block[self.adjacency.rows], self.block[self.adjacency.index]
        return Csr.of_pairs(rows, index, len(self.first))

    def keep(self, mask: Bools) -> Parts:
        """Without the pairs of neighbours where `mask` (entries of adjacency,) is false."""
        return replace(self, adjacency=self.adjacency.keep(mask))


def rook(polygon: NDArray[Any]) -> Csr:
    """Which blocks are neighbours by their borders (FORMAT.md). polygon: (blocks,) shapely, in metres."""
    return parts_of(polygon)[0]


def parts_of(polygon: NDArray[Any]) -> tuple[Csr, Parts | None]:
    """The neighbours of blocks, and their parts: None where each block is one. Shapes of one block that are neighbours
    are one part."""
    import shapely  # noqa: PLC0415 - slow to import

    shape, block = shapely.get_parts(polygon, return_index=True)
    one, other = neighbours(shape)
    inner = block[one] == block[other]
    part = _drawn_together(_both_ways(one[inner], other[inner], len(shape)))
    first = np.unique(part, return_index=True)[1]
    whole = shape[first]
    for k in np.unique(part[one[inner]]):
        whole[k] = shapely.union_all(shape[part == k])
    adjacency = _both_ways(part[one[~inner]], part[other[~inner]], len(first))
    parts = Parts(block[first].astype(np.int32), adjacency, whole)
    return parts.of_blocks(), parts if len(first) > len(polygon) else None


def _both_ways(one: NDArray[Any], other: NDArray[Any], size: int) -> Csr:
    return Csr.of_pairs(np.concatenate([one, other]), np.concatenate([other, one]), size)


def _drawn_together(inner: Csr) -> Ints:
    """(shapes,) the part of each, numbered by their first shapes."""
    label = pieces(inner, np.zeros(len(inner.start) - 1, np.int32))
    _, first, place = np.unique(label, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[place].astype(np.int32)
