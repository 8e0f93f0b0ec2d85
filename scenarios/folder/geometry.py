"""From shapes to the graph: which blocks are neighbours, which block is a zone's root."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Csr, Floats, Ints
from optimizer.errors import Fault, InputError

SHARED = 1e-6  # metres of common border that make two blocks neighbours (FORMAT.md)


def projected_crs(declared: str | None, estimated: Callable[[], Any] | None) -> pyproj.CRS | None:
    """The district's CRS, projected in metres. Where none is declared, the estimated UTM zone, if it can be estimated.

    Raises InputError where the declared one is not projected in metres."""
    if declared is None:
        return None if estimated is None else pyproj.CRS(estimated())
    mend = "Give a projected CRS in metres, such as EPSG:32618, or leave `crs` out"
    try:
        crs = pyproj.CRS(declared)
    except pyproj.exceptions.CRSError:
        raise InputError(Fault("district.toml", f"'{declared}' is not a CRS", mend, column="crs")) from None
    if not crs.is_projected or any(axis.unit_name not in ("metre", "meter") for axis in crs.axis_info[:2]):
        raise InputError(Fault("district.toml", f"'{declared}' is not projected in metres", mend, column="crs"))
    return crs


def school_points(lon_lat: Floats, crs: pyproj.CRS) -> Floats:
    """(schools, 2) metres in crs."""
    into = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    return np.column_stack(into.transform(lon_lat[:, 0], lon_lat[:, 1]))


def rook(polygon: NDArray[Any]) -> Csr:
    """Neighbours: blocks whose borders share more than SHARED metres. polygon: (blocks,) shapely, in metres.

    Whole segments that two borders share settle most pairs by sorting alone; the lengths of the others, which only
    touch or overlap in part, are measured.
    """
    first, second = shapely.STRtree(polygon).query(polygon, predicate="intersects")
    ahead = first < second
    first, second = first[ahead], second[ahead]
    size = len(polygon)
    settled = np.isin(first * size + second, _sharing_segments(polygon))
    a, b = polygon[first[~settled]], polygon[second[~settled]]
    length = shapely.length(shapely.intersection(shapely.boundary(a), shapely.boundary(b)))
    settled[~settled] = length > SHARED
    first, second = first[settled], second[settled]
    return Csr.of_pairs(np.concatenate([first, second]), np.concatenate([second, first]), size)


def _sharing_segments(polygon: NDArray[Any]) -> NDArray[np.int64]:
    """Pairs (as first * blocks + second, first < second) of blocks with a segment longer than SHARED in common."""
    rings, owner = shapely.get_rings(polygon, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    start, end, block = points[:-1][inside], points[1:][inside], owner[ring[:-1][inside]]
    back = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    key = np.where(back[:, None], np.hstack([end, start]), np.hstack([start, end]))
    long = np.hypot(*(key[:, :2] - key[:, 2:]).T) > SHARED
    key, block = key[long], block[long]
    order = np.lexsort((block, *key.T[::-1]))
    key, block = key[order], block[order]
    same = (key[1:] == key[:-1]).all(axis=1) & (block[1:] != block[:-1])
    low, high = np.minimum(block[1:], block[:-1])[same], np.maximum(block[1:], block[:-1])[same]
    return np.unique(low.astype(np.int64) * len(polygon) + high)


def find_roots(polygon: NDArray[Any], middle: Floats, school_xy: Floats, zone: Ints) -> Ints:
    """(schools,) the block of the zone that contains or touches the school's point, else the block of the zone whose
    representative point (blocks, 2) lies nearest; ties go to the smallest block id, that is to the first. -1: no zone.
    """
    root = np.full(len(school_xy), -1, np.int32)
    points = np.asarray(shapely.points(school_xy))
    for j in range(len(school_xy)):
        mine = np.flatnonzero(zone == j)
        if len(mine) == 0:
            continue
        holds = shapely.intersects(polygon[mine], points[j])
        distance = np.hypot(*(middle[mine] - school_xy[j]).T)
        root[j] = mine[np.argmax(holds)] if holds.any() else mine[np.argmin(distance)]
    return root
