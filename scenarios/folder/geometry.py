"""From shapes to places: the CRS, where schools stand, which block is a zone's root."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Floats, Ints
from optimizer.errors import Fault, InputError


def projected_crs(declared: str | None, estimated: Callable[[], Any] | None) -> pyproj.CRS | None:
    """The district's CRS, projected in metres. Where none is declared, the estimated UTM zone, if it can be estimated.

    Raises InputError where the declared one is not projected in metres."""
    if declared is None:
        return None if estimated is None else _estimated(estimated)
    mend = "Give a projected CRS in metres, such as EPSG:32618, or leave `crs` out"
    try:
        crs = pyproj.CRS(declared)
    except pyproj.exceptions.CRSError:
        raise InputError(Fault("district.toml", f"'{declared}' is not a CRS", mend, column="crs")) from None
    if not crs.is_projected or any(axis.unit_name not in ("metre", "meter") for axis in crs.axis_info[:2]):
        raise InputError(Fault("district.toml", f"'{declared}' is not projected in metres", mend, column="crs"))
    return crs


def _estimated(estimated: Callable[[], Any]) -> pyproj.CRS:
    try:
        return pyproj.CRS(estimated())
    except RuntimeError:
        problem = "no UTM zone can be found for the blocks"
        mend = "Check the coordinates of the blocks, or give a projected CRS in metres"
        raise InputError(Fault("district.toml", problem, mend, column="crs")) from None


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
