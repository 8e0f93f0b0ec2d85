"""Contiguity by separators, added where a solution breaks it.

A block away from its zone's root is in the zone only if some block of each set that separates it from the root is
there too: x_t <= sum of x over the separator. Where blocks have several parts, the graph is that of the parts: of a
block that is in the zone each part that was not detached there needs its way, and all parts of its neighbours come with
them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.arrays import Ints
from optimizer.model import Model
from optimizer.solvers.exact.check import parts_cut_off

Cut = tuple[int, int, list[int]]  # block, school, places of the separator's pairs


class Ground:
    """The parts of blocks that may go to one school, with the places of the blocks' pairs."""

    def __init__(self, model: Model, school: int) -> None:
        place = np.flatnonzero(model.pairs.index == school)
        district = model.district
        self.adjacency, self.block, self.school = district.part_adjacency, district.part_block, school
        pair = dict(zip(map(int, model.pairs.rows[place]), map(int, place), strict=True))
        mine = np.flatnonzero(np.isin(self.block, model.pairs.rows[place]))
        self.pair = {part: pair[block] for part, block in zip(map(int, mine), map(int, self.block[mine]), strict=True)}
        root = district.part_root if district.parts is not None or model.contiguity is None else model.contiguity.root
        self.root = -1 if model.contiguity is None else int(root[school])

    def near(self, part: int) -> list[int]:
        """Neighbours that may go to the school too."""
        return [o for o in map(int, self.adjacency.row(part)) if o in self.pair]

    def separator(self, piece: set[int]) -> list[int]:
        """Places of the pairs of a minimal set between the piece and the root: blocks next to the piece that the root
        reaches without passing another such block."""
        edge = {o for part in piece for o in self.near(part)} - piece
        reached, queue = {self.root}, [self.root] if self.root in self.pair else []
        while queue:
            for other in self.near(queue.pop()):
                if other not in reached:
                    reached.add(other)
                    if other not in edge:
                        queue.append(other)
        return sorted({self.pair[part] for part in edge & reached})


def bound_parts(model: Model, school: int) -> list[int]:
    """Parts that need a way to the school's root when their block is in its zone."""
    contiguity, district, block = model.contiguity, model.district, model.district.part_block
    if contiguity is None:
        return []
    detached = contiguity.detached if district.parts is None else district.part_detached
    may = np.zeros(district.blocks, bool)
    may[model.pairs.rows[model.pairs.index == school]] = True
    return [int(p) for p in np.flatnonzero(may[block] & ~(detached & (district.home == school)[block]))]


def single_cuts(model: Model) -> Iterator[Cut]:
    """The first cuts: each part of a block needs a neighbour in the zone."""
    for school in range(model.district.schools):
        ground = Ground(model, school)
        for part in bound_parts(model, school):
            if part != ground.root and ground.root not in ground.near(part):
                yield int(ground.block[part]), school, ground.separator({part})


def separators(model: Model, school: Ints) -> Iterator[Cut]:
    """Cuts that a plan breaks: one for each block that is newly cut off from its root, and each piece that it is in."""
    wrong, label = parts_cut_off(model, school)
    block = model.district.part_block
    for piece in np.unique(label[wrong]):
        parts = np.flatnonzero(label == piece)
        ground = Ground(model, int(school[block[parts[0]]]))
        between = ground.separator(set(map(int, parts)))
        for one in np.unique(block[parts[wrong[parts]]]):
            yield int(one), ground.school, between
