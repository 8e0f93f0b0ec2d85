"""What of the district that was made stands apart: islands, pieces of zones, and schools outside their zones."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from optimizer.arrays import Bools, Ints
from optimizer.district import District
from optimizer.graph import pieces
from scenarios.importing.problems import Notes

JOINS = 'Where a bridge or a ferry leads to them: [mend] joins = [["017", "102"]]; where a gap parts them: coverage = 1'
PLACES = "Check the school's place in [schools], and which school its zone is for: [names], or [zoned] for one block"


def tell_apart(district: District, notes: Notes) -> None:
    """Note all three, with what mends each."""
    assert district.geography is not None
    polygon, ids = district.geography.polygon, np.array(district.block_ids, object)
    group = _groups(district)
    island = _few(group)
    said = [_island(district, np.flatnonzero(group == one), ~island) for one in np.unique(group[island])]
    what = f"{len(said):,} islands: blocks that are neighbours of no others"
    notes.found(what, said, JOINS, shape=list(polygon[island]))
    off = np.unique(district.part_block[district.part_detached])
    off = off[~island[off]]  # of islands all is said
    what = f"{len(off):,} blocks lie in pieces of their zones that are apart from the school's"
    notes.found(what, list(ids[off]), f"{JOINS}. Else it may be so: they may join it or stay", shape=list(polygon[off]))
    outside = np.flatnonzero(schools_outside(district))
    points: Any = shapely.points(district.geography.school_xy)
    said = [f"{district.school_ids[j]} ({_place(district, points[j])})" for j in outside]
    what = f"{len(said):,} schools lie outside, in another zone or in none"
    notes.found(what, said, PLACES, shape=list(points[outside]))


def schools_outside(district: District) -> Bools:
    """(schools,) whether the school's point lies in no block of its own zone."""
    outside = np.zeros(district.schools, bool)
    if district.geography is None:
        return outside
    rooted = np.flatnonzero(district.root >= 0)
    points = shapely.points(district.geography.school_xy[rooted])
    # The root is the block that holds the point wherever there is one (FORMAT.md, Contiguity).
    outside[rooted] = ~shapely.intersects(district.geography.polygon[district.root[rooted]], points)
    return outside


def islands(district: District) -> Bools:
    """(blocks,) whether no chain of neighbours joins the block to the most of the district."""
    return _few(_groups(district))


def _few(group: Ints) -> Bools:
    return np.asarray(group != np.argmax(np.bincount(group)), bool)


def _groups(district: District) -> Ints:
    """(blocks,) which blocks hang together by neighbours, a number for each group."""
    return pieces(district.adjacency, np.zeros(district.blocks, np.int32))


def _island(district: District, own: Any, main: Bools) -> str:
    """Its blocks, and which block of the others lies nearest: the likely end of a bridge."""
    assert district.geography is not None
    polygon, ids = district.geography.polygon, district.block_ids
    others = np.flatnonzero(main)
    (mine, near), metres = shapely.STRtree(polygon[others]).query_nearest(
        polygon[own], all_matches=False, return_distance=True
    )
    k = int(np.argmin(metres))
    more = f" with {len(own) - 1:,} more" if len(own) > 1 else ""
    return f"{ids[own[mine[k]]]}{more} ({metres[k]:,.0f} m from {ids[others[near[k]]]})"


def _place(district: District, point: shapely.Point) -> str:
    assert district.geography is not None
    at = shapely.STRtree(district.geography.polygon).query(point, predicate="intersects")
    if not len(at):
        return "in no block"
    return f"in block {district.block_ids[at[0]]}, of {district.school_ids[district.status_quo[at[0]]]}"
