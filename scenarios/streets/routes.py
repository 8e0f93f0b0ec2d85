"""From where children live to every school over the streets: one search a school, backwards from its door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from optimizer.arrays import Floats
from scenarios.streets.network import Index, Network, Places, Shapes

POINTS = 8  # of a block, along its streets
STEP = 25.0  # metres between the places from which they are chosen
BESIDE = 15.0  # metres: a street so near a block is one of those that bound it
CELLS = 4_000_000  # of schools x nodes that are held at once


@dataclass(frozen=True, eq=False)
class Homes:
    """Points where children live. xy: shapely points; block: (points,) whose. addressed: blocks that have addresses;
    bare: blocks with neither an address nor a street, for which their representative point stands."""

    xy: Shapes
    block: Index
    addressed: int
    bare: Index


@dataclass(frozen=True, eq=False)
class Ways:
    """Of pairs of block and school, in the order of both: the mean of its points' ways, the least and the most, in
    metres or minutes. points: how many of the block's points reach the school."""

    block: Index
    school: Index
    mean: Floats
    least: Floats
    most: Floats
    points: Index


def homes(network: Network, polygons: Shapes, inside: Shapes, addresses: tuple[Shapes, Index] | None) -> Homes:
    """A block's addresses; without, POINTS places spread evenly along its streets; without these, its representative
    point. inside: (blocks,) that point. addresses: points, and the block of each."""
    points, block = addresses if addresses is not None else (np.zeros(0, object), np.zeros(0, np.int64))
    bare = np.ones(len(polygons), bool)
    bare[block] = False
    addressed = int((~bare).sum())
    along, of = _along_streets(network, polygons, np.flatnonzero(bare))
    bare[of] = False
    rest = np.flatnonzero(bare)
    every = np.concatenate([points, along, inside[rest]])
    return Homes(every, np.concatenate([block, of, rest]).astype(np.int64), addressed, rest)


def _along_streets(network: Network, polygons: Shapes, blocks: Index) -> tuple[Shapes, Index]:
    """Places at even steps along the streets in and around each of the blocks, where houses stand along them."""
    segment = np.flatnonzero(network.segment_lived_on)
    number = np.ceil(shapely.length(network.segment[segment]) / STEP).astype(np.int64)
    number = np.maximum(number, 1)
    kth = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    share = (kth + 0.5) / np.repeat(number, number)
    every = shapely.line_interpolate_point(network.segment[np.repeat(segment, number)], share, normalized=True)
    which, place = shapely.STRtree(every).query(polygons[blocks], predicate="dwithin", distance=BESIDE)
    order = np.lexsort((place, which))
    which, place = which[order], place[order]
    count = np.bincount(which, minlength=len(blocks))
    chosen = np.minimum(count, POINTS)
    of = np.repeat(np.arange(len(blocks)), chosen)
    k = np.arange(len(of)) - (np.cumsum(chosen) - chosen)[of]
    at = (np.cumsum(count) - count)[of] + (k + 0.5) * count[of] / chosen[of]
    return every[place[at.astype(np.int64)]], blocks[of]


@dataclass(frozen=True, eq=False)
class Journey:
    """What is asked of the network. minutes: instead of metres; off_street: km/h; reach: farther is left out."""

    network: Network
    schools: Places
    homes: Places
    block: Index
    blocks: int
    minutes: bool
    off_street: float
    reach: float = np.inf

    def ways(self, told: Callable[[float], None] = lambda share: None) -> Ways:
        """All pairs that can be reached. told: of the share that is done."""
        graph = self.network.backwards(self.schools, minutes=self.minutes)
        count = len(self.schools.edge)
        parts = []
        for batch in self._batches(count):
            found = dijkstra(graph, indices=self.network.nodes + batch, limit=self.reach)
            parts += [self._to(int(j), row) for j, row in zip(batch, found, strict=True)]
            told((batch[-1] + 1) / count)
        block, school, *values = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((school, block))
        return Ways(block[order], school[order], *(value[order] for value in values))

    def _batches(self, count: int) -> Iterator[Index]:
        step = max(1, CELLS // (self.network.nodes + count))
        yield from (np.arange(first, min(first + step, count)) for first in range(0, count, step))

    def _to(self, school: int, reached: Floats) -> tuple[Any, ...]:
        """Of one school: the blocks, the school to each, mean, least, most, and the points that reach it. reached: from
        every node to the school."""
        way = self._of_homes(school, reached)
        there = np.isfinite(way) & (way <= self.reach)
        block, way = self.block[there], way[there]
        number = np.bincount(block, minlength=self.blocks)
        least, most = np.full(self.blocks, np.inf), np.zeros(self.blocks)
        np.minimum.at(least, block, way)
        np.maximum.at(most, block, way)
        rows = np.flatnonzero(number)
        mean = np.bincount(block, way, self.blocks)[rows] / number[rows]
        return rows, np.full(len(rows), school), mean, least[rows], most[rows], number[rows]

    def _cost(self, metres: Floats, kmh: Floats) -> Floats:
        return self.network.cost(np.maximum(metres, 0.0), kmh, minutes=self.minutes)

    @cached_property
    def _to_ends(self) -> tuple[Floats, Floats]:
        """(points,) from each point to the end of its street, and to where that begins."""
        net, edge, along = self.network, np.maximum(self.homes.edge, 0), self.homes.along
        return self._cost(net.metres[edge] - along, net.along[edge]), self._cost(along, net.against[edge])

    def _of_homes(self, school: int, reached: Floats) -> Floats:
        """(points,) the whole way, with those to the street and from it; inf where there is none."""
        net, edge, along = self.network, np.maximum(self.homes.edge, 0), self.homes.along
        if self.schools.edge[school] < 0 or len(net.metres) == 0:
            return np.full(len(edge), np.inf)

        ahead, behind = self._to_ends
        way = np.minimum(ahead + reached[net.end[edge]], behind + reached[net.start[edge]])
        same = np.flatnonzero(edge == self.schools.edge[school])  # both on one street
        step, of = self.schools.along[school] - along[same], edge[same]
        straight = self._cost(np.abs(step), np.where(step >= 0, net.along[of], net.against[of]))
        way[same] = np.minimum(way[same], straight)
        off = self.homes.off + self.schools.off[school]
        way = way + net.cost(off, np.full(len(off), self.off_street), minutes=self.minutes)
        return np.where(self.homes.edge >= 0, way, np.inf)
