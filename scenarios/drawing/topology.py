"""Shapes as arcs: every stretch of border once, whoever shares it, so that maps are small and borders fit exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from scenarios.drawing.frame import Frame

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Topology:
    """xy: (points, 2) whole units of a Frame, arc after arc. start: (arcs + 1,) where each arc begins in xy.
    rings: by block, its rings, each a list of arcs: a where the arc is walked as it stands, ~a where backwards."""

    xy: Whole
    start: Whole
    rings: list[list[list[int]]]

    def arc(self, ref: int) -> Whole:
        """(points, 2) of an arc, in the direction that the reference walks it."""
        a = ref if ref >= 0 else ~ref
        points = self.xy[self.start[a] : self.start[a + 1]]
        return points if ref >= 0 else points[::-1]

    def polygons(self) -> NDArray[Any]:
        """(blocks,) the shapes in units, y downwards; empty where a block is smaller than a unit."""
        flat = [np.vstack([self.arc(ref)[:-1] for ref in ring]) for rings in self.rings for ring in rings]
        # Rounding to units may make a ring cross itself.
        filled = shapely.make_valid(np.array([shapely.polygons(xy) for xy in flat], object))
        ends = np.cumsum([len(rings) for rings in self.rings])[:-1]
        own = np.split(filled, ends.astype(np.int64))
        return np.array([_even_odd(rings) for rings in own], object)


def _even_odd(rings: NDArray[Any]) -> Any:
    whole = rings[0] if len(rings) else shapely.Polygon()
    for ring in rings[1:]:
        whole = shapely.symmetric_difference(whole, ring)
    return whole


@dataclass(frozen=True, eq=False)
class _Walk:
    """All rings, vertex after vertex. vertex: (n,) its number. ring: (n,) which ring. after: (n,) the place of the next
    vertex of the ring. edge: (n,) the number of the border from here to there, the same from both sides."""

    vertex: Whole
    ring: Whole
    after: Whole
    edge: Whole


def topology(shapes: NDArray[Any], frame: Frame) -> Topology:
    """The arcs of shapes (blocks,) that fit together. Shapes smaller than a unit lose their rings."""
    parts, block = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    xy, ring = _distinct(frame.units(points), ring.astype(np.int64))
    places, vertex = np.unique(xy, axis=0, return_inverse=True)
    walk = _walk(vertex.ravel(), ring)
    first, arcs = _arcs(walk, _junctions(walk, len(places)))
    refs, start, members = _canonical(walk, first, arcs)
    by_block: list[list[list[int]]] = [[] for _ in shapes]
    owner = block[part]
    ends = np.flatnonzero(np.diff(walk.ring[arcs[first]])) + 1
    for own in np.split(np.arange(len(refs)), ends):
        if len(own):
            by_block[owner[walk.ring[arcs[first[own[0]]]]]].append(refs[own].tolist())
    return Topology(places[members], start, by_block)


def _distinct(xy: Whole, ring: Whole) -> tuple[Whole, Whole]:
    """Without repeats in a row and the points that close rings; rings of fewer than three points are dropped."""
    last = np.append(ring[1:] != ring[:-1], True)
    keep = ~last & np.append((xy[1:] != xy[:-1]).any(axis=1), False)
    xy, ring = xy[keep], ring[keep]
    enough = np.bincount(ring, minlength=1)[ring] >= 3
    return xy[enough], ring[enough]


def _walk(vertex: Whole, ring: Whole) -> _Walk:
    n = len(vertex)
    last = np.append(ring[1:] != ring[:-1], True) if n else np.zeros(0, bool)
    head = np.concatenate([[0], np.flatnonzero(last)[:-1] + 1]).astype(np.int64)
    after = np.arange(1, n + 1, dtype=np.int64)
    after[last] = head[: int(last.sum())]
    other = vertex[after]
    width = int(vertex.max(initial=0)) + 1
    edge = np.unique(np.minimum(vertex, other) * width + np.maximum(vertex, other), return_inverse=True)[1]
    return _Walk(vertex, ring, after, edge.ravel())


def _junctions(walk: _Walk, vertices: int) -> NDArray[np.bool_]:
    """(n,) whether an arc begins here: where not exactly two borders meet. A ring that meets no other begins at its
    smallest vertex, seen from both sides alike."""
    _, one = np.unique(walk.edge, return_index=True)
    ends = np.concatenate([walk.vertex[one], walk.vertex[walk.after[one]]])
    meets = np.bincount(ends, minlength=vertices) != 2
    rings = int(walk.ring.max(initial=-1)) + 1
    lonely = np.bincount(walk.ring, meets[walk.vertex], rings) == 0
    smallest = np.full(rings, vertices, np.int64)
    np.minimum.at(smallest, walk.ring, walk.vertex)
    meets[smallest[lonely & (smallest < vertices)]] = True
    return np.asarray(meets[walk.vertex])


def _arcs(walk: _Walk, begins: NDArray[np.bool_]) -> tuple[Whole, Whole]:
    """(where each arc begins in the order, the order): places ring by ring, each ring from its first junction on."""
    n = len(walk.vertex)
    place = np.arange(n)
    size = np.bincount(walk.ring, minlength=1)
    head = np.concatenate([[0], np.cumsum(size)])[:-1]
    turn = np.full(len(size), n)
    np.minimum.at(turn, walk.ring[begins], place[begins])
    ring = walk.ring
    order = head[ring] + (place - head[ring] + turn[ring] - head[ring]) % np.maximum(size[ring], 1)
    return np.flatnonzero(begins[order]), order


def _canonical(walk: _Walk, first: Whole, order: Whole) -> tuple[Whole, Whole, Whole]:
    """(a reference for each arc met, start of each distinct arc, vertices of the distinct arcs one after another)."""
    if len(first) == 0:
        return np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64)
    name = np.minimum.reduceat(walk.edge[order], first)
    _, met, arc = np.unique(name, return_index=True, return_inverse=True)
    head = order[first]
    same = (walk.vertex[head] == walk.vertex[head[met]][arc]) & (walk.edge[head] == walk.edge[head[met]][arc])
    length = np.diff(np.append(first, len(order)))[met] + 1  # of vertices: where it ends, the next arc begins
    start = np.concatenate([[0], np.cumsum(length)])
    along = np.arange(start[-1]) - np.repeat(start[:-1], length)
    last = along == np.repeat(length - 1, length)
    at = order[np.repeat(first[met], length) + along - last]
    return np.where(same, arc, ~arc), start, walk.vertex[np.where(last, walk.after[at], at)]


def fitting(polygons: NDArray[Any], tolerance: float) -> NDArray[Any]:
    """(blocks,) the shapes with fewer corners, in which shared borders stay shared. Shapes that overlap or leave gaps
    are first cut along each other's borders; what two share goes to the first."""
    if not shapely.coverage_is_valid(polygons):
        polygons = _cut(polygons)
    try:
        return np.asarray(shapely.coverage_simplify(polygons, tolerance))
    except shapely.errors.GEOSException:
        return polygons


def _cut(polygons: NDArray[Any]) -> NDArray[Any]:
    whole = shapely.make_valid(polygons)
    lines = shapely.union_all(shapely.boundary(whole), grid_size=0.01)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    face, block = shapely.STRtree(whole).query(shapely.point_on_surface(faces), predicate="within")
    order = np.lexsort((block, face))
    face, one = np.unique(face[order], return_index=True)
    owner = block[order][one]
    return np.array([shapely.multipolygons(faces[face[owner == b]]) for b in range(len(polygons))], object)
