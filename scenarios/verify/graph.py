"""Walks over neighbouring blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Csr, Ints


@dataclass(frozen=True)
class Graph:
    """beside: for each block the blocks next to it."""

    beside: list[list[int]]

    @classmethod
    def of(cls, adjacency: Csr, blocks: int) -> Graph:
        start, index = adjacency.start.tolist(), adjacency.index.tolist()
        return cls([index[start[i] : start[i + 1]] for i in range(blocks)])

    def walk(self, first: int, enters: Callable[[int], bool]) -> list[int]:
        """The blocks that a walk from `first` gets to through blocks that it `enters`; `first` itself among them."""
        seen, ahead = {first}, [first]
        while ahead:
            for block in self.beside[ahead.pop()]:
                if block not in seen and enters(block):
                    seen.add(block)
                    ahead.append(block)
        return sorted(seen)

    def joined(self, zone: Ints, roots: Mapping[int, int]) -> Bools:
        """(blocks,) whether the block is joined to its zone's root within the zone."""
        where = zone.tolist()
        found = np.zeros(len(where), bool)
        for school, root in roots.items():
            if where[root] == school:  # a root that has left its zone holds nothing together
                found[self.walk(root, lambda block, school=school: where[block] == school)] = True  # type: ignore[misc]
        return found

    def pieces(self, zone: Ints, among: Bools) -> list[list[int]]:
        """The connected pieces of zones that hold a block of `among`, each in ascending order."""
        where, seen, found = zone.tolist(), set[int](), []
        for block in np.flatnonzero(among).tolist():
            if block not in seen:
                piece = self.walk(block, lambda other, school=where[block]: where[other] == school)  # type: ignore[misc]
                seen.update(piece)
                found.append(piece)
        return found
