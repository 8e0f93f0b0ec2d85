"""Lines as a network: nodes where streets meet, arcs between them, and the nearest place on a street to any point."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from optimizer.arrays import Bools, Floats

SAME = 0.01  # metres: vertices so near each other are one
TOUCHES = 0.5  # metres: a street that ends so near another, between its vertices, meets it
KMH = 60.0 / 1000.0  # minutes to go a metre at 1 km/h
Shapes = NDArray[Any]
Index = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, eq=False)
class Streets:
    """Lines in a CRS in metres, one part each. along, against: (lines,) km/h in the direction in which it is drawn and
    in the other, 0 where there is no way. lived_on: (lines,) whether houses stand along it."""

    line: Shapes
    along: Floats
    against: Floats
    lived_on: Bools

    def take(self, kept: Any) -> Streets:
        return Streets(self.line[kept], self.along[kept], self.against[kept], self.lived_on[kept])


@dataclass(frozen=True, eq=False)
class Places:
    """Points put on streets. edge: (points,) -1 where no street is near enough; along: metres from where the edge
    begins; off: metres from the point to the street."""

    edge: Index
    along: Floats
    off: Floats


@dataclass(frozen=True, eq=False)
class Network:
    """start, end: (edges,) nodes; metres: (edges,); along, against: (edges,) km/h. segment: (segments,) straight lines,
    in the order of their edges; segment_edge; segment_begins: metres from where its edge begins. joined: how many ends
    of streets met another street between its vertices."""

    nodes: int
    start: Index
    end: Index
    metres: Floats
    along: Floats
    against: Floats
    segment: Shapes
    segment_edge: Index
    segment_begins: Floats
    segment_lived_on: Bools
    joined: int = 0

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.segment)

    def places(self, points: Shapes, within: float, barrier: Any = None) -> Places:
        """The nearest place on a street to each point, no farther than `within` metres. barrier: what the way there may
        not cross; where the nearest is beyond it, the nearest on this side."""
        edge, along, off = np.full(len(points), -1), np.zeros(len(points)), np.full(len(points), np.inf)
        if len(self.segment) == 0:
            return Places(edge, along, off)
        point, segment = self._tree.query_nearest(points, max_distance=within, all_matches=False)
        if barrier is not None:
            legs = shapely.shortest_line(points[point], self.segment[segment])
            beyond = shapely.intersects(legs, barrier)
            found = [self._on_this_side(points[p], within, barrier) for p in point[beyond]]
            segment[beyond] = [-1 if one is None else one for one in found]
            point, segment = point[segment >= 0], segment[segment >= 0]
        edge[point] = self.segment_edge[segment]
        on = shapely.line_locate_point(self.segment[segment], points[point])
        along[point] = self.segment_begins[segment] + on
        off[point] = shapely.distance(self.segment[segment], points[point])
        return Places(edge, along, off)

    def _on_this_side(self, point: Any, within: float, barrier: Any) -> int | None:
        near = self._tree.query(point, predicate="dwithin", distance=within)
        legs = shapely.shortest_line(point, self.segment[near])
        near = near[~shapely.intersects(legs, barrier)]
        return int(near[shapely.distance(point, self.segment[near]).argmin()]) if len(near) else None

    def cost(self, metres: Floats, kmh: Floats, *, minutes: bool) -> Floats:
        """Of going so far at such a speed: metres or minutes, inf where there is no way. Who stands at a crossing
        stands on all its streets, also on those that lead there one-way."""
        with np.errstate(divide="ignore", invalid="ignore"):
            taken = metres * KMH / kmh if minutes else metres
        return np.where(kmh > 0, taken, np.where(metres <= SAME, 0.0, np.inf))

    def backwards(self, schools: Places, *, minutes: bool) -> csr_matrix:
        """The arcs turned about, so that one search from a school finds all ways to it. Nodes after the network's own
        are the schools', which lie on their edges and lead nowhere else."""
        there, back = (self.cost(self.metres, kmh, minutes=minutes) for kmh in (self.along, self.against))
        on = np.flatnonzero(schools.edge >= 0)
        edge, node = schools.edge[on], self.nodes + on
        ahead, behind = schools.along[on], self.metres[schools.edge[on]] - schools.along[on]
        cost = np.concatenate(
            [
                there,
                back,
                self.cost(ahead, self.along[edge], minutes=minutes),
                self.cost(behind, self.against[edge], minutes=minutes),
            ]
        )
        one = np.concatenate([self.end, self.start, node, node])
        other = np.concatenate([self.start, self.end, self.start[edge], self.end[edge]])
        size = self.nodes + len(schools.edge)
        return _least(one, other, cost, size)


def _least(one: Index, other: Index, cost: Floats, size: int) -> csr_matrix:
    """Of arcs between the same two nodes the cheapest, since a sparse matrix would add them up. One of length 0 is a
    little above it, since a sparse matrix knows none."""
    open_ = np.isfinite(cost)
    one, other, cost = one[open_], other[open_], np.maximum(cost[open_], 1e-9)
    order = np.lexsort((cost, other, one))
    one, other, cost = one[order], other[order], cost[order]
    first = np.ones(len(one), bool)
    first[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
    return coo_matrix((cost[first], (one[first], other[first])), shape=(size, size)).tocsr()


def build(streets: Streets) -> Network:
    """The network of the lines. Streets meet where they share a vertex, and where one ends on another; lines that only
    cross are a bridge."""
    streets = streets.take((streets.along > 0) | (streets.against > 0))
    vertices, joined = _joined(_vertices(streets.line))
    node, nodes = _nodes(vertices)
    return _edges(streets, vertices, node, nodes, joined)


@dataclass(frozen=True, eq=False)
class _Vertices:
    """All lines' vertices in a row. xy: (vertices, 2); line: (vertices,) of which; key: (vertices,) equal where they
    are at one place."""

    xy: Floats
    line: Index
    key: Index = field(init=False)

    def __post_init__(self) -> None:
        whole = np.round(self.xy / SAME).astype(np.int64)
        _, key = np.unique(whole, axis=0, return_inverse=True)
        object.__setattr__(self, "key", key.reshape(-1))

    @property
    def ends(self) -> Bools:
        """(vertices,) whether a line begins or ends there."""
        changes = np.diff(self.line, prepend=-1, append=-1) != 0
        return changes[:-1] | changes[1:]


def _vertices(lines: Shapes) -> _Vertices:
    xy, line = shapely.get_coordinates(lines, return_index=True)
    return _Vertices(xy, line)


def _joined(vertices: _Vertices) -> tuple[_Vertices, int]:
    """With a vertex more in each line on which another one ends, and how many ends did."""
    times = np.bincount(vertices.key)
    loose = np.flatnonzero(vertices.ends & (times[vertices.key] == 1))
    inner = np.flatnonzero(vertices.line[1:] == vertices.line[:-1])
    segments = np.asarray(shapely.linestrings(np.stack([vertices.xy[inner], vertices.xy[inner + 1]], axis=1)))
    points = np.asarray(shapely.points(vertices.xy[loose]))
    if len(loose) == 0 or len(inner) == 0:
        return vertices, 0
    end, segment = shapely.STRtree(segments).query(points, predicate="dwithin", distance=TOUCHES)
    other = vertices.line[inner[segment]] != vertices.line[loose[end]]
    end, segment = end[other], segment[other]
    if len(end) == 0:
        return vertices, 0
    along = shapely.line_locate_point(segments[segment], points[end])
    order = np.lexsort((along, segment))
    end, segment = end[order], segment[order]
    at = inner[segment] + 1
    xy = np.insert(vertices.xy, at, vertices.xy[loose[end]], axis=0)
    return _Vertices(xy, np.insert(vertices.line, at, vertices.line[inner[segment]])), len(np.unique(end))


def _nodes(vertices: _Vertices) -> tuple[Index, int]:
    """(vertices,) the node at each vertex, -1 where the street only bends; and how many nodes there are."""
    is_node = (np.bincount(vertices.key) > 1) | (np.bincount(vertices.key, vertices.ends) > 0)
    number = np.where(is_node, np.cumsum(is_node) - 1, -1)
    return number[vertices.key], int(is_node.sum())


def _edges(streets: Streets, vertices: _Vertices, node: Index, nodes: int, joined: int) -> Network:
    inner = np.flatnonzero(vertices.line[1:] == vertices.line[:-1])
    one, other = vertices.xy[inner], vertices.xy[inner + 1]
    long = np.hypot(*(other - one).T)
    begins = node[inner] >= 0  # of a segment: whether an edge begins with it
    edge = np.cumsum(begins) - 1
    run = np.concatenate([[0.0], np.cumsum(long)])[:-1]
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(inner)) - 1
    line = vertices.line[inner[first]]
    return Network(
        nodes=nodes,
        start=node[inner[first]],
        end=node[inner[last] + 1],
        metres=np.bincount(edge, long, len(first)).astype(np.float64),
        along=streets.along[line],
        against=streets.against[line],
        segment=np.asarray(shapely.linestrings(np.stack([one, other], axis=1)), object),
        segment_edge=edge,
        segment_begins=run - run[first][edge],
        segment_lived_on=streets.lived_on[vertices.line[inner]],
        joined=joined,
    )


def without(streets: Streets, barrier: Any) -> Streets:
    """The streets without the segments that cross it; what is left of each is streets of their own."""
    crossing = np.flatnonzero(shapely.intersects(streets.line, barrier))
    if len(crossing) == 0:
        return streets
    shapely.prepare(barrier)
    parts = [_pieces(streets.line[k], barrier) for k in crossing]
    cut = streets.take(np.repeat(crossing, [len(part) for part in parts]))
    left = np.array([piece for part in parts for piece in part], object)
    kept = streets.take(np.setdiff1d(np.arange(len(streets.line)), crossing))
    return Streets(
        np.concatenate([kept.line, left]),
        np.concatenate([kept.along, cut.along]),
        np.concatenate([kept.against, cut.against]),
        np.concatenate([kept.lived_on, cut.lived_on]),
    )


def _pieces(line: Any, barrier: Any) -> list[Any]:
    xy = shapely.get_coordinates(line)
    segments = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    keep = ~shapely.intersects(segments, barrier)
    turns = np.flatnonzero(np.diff(keep.astype(np.int8), prepend=0, append=0))
    return [shapely.linestrings(xy[a : b + 1]) for a, b in turns.reshape(-1, 2)]
