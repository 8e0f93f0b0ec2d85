"""What of a district's shapes and places is likely to be a mistake: nothing here keeps a folder from being used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Bools, Ints
from optimizer.borders import near_lengths
from optimizer.district import District

GAP = 1.0  # metres: blocks that lie no farther apart are meant to touch
BESIDE = 10.0  # metres of common course that make two such blocks neighbours but for the gap
OVERLAP = (1.0, 0.001)  # square metres, and share of the smaller block: what two blocks may have in common


@dataclass(frozen=True)
class InParts:
    """A block that stands apart from itself. metres: how far the part that is most by itself is from the others."""

    block: str
    parts: int
    metres: float


@dataclass(frozen=True)
class FarPair:
    """Two blocks that the folder calls neighbours, and how far their shapes lie apart."""

    blocks: tuple[str, str]
    metres: float


@dataclass(frozen=True)
class OddShapes:
    """Ids of schools and blocks that lie far away, blocks that stand apart, and pairs of blocks that overlap or leave
    slivers between them. far_schools: farther from every block than the district is wide. far_blocks: the same of the
    other blocks, in parts that hang together. overlaps, slivers: pairs of ids. far_neighbours: pairs of adjacency.csv
    that do not touch, the farthest first."""

    far_schools: tuple[str, ...] = ()
    far_blocks: tuple[str, ...] = ()
    blocks_in_parts: tuple[InParts, ...] = ()
    overlaps: tuple[tuple[str, str], ...] = ()
    slivers: tuple[tuple[str, str], ...] = ()
    far_neighbours: tuple[FarPair, ...] = ()


def odd_shapes(district: District, *, neighbours_given: bool = False) -> OddShapes:
    """What is odd of the shapes: nothing without them. neighbours_given: the folder names the neighbours, so that no
    sliver parts any."""
    if district.geography is None:
        return OddShapes()
    polygon = district.geography.polygon
    wide = width(polygon)
    blocks = np.array(district.block_ids, object)
    overlaps, slivers = _bad_borders(polygon, district)
    return OddShapes(
        far_schools=tuple(named_schools(district, _far_schools(district, wide))),
        far_blocks=tuple(blocks[_far_blocks(polygon, district, wide)]),
        blocks_in_parts=tuple(_in_parts(district)),
        overlaps=tuple((a, b) for a, b in blocks[overlaps]),
        slivers=() if neighbours_given else tuple((a, b) for a, b in blocks[slivers]),
        far_neighbours=tuple(_far_neighbours(polygon, district)) if neighbours_given else (),
    )


def named_schools(district: District, mask: Bools) -> list[str]:
    """Their ids. mask: (schools,)."""
    return [district.school_ids[j] for j in np.flatnonzero(mask)]


def _far_neighbours(polygon: NDArray[Any], district: District) -> Iterator[FarPair]:
    """A bridge or a ferry joins what does not touch; so does an id that was mistyped."""
    one, other = district.adjacency.rows, district.adjacency.index
    ahead = one < other
    one, other = one[ahead], other[ahead]
    metres = shapely.distance(polygon[one], polygon[other])
    for k in np.argsort(-metres, kind="stable").tolist():
        if metres[k] <= GAP:
            return
        yield FarPair((district.block_ids[one[k]], district.block_ids[other[k]]), float(metres[k]))


def _in_parts(district: District) -> Iterator[InParts]:
    parts = district.parts
    if parts is None or parts.polygon is None:
        return
    for block in parts.several:
        shapes = parts.polygon[parts.block == block]
        gaps = [shapely.distance(shape, np.delete(shapes, k)).min() for k, shape in enumerate(shapes)]
        yield InParts(district.block_ids[block], len(shapes), float(max(gaps)))


def width(polygon: NDArray[Any]) -> float:
    """How wide the district is, in metres, whatever a few blocks far away do: by its area, and by the median distance
    of the blocks from their middle."""
    xy = shapely.get_coordinates(shapely.centroid(polygon))
    from_middle = np.hypot(*(xy - np.median(xy, axis=0)).T)
    return float(max(np.sqrt(shapely.area(polygon).sum()), 4 * np.median(from_middle)))


def _far_schools(district: District, wide: float) -> Bools:
    assert district.geography is not None
    xy = district.geography.school_xy
    known = np.flatnonzero(np.isfinite(xy).all(axis=1))  # the others lie where the projection has no place for them
    tree = shapely.STRtree(district.geography.polygon)
    near = tree.query_nearest(shapely.points(xy[known]), max_distance=wide, all_matches=False)[0]
    far = np.ones(len(xy), bool)
    far[known[near]] = False
    return far


def _far_blocks(polygon: NDArray[Any], district: District, wide: float) -> Bools:
    """(blocks,) those that no chain of blocks with gaps below the width links to the largest part of the district."""
    size = len(polygon)
    near = district.adjacency
    graph = csr_matrix((np.ones(len(near.index)), near.index, near.start), shape=(size, size))
    part = connected_components(graph, directed=False)[1]
    linked = part == np.argmax(np.bincount(part))
    fresh = linked
    while fresh.any() and not linked.all():
        rest = np.flatnonzero(~linked)
        found = shapely.STRtree(polygon[fresh]).query_nearest(polygon[rest], max_distance=wide, all_matches=False)[0]
        fresh = ~linked & np.isin(part, part[rest[found]])
        linked = linked | fresh
    return ~linked


def _bad_borders(polygon: NDArray[Any], district: District) -> tuple[Ints, Ints]:
    """(pairs, 2) blocks that overlap, and blocks that are no neighbours for a sliver between them alone."""
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(polygon, gap_width=GAP)))
    some = polygon[suspects]
    first, second = shapely.STRtree(some).query(some, predicate="dwithin", distance=GAP)
    ahead = first < second
    a, b = suspects[first[ahead]], suspects[second[ahead]]
    common = shapely.area(shapely.intersection(polygon[a], polygon[b]))
    least, share = OVERLAP
    over = common > np.maximum(least, share * np.minimum(shapely.area(polygon[a]), shapely.area(polygon[b])))
    rows, size = district.adjacency.rows.astype(np.int64), len(polygon)
    apart = ~over & ~np.isin(a.astype(np.int64) * size + b, rows * size + district.adjacency.index)
    pairs = np.column_stack([a, b])
    return pairs[over], pairs[apart][near_lengths(polygon[a[apart]], polygon[b[apart]], GAP) > BESIDE]
