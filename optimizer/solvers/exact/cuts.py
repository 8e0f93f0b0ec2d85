"""Contiguity by separators, added where a solution breaks it.

A block away from its zone's root is in the zone only if some block of each set that separates it from the root is
there too: x_t <= sum of x over the separator.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.arrays import Ints
from optimizer.graph import pieces
from optimizer.model import Model
from optimizer.solvers.exact.check import cut_off

Cut = tuple[int, int, list[int]]  # block, school, places of the separator's pairs


class Ground:
    """The blocks that may go to one school, with the places of their pairs."""

    def __init__(self, model: Model, school: int) -> None:
        place = np.flatnonzero(model.pairs.index == school)
        self.model, self.school = model, school
        self.pair = dict(zip(map(int, model.pairs.rows[place]), map(int, place), strict=True))
        self.root = -1 if model.contiguity is None else int(model.contiguity.root[school])

    def near(self, block: int) -> list[int]:
        """Neighbours that may go to the school too."""
        return [o for o in map(int, self.model.district.adjacency.row(block)) if o in self.pair]

    def separator(self, piece: set[int]) -> list[int]:
        """Places of the pairs of a minimal set between the piece and the root: blocks next to the piece that the root
        reaches without passing another such block."""
        edge = {o for block in piece for o in self.near(block)} - piece
        reached, queue = {self.root}, [self.root] if self.root in self.pair else []
        while queue:
            for other in self.near(queue.pop()):
                if other not in reached:
                    reached.add(other)
                    if other not in edge:
                        queue.append(other)
        return [self.pair[block] for block in sorted(edge & reached)]


def bound_blocks(model: Model, school: int) -> list[int]:
    """Blocks that need a way to the school's root when they are in its zone."""
    if model.contiguity is None:
        return []
    blocks = model.pairs.rows[model.pairs.index == school]
    loose = model.contiguity.detached[blocks] & (model.district.home[blocks] == school)
    return [int(b) for b in blocks[~loose] if b != model.contiguity.root[school]]


def single_cuts(model: Model) -> Iterator[Cut]:
    """The first cuts: a block needs a neighbour in the zone."""
    for school in range(model.district.schools):
        ground = Ground(model, school)
        for block in bound_blocks(model, school):
            if ground.root not in ground.near(block):
                yield block, school, ground.separator({block})


def separators(model: Model, school: Ints) -> Iterator[Cut]:
    """Cuts that a plan breaks: one for each block that is newly cut off from its root."""
    wrong = cut_off(model, school)
    label = pieces(model.district.adjacency, school)
    for piece in np.unique(label[wrong]):
        blocks = np.flatnonzero(label == piece)
        ground = Ground(model, int(school[blocks[0]]))
        between = ground.separator(set(map(int, blocks)))
        for block in blocks[wrong[blocks]]:
            yield int(block), ground.school, between
