"""What of a district folder is likely to be a mistake: shapes and places, columns that nothing uses, and limits of size
that no zone can keep. Nothing here keeps a folder from being used."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Bools, Ints
from optimizer.borders import near_lengths
from optimizer.district import District
from optimizer.model import STUDENT_SLACK
from scenarios.asking.options import size_of
from scenarios.asking.settling import settle
from scenarios.folder import read_limits
from scenarios.folder.blocks import find_blocks
from scenarios.folder.schools import COLUMNS, OPTIONAL
from scenarios.reading.tables import read_csv

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


@dataclass(frozen=True)
class Impossible:
    """By kind, the ids of schools whose smallest size, given or by default, is above the largest: above the seats; for
    want of room left by other students; or, where no seats are given, above the most that a zone may grow to."""

    minimum_above_seats: list[str]
    other_students_above_seats: list[str]
    minimum_above_largest: list[str]


def impossible_sizes(district: District, folder: Path | None) -> Impossible:
    """folder: where the district stands, whose own limits hold; without it the defaults do."""
    size = size_of(settle({}, None, {} if folder is None else read_limits(folder)))
    low, high = size.band(district)
    crossed, given = low > high + STUDENT_SLACK, np.isfinite(district.capacity)
    full = given & (district.other_students > district.capacity + STUDENT_SLACK)
    return Impossible(
        named_schools(district, crossed & given),
        named_schools(district, full & district.has_zone),
        named_schools(district, crossed & ~given),
    )


NEAR = 0.85  # likeness, 0 to 1, from which a name is a misspelt one
GRADES = ("pk", "k", *map(str, range(1, 13)))
OF_BLOCKS = ("students_poverty", *(f"students_grade_{grade}" for grade in GRADES))
ALSO_CALLED = {
    "capacity": ("seats", "places", "max_students", "maximum", "max"),
    "min_students": ("minimum", "min", "min_seats", "least"),
    "other_students": ("others", "transfers", "outside_students"),
    "students_poverty": ("poverty", "poor", "students_poor", "frl", "frpl", "students_frl", "students_frpl"),
}


@dataclass(frozen=True)
class Unused:
    """A column that nothing uses. meant: the column of the format that it may be, None where none is near."""

    file: str
    column: str
    meant: str | None


def columns_not_used(folder: Path, district: District) -> list[Unused]:
    """Of schools.csv every column that is not known, since these are dropped; of blocks, whose further columns are kept
    for rules, those alone that come near to a known one that is not there."""
    schools = list(map(str, read_csv(folder / "schools.csv").columns))
    found = [
        Unused("schools.csv", column, _meant(column, OPTIONAL, schools))
        for column in schools
        if column not in (*COLUMNS, *OPTIONAL)
    ]
    blocks = [*district.columns, *district.attributes]
    known = {"block_id", "school_id", "students", *OF_BLOCKS, *(f"students_{group}" for group in district.groups)}
    near = {column: _meant(column, OF_BLOCKS, blocks) for column in blocks if column not in known}
    file = find_blocks(folder).name
    return found + [Unused(file, column, meant) for column, meant in near.items() if meant]


def _meant(column: str, known: Iterable[str], there: Sequence[str]) -> str | None:
    """The known column that this one may be meant to be, of those that are not there."""
    name = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
    open_ = [one for one in known if one not in there]
    near = difflib.get_close_matches(name, open_, n=1, cutoff=NEAR)
    return next((one for one in open_ if name in ALSO_CALLED.get(one, ())), near[0] if near else None)
